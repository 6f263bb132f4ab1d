"""The mini corpus: speech made on the spot by espeak-ng, of which everything is known. Several made-up speakers, four languages,
five styles; rules that follow from the text (question rise, lists, focus) and random emphasis that does not; exact word and phone
times. Nothing is downloaded and nothing shipped; the same settings give the same bytes, whatever the number of processes.

    OUT/wav/SPEAKER/ID.flac   22,050 Hz, 16 bit
    OUT/manifest.jsonl        utterances with split train, dev, test, recogniser
    OUT/truth.jsonl           per utterance: words with phone times, pauses, rules, emphasis, style (`_truth` below says what)
    OUT/speakers.json         parameters of the speakers and styles
    OUT/generated.json        the settings' hash and the facts; a run that finds its own hash here has nothing to do

Dev and test texts are the same for all speakers of a language, with other draws of emphasis: parallel recordings to compare. All
other texts are said once. The recogniser's part shares no text with the others: it trains the judge of intelligibility.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from tts.corpus.generated_cast import SPLITS, CastMember, check_cast
from tts.corpus.generated_grammars import ACCENTS, GRAMMARS
from tts.corpus.generated_text import Sentence, bare, draw_sentences
from tts.corpus.generated_voices import RULES, STYLES, Change, Speaker, draw_emphasis, make_speakers
from tts.corpus.manifest import atomic_writer
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.text.espeak import Espeak, Spoken

FORMAT = 1  # raise it when the same settings make another corpus
SILENCE_SECONDS = (0.1, 0.25)  # before the first sound and after the last, drawn for each utterance


@dataclass(frozen=True)
class MiniCorpusConfig:
    """What the mini corpus holds; the defaults make about 45 minutes.

    speakers                one language code a speaker, of en-us, en-gb, es, de; women and men in turn
    utterances_per_speaker  all splits together
    style_weights           how often each style is drawn; dev and test use them in turn
    *_share                 of a speaker's utterances; what is left is for training
    emphasis_share          of the utterances get one or two words changed at random
    cast                    speakers described one by one (`generated_cast.py`), in place of `speakers`
    """

    speakers: tuple[str, ...] = ("en-us", "en-us", "en-us", "en-gb", "es", "es", "de", "de")
    utterances_per_speaker: int = 136
    seed: int = 1
    style_weights: dict[str, float] = field(default_factory=lambda: {
        "neutral": 0.4, "newscaster": 0.15, "dj": 0.15, "excited": 0.15, "disappointed": 0.15})
    recogniser_share: float = 0.33
    dev_share: float = 0.05
    test_share: float = 0.06
    emphasis_share: float = 0.5
    cast: tuple[CastMember, ...] = ()

    def __post_init__(self):
        check_cast(self.cast, tuple(GRAMMARS), tuple(STYLES))
        problems = []
        if unknown := sorted(set(self.speakers) - set(GRAMMARS)):
            problems.append(f"no sentences for {', '.join(unknown)}; expected {', '.join(GRAMMARS)}")
        if not self.speakers or self.utterances_per_speaker < 4:
            problems.append(f"{len(self.speakers)} speakers with {self.utterances_per_speaker} utterances; "
                            "expected at least 1 and 4")
        if unknown := sorted(set(self.style_weights) - set(STYLES)):
            problems.append(f"no style {', '.join(unknown)}; expected {', '.join(STYLES)}")
        if not self.style_weights or min(self.style_weights.values()) <= 0:
            problems.append("style_weights must be above 0; leave a style out to have none of it")
        shares = (self.recogniser_share, self.dev_share, self.test_share)
        if min(shares) < 0 or sum(shares) >= 1 or not 0 <= self.emphasis_share <= 1:
            problems.append(f"recogniser, dev and test shares are {shares}, emphasis_share {self.emphasis_share}; "
                            "expected a sum below 1, and an emphasis_share from 0 to 1")
        if problems:
            raise UserError("mini corpus: " + "; ".join(problems))

    def members(self) -> tuple[CastMember, ...]:
        """Who speaks."""
        return self.cast or tuple(CastMember(language) for language in self.speakers)

    def split_sizes(self, member: CastMember) -> dict[str, int]:
        """Utterances of one speaker in each split; every split has at least one, unless the cast says otherwise."""
        if isinstance(member.utterances, dict):
            return {split: member.utterances.get(split, 0) for split in SPLITS}
        total = member.utterances or self.utterances_per_speaker
        sizes = {"dev": max(1, round(total * self.dev_share)), "test": max(1, round(total * self.test_share)),
                 "recogniser": max(1, round(total * self.recogniser_share))}
        return {"train": total - sum(sizes.values()), **sizes, "unseen": 0}


@dataclass(frozen=True)
class Plan:
    """One utterance before it is spoken; `changes` maps a word's index to what is done to it, rules and `emphasis` together."""

    id: str
    sentence: Sentence
    split: str
    style: str
    emphasis: dict[int, Change]

    @property
    def changes(self) -> dict[int, Change]:
        return {**{word: RULES[rule] for rule, word in self.sentence.rules}, **self.emphasis}


