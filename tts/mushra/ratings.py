"""What listeners answered, as one list: letters, which tell nothing, become the systems that key.json says they were. Answers on
training pages are left out. What cannot be resolved, or stands there twice, is an error that names it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tts.errors import UserError
from tts.mushra.answers import Answer, read_answers, refuse_copies, result_files, silent_sessions
from tts.mushra.folder import ATTENTION, KINDS, Test


@dataclass(frozen=True)
class Rating:
    """One answer. listener: a session. item: a page. score: 0 to 100 (mushra) or 1 to 5 (mos), larger is better; preference: 1
    for the system that was preferred, 0 for the other, 0.5 each for no preference; abx: 1 where X was named rightly, else 0, and
    condition is the system that X was. attention: the answer belongs to a check of attention and judges no system; score is then
    how far it lies from what was asked for, beyond what is tolerated (0: passed)."""

    listener: str
    item: str
    condition: str
    score: float
    seconds: float | None = None
    comment: str = ""
    attention: bool = False


@dataclass(frozen=True)
class Page:
    """A page as the analysis sees it. letters: condition by letter, those that are rated. expected: None, or the scores that a
    check of attention asks for, by letter. answer: the letter that X is (abx)."""

    item: str
    utterance: str
    letters: dict[str, str]
    training: bool = False
    expected: dict[str, float] | None = None
    tolerance: float = 0.0
    speaker: str = ""
    style: str = ""
    answer: str | None = None

    @property
    def counts(self) -> bool:
        return not self.training and self.expected is None


@dataclass(frozen=True)
class Session:
    """One listener's sitting: where it was read and how many of the pages that count were answered."""

    listener: str
    file: str
    rated_pages: int
    pages: int


@dataclass
class Results:
    """All answers to a test. notes: sentences on what was found besides."""

    test: Test
    pages: dict[str, Page]
    ratings: list[Rating]
    sessions: list[Session]
    notes: list[str] = field(default_factory=list)


def pages_of(test: Test) -> dict[str, Page]:
    """The pages of a test by item, with what the key knows of them."""
    if test.kind not in KINDS:
        raise UserError(f"{test.folder / 'test.json'}: kind {test.kind!r}; expected one of {', '.join(KINDS)}")
    rated, pages = test.rated_letters(), {}
    for public in test.public["pages"]:
        item = public["item"]
        if item not in test.key["items"]:
            raise UserError(f"{test.folder}: key.json has no item {item!r} of test.json; put both files of one test there")
        key = test.key["items"][item]
        attention = key.get("attention") or {}
        pages[item] = Page(
            item,
            key.get("utterance") or item,
            {letter: key["letters"][letter] for letter in rated[item]},
            bool(public.get("training")),
            attention.get("expected"),
            attention.get("tolerance", 0.0),
            key.get("speaker") or "",
            key.get("style") or "",
            key.get("answer"),
        )
    return pages


def names_of_listeners(answers: list[Answer]) -> tuple[dict[str, str], list[str]]:
    """A name for each session: the listener's, or, where a listener has several sessions, that and the session's."""
    listener_of = {answer.session: answer.listener for answer in answers}
    count = Counter(listener_of.values())
    names = {session: name if count[name] == 1 else f"{name}/{session}" for session, name in listener_of.items()}
    again = sorted(name for name, times in count.items() if times > 1)
    notes = [f"Listener {name} has {count[name]} sessions, which count as {count[name]} people." for name in again]
    return names, notes


def page_of(answer: Answer, pages: dict[str, Page], test: Test) -> Page:
    if answer.item not in pages:
        raise UserError(
            f"{answer.file}: session {answer.session} rates the item {answer.item!r}, which test {test.name!r} has not; "
            "is it a file of another test?"
        )
    return pages[answer.item]


def resolve(answer: Answer, page: Page, kind: str, listener: str) -> Rating | None:
    """The rating of an answer. Of the two lines of an ABX answer, that of the letter which was chosen; the other is None, as is a
    sound of an attention check of which nothing was asked."""
    letter = answer.letter
    if letter not in page.letters:  # webMUSHRA names the hidden reference and anchors that it makes itself
        letter = next((known for known, condition in page.letters.items() if condition == letter), None)
    if letter is None:
        raise UserError(
            f"{answer.file}: session {answer.session} rates {answer.letter!r} of {answer.item}; the key has "
            f"{', '.join(sorted(page.letters))}"
        )

    def rating(condition: str, score: float) -> Rating:
        return Rating(listener, answer.item, condition, score, answer.seconds, answer.comment, condition == ATTENTION)

    if page.expected is not None:
        if letter not in page.expected:
            return None
        return rating(ATTENTION, max(0.0, abs(answer.score - page.expected[letter]) - page.tolerance))
    if kind == "abx":
        return rating(page.letters[page.answer], float(letter == page.answer)) if answer.score == 1 else None
    return rating(page.letters[letter], answer.score)


def sessions_of(answers: list[Answer], names: dict[str, str], pages: dict[str, Page]) -> list[Session]:
    """How far each session came. A page counts as rated once any of its stimuli is."""
    counted = {item for item, page in pages.items() if page.counts}
    files, rated = {}, {}
    for answer in answers:
        files.setdefault(answer.session, answer.file)
        rated.setdefault(answer.session, set()).add(answer.item)
    return [Session(names[session], files[session], len(rated[session] & counted), len(counted)) for session in names]


def read_results(folder: Path, files: list[Path] | None = None) -> Results:
    """The ratings of a test, who gave them and what to know about them. files: default is whatever lies in results/ and
    results.sqlite."""
    test = Test.open(folder)
    pages = pages_of(test)
    files = result_files(test) if files is None else files
    found = {path: list(read_answers(path, test)) for path in files}
    answers = [answer for path in files for answer in found[path]]
    if not answers:
        raise UserError(
            f"{folder}: no answers in {', '.join(path.name for path in files) or 'results/ and results.sqlite'}; put the "
            "listeners' files into results/, or name them with --results"
        )
    refuse_copies(answers)
    names, notes = names_of_listeners(answers)
    notes += [f"{path.name} holds no answer." for path in files if not found[path]]
    silent = sum(silent_sessions(path) for path in files if path.suffix == ".sqlite")
    notes += [f"{silent} listeners began and answered nothing; they are not counted."] if silent else []
    ratings, seen, training = [], set(), 0
    for answer in answers:
        page = page_of(answer, pages, test)
        key = answer.session, answer.item, answer.letter
        if key in seen:
            raise UserError(
                f"{answer.file}: session {answer.session} rates {answer.letter} of {answer.item} twice; expected once"
            )
        seen.add(key)
        if page.training:
            training += 1
        elif rating := resolve(answer, page, test.kind, names[answer.session]):
            ratings.append(rating)
    if training:
        notes.append(f"{training} answers on training pages are not used.")
    return Results(test, pages, ratings, sessions_of(answers, names, pages), notes)


def read_ratings(test: Path, files: list[Path]) -> list[Rating]:
    """The ratings in `files` of the test whose folder is `test`."""
    return read_results(test, files).ratings
