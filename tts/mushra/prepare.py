"""From folders of sounds to a listening test: the parts are files of their own (systems, selection, sound, stimuli, design,
attention, pages, description, page, webmushra); here they are put together and written, as a folder that appears only when it
is whole. Everything that was decided stands in key.json.
"""

from __future__ import annotations

import itertools
import json
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tts.corpus.manifest import atomic_writer
from tts.corpus.parallel import with_progress
from tts.errors import UserError
from tts.mushra.description import Made, about_conditions, power_sentence, private_key, public_description, readme
from tts.mushra.folder import ANCHORS, REFERENCE, Test, X
from tts.mushra.page import write_page
from tts.mushra.pages import choose, compared, make_pages
from tts.mushra.plan import Page, Plan
from tts.mushra.sound import RATE
from tts.mushra.stimuli import Level, common_level, write_sounds
from tts.mushra.systems import Condition, check_conditions, common_utterances
from tts.mushra.webmushra import LONGEST_SECONDS, MOST_SIGNALS, require_valid, write_configuration


@dataclass(frozen=True)
class Prepared:
    """The test, and the facts to be told of it."""

    test: Test
    conditions: list[str]  # those that are rated
    left_out: dict[str, str]
    level: Level
    pages: int
    seconds: float  # of sound, every file once
    power: str


def prepare(
    conditions: list[Condition],
    descriptions: dict[str, dict[str, str]],
    plan: Plan,
    words: dict,
    questions: list[dict],
    folder: Path,
    inline: bool = True,
) -> Prepared:
    """Write the test into `folder`, which must not be there yet. descriptions: text, speaker, style and language by utterance."""
    if folder.exists():
        raise UserError(f"{folder} is there already; answers may belong to it: choose another name, or delete it yourself")
    check_conditions(conditions, plan.kind)
    names = compared(conditions, plan)
    if plan.kind == "mushra" and len(names) > MOST_SIGNALS:
        raise UserError(f"a page would have {len(names)} sounds; BS.1534 allows {MOST_SIGNALS}: leave systems or anchors out")
    power = power_sentence(plan, len(set(names) - set(ANCHORS.values())))
    longest = LONGEST_SECONDS - (plan.processing.head_ms + plan.processing.tail_ms) / 1000
    common = common_utterances(conditions, descriptions, plan.shortest_seconds, longest)
    left_out = dict(common.left_out)
    pages = make_pages(choose(conditions, common.candidates, plan, left_out), names, plan)
    sounds = [sound for page in pages for sound in (*page.sounds.values(), page.reference) if sound]
    made = Made(about_conditions(conditions, plan.anchors), common_level(sounds, plan.processing), left_out, power)
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
    try:
        write_test(part, pages, plan, public_description(pages, plan, words, questions), made, inline)
        part.chmod(0o755)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    seconds = sum(sound.length for sound in sounds) / RATE
    return Prepared(Test.open(folder), names, left_out, made.level, len(pages), seconds, power)


def same_sounds(test: Test) -> dict[tuple[str, str], int]:
    """Pairs of conditions that are sample for sample the same, and on how many pages: copies of a wrong folder, as a rule."""
    pairs: Counter = Counter()
    for item in test.key["items"].values():
        sounds = [(name, item["stimuli"][letter]["sha256"]) for letter, name in item["letters"].items() if letter != X]
        pairs.update(tuple(sorted((a, b))) for (a, x), (b, y) in itertools.combinations(sounds, 2) if x == y and a != b)
    return dict(pairs)


def write_test(folder: Path, pages: list[Page], plan: Plan, public: dict, made: Made, inline: bool) -> None:
    """All files of a test."""
    stimuli = {}
    for page in with_progress(pages, "written", len(pages)):
        named = page.sounds | ({REFERENCE: page.reference} if page.reference else {})
        stimuli[page.item] = write_sounds(folder, page.item, named, made.level, plan.processing)
    with atomic_writer(folder / "test.json") as file:
        json.dump(public, file, ensure_ascii=False, indent=1)
    test = Test.open(folder)
    with atomic_writer(folder / "key.json") as file:
        json.dump(private_key(pages, stimuli, plan, made, test.hash), file, ensure_ascii=False, indent=1)
    with atomic_writer(folder / "README.md") as file:
        file.write(readme(plan, made))
    write_page(test, folder / "index.html", inline)
    if plan.kind == "mushra":
        write_configuration(test)
        require_valid(folder / "webmushra.yaml")