@dataclass(frozen=True)
class MiniCorpusFacts:
    """What a generated corpus holds. `shared_phones` had no sound of their own and took a third of a neighbour's."""

    utterances: int
    seconds: float
    words: int
    phones: int
    shared_phones: int
    clipped_samples: int


def generate(config: MiniCorpusConfig, folder: str | Path, jobs: int = 1) -> MiniCorpusFacts:
    """Make the corpus in `folder` with `jobs` processes. A finished one with the same settings is left alone, an interrupted one
    continued at the speaker where it stopped, one with other settings made anew; a folder with anything else is an error."""
    folder = Path(folder)
    key = fingerprint(config)
    if (facts := _finished(folder, key)) is not None:
        return facts
    _clear_if_other(folder, key)
    speakers, plans = make_speakers(config.members(), config.seed), plan(config)
    with atomic_writer(folder / "speakers.json") as file:
        json.dump({"speakers": [asdict(s) for s in speakers], "styles": {k: asdict(v) for k, v in STYLES.items()},
                   "rules": {k: asdict(v) for k, v in RULES.items()}}, file, ensure_ascii=False, indent=1)
    with tempfile.TemporaryDirectory(prefix="espeak-") as scratch:
        work = [(index, speaker, plans[speaker.name], config.seed, folder, Path(scratch) / speaker.name)
                for index, speaker in enumerate(speakers) if not _part(folder, speaker).is_file()]
        # a fresh process for each speaker: the library keeps state, and only the same calls from its start give the same samples
        with multiprocessing.get_context("spawn").Pool(max(1, min(jobs, len(work))), maxtasksperchild=1) as pool:
            for _ in pool.imap(_speak_all, work, chunksize=1):
                pass
    return _join_parts(folder, speakers, key)


def fingerprint(config: MiniCorpusConfig) -> str:
    """Hash of everything that decides the corpus's bytes: settings, sentences, styles, rules, the library's version."""
    from importlib.metadata import version

    settings, spoken = asdict(config), {member.language for member in config.members()}
    if not config.cast:
        del settings["cast"]
    known = {"format": FORMAT, "config": settings, "styles": {k: asdict(v) for k, v in STYLES.items()},
             "rules": {k: asdict(v) for k, v in RULES.items()},
             "grammars": {k: asdict(v) for k, v in GRAMMARS.items() if k not in ACCENTS or k in spoken},
             "espeakng-loader": version("espeakng-loader")}
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()[:16]


def plan(config: MiniCorpusConfig) -> dict[str, list[Plan]]:
    """What every speaker will say and how, in order."""
    members = config.members()
    sizes = [config.split_sizes(member) for member in members]
    plans, taken, shared = {}, {}, {}
    for index, (speaker, member, size) in enumerate(zip(make_speakers(members, config.seed), members, sizes)):
        language, rng = speaker.language, np.random.default_rng([config.seed, 2, index])
        weights = member.styles or config.style_weights
        styles = sorted(weights)
        chances = np.array([weights[style] for style in styles])
        texts = _pool(language)
        if texts not in taken:
            taken[texts] = set()
            first = np.random.default_rng([config.seed, 3, len(taken)])
            same = [one for one, other in zip(sizes, members) if _pool(other.language) == texts]
            most = {split: max(one[split] for one in same) for split in ("dev", "test")}
            both = draw_sentences(language, most["dev"] + most["test"], first, taken[texts])
            shared[texts] = {"dev": both[:most["dev"]], "test": both[most["dev"]:]}
        own = draw_sentences(language, sum(size[split] for split in ("train", "recogniser", "unseen")), rng, taken[texts])
        sentences = shared[texts]["dev"][:size["dev"]] + shared[texts]["test"][:size["test"]] + own
        splits = [split for split in SPLITS for _ in range(size[split])]
        plans[speaker.name] = []
        for number, (sentence, split) in enumerate(zip(sentences, splits)):
            drawn = styles[rng.choice(len(styles), p=chances / chances.sum())]
            style = styles[number % len(styles)] if split in ("dev", "test") else drawn
            plans[speaker.name].append(Plan(f"{speaker.name}_{number:05d}", sentence, split, style,
                                            _draw_emphases(sentence, config.emphasis_share, rng)))
    return plans


def _pool(language: str) -> str:
    """Whose sentences a language shares: all Englishes draw from one pool."""
    return "en" if language.startswith("en") else language


def _draw_emphases(sentence: Sentence, share: float, rng: np.random.Generator) -> dict[int, Change]:
    """Random changes to one or two content words that no rule has claimed; none for the rest of the utterances."""
    free = [word for word in sentence.open_words if word not in {word for _, word in sentence.rules}]
    if rng.random() >= share or not free:
        return {}
    count = min(len(free), int(rng.integers(1, 3)))
    return {int(word): draw_emphasis(rng) for word in sorted(rng.choice(free, size=count, replace=False))}


def _speak_all(job: tuple[int, Speaker, list[Plan], int, Path, Path]) -> None:
    """All of one speaker's utterances, in a process of its own; the part file appears when they are done."""
    import soundfile

    index, speaker, plans, seed, folder, scratch = job
    espeak, rng = Espeak({speaker.name: speaker.variant}, scratch), np.random.default_rng([seed, 4, index])
    (folder / "wav" / speaker.name).mkdir(parents=True, exist_ok=True)
    with atomic_writer(_part(folder, speaker)) as part:
        for item in plans:
            spoken = espeak.say(list(item.sentence.tokens), f"{speaker.language}+{speaker.name}", speaker.settings(item.style),
                                {word: change.ssml() for word, change in item.changes.items()})
            if silent := [word.text for word in spoken.words if not word.phones]:
                raise RuntimeError(f"{item.id}: espeak-ng gave no phones for {silent} in {item.sentence.text!r}")
            samples, shift = _with_silences(spoken, rng)
            audio = f"wav/{speaker.name}/{item.id}.flac"
            soundfile.write(folder / audio, samples, spoken.sample_rate, subtype="PCM_16")
            utterance = Utterance(item.id, item.sentence.text, speaker.name, speaker.language, item.style, audio,
                                  round(len(samples) / spoken.sample_rate, 4), item.split)
            part.write(json.dumps({"utterance": utterance.to_dict(), "truth": _truth(item, speaker, spoken, shift, len(samples)),
                                   "shared": spoken.shared, "clipped": int((np.abs(samples.astype(np.int32)) >= 32767).sum())},
                                  ensure_ascii=False) + "\n")


def _with_silences(spoken: Spoken, rng: np.random.Generator) -> tuple[np.ndarray, int]:
    """The sound with drawn silence around it, and by how many samples its times move; what the library left at the end is cut."""
    before, after = (int(rng.uniform(*SILENCE_SECONDS) * spoken.sample_rate) for _ in range(2))
    start, end = spoken.words[0].start, max(word.end for word in spoken.words)
    sound = spoken.samples[start:end + after]  # a short decay belongs to the silence
    samples = np.concatenate([np.zeros(before, np.int16), sound, np.zeros(max(0, end - start + after - len(sound)), np.int16)])
    return samples, before - start


def _truth(item: Plan, speaker: Speaker, spoken: Spoken, shift: int, total: int) -> dict:
    """Everything known of an utterance; times are seconds in the file.

    words   text without punctuation, start_s, end_s, phones as [symbol, stress, start_s, end_s], emphasis: the random change or
            null
    pauses  before, between and after the words, where there is silence: after_word (-1 at the start), mark (punctuation or "_"),
            start_s, end_s
    rules   the text rules at work: rule, word, and what it does
    """
    def seconds(sample: int) -> float:
        return round((sample + shift) / spoken.sample_rate, 6)

    def pause(after_word: int, start: int, end: int) -> dict:
        mark = _mark(item.sentence, after_word)
        return {"after_word": after_word, "mark": mark, "start_s": seconds(start), "end_s": seconds(end)}

    words, pauses, at = [], [], -shift
    for index, word in enumerate(spoken.words):
        if word.start > at:
            pauses.append(pause(index - 1, at, word.start))
        at = word.end
        change = item.emphasis.get(index)
        words.append({"text": bare(word.text), "start_s": seconds(word.start), "end_s": seconds(word.end),
                      "phones": [[p.symbol, p.stress, seconds(p.start), seconds(p.end)] for p in word.phones],
                      "emphasis": change and change.to_dict(item.style)})
    pauses.append(pause(len(words) - 1, at, total - shift))
    return {"id": item.id, "kind": item.sentence.kind, "words": words, "pauses": pauses,
            "rules": [{"rule": rule, "word": word, **RULES[rule].to_dict(item.style)} for rule, word in item.sentence.rules],
            "style": item.style, "settings": asdict(speaker.settings(item.style))}


def _mark(sentence: Sentence, word: int) -> str:
    """The punctuation after a word, "_" where there is none."""
    last = sentence.tokens[word][-1] if word >= 0 else "_"
    return last if last in ",.?!" else "_"


def _part(folder: Path, speaker: Speaker) -> Path:
    return folder / ".parts" / f"{speaker.name}.jsonl"


def _finished(folder: Path, key: str) -> MiniCorpusFacts | None:
    """The facts of a whole corpus with these settings, None if there is none; every file is looked for."""
    if _stored_key(folder) != key or not (folder / "generated.json").is_file():
        return None
    stored = json.loads((folder / "generated.json").read_text(encoding="utf-8"))
    with open(folder / "manifest.jsonl", encoding="utf-8") as manifest:
        whole = all((folder / json.loads(line)["audio"]).is_file() for line in manifest)
    return MiniCorpusFacts(**stored["facts"]) if whole and (folder / "truth.jsonl").is_file() else None


def _stored_key(folder: Path) -> str | None:
    path = folder / ".generated-key"
    return path.read_text(encoding="utf-8").strip() if path.is_file() else None


def _clear_if_other(folder: Path, key: str) -> None:
    """Leave what an interrupted run with the same settings made; remove a corpus of other settings; refuse anything else."""
    stored = _stored_key(folder)
    if stored is None and folder.is_dir() and any(folder.iterdir()):
        raise UserError(f"{folder}: there are files here that the mini corpus did not make; expected an empty or new folder; "
                        "choose another")
    if stored != key or (folder / "generated.json").is_file():  # other settings, or finished but since damaged
        for name in ("wav", ".parts"):
            shutil.rmtree(folder / name, ignore_errors=True)
        for name in ("generated.json", "manifest.jsonl", "truth.jsonl", "speakers.json"):
            (folder / name).unlink(missing_ok=True)
    with atomic_writer(folder / ".generated-key") as file:
        file.write(key + "\n")


def _rows(folder: Path, speakers: list[Speaker]) -> Iterator[dict]:
    for speaker in speakers:
        with open(_part(folder, speaker), encoding="utf-8") as part:
            yield from map(json.loads, part)


def _join_parts(folder: Path, speakers: list[Speaker], key: str) -> MiniCorpusFacts:
    """Manifest and truth out of the speakers' parts, then the mark that all is there."""
    utterances = words = phones = shared = clipped = 0
    seconds = 0.0
    with atomic_writer(folder / "manifest.jsonl") as manifest, atomic_writer(folder / "truth.jsonl") as truth:
        for row in _rows(folder, speakers):
            manifest.write(json.dumps(row["utterance"], ensure_ascii=False) + "\n")
            truth.write(json.dumps(row["truth"], ensure_ascii=False) + "\n")
            utterances, seconds = utterances + 1, seconds + row["utterance"]["seconds"]
            words += len(row["truth"]["words"])
            phones += sum(len(word["phones"]) for word in row["truth"]["words"])
            shared, clipped = shared + row["shared"], clipped + row["clipped"]
    facts = MiniCorpusFacts(utterances, round(seconds, 3), words, phones, shared, clipped)
    with atomic_writer(folder / "generated.json") as file:
        json.dump({"key": key, "facts": asdict(facts)}, file, indent=1)
    shutil.rmtree(folder / ".parts")
    return facts
