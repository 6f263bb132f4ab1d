"""The same test for those who run webMUSHRA (audiolabs), and a check of such a configuration by that program's documented rules.

Written from its guide for experimenters and what its validator asks for; none of its files are used or needed here. The hidden
reference is not listed, for webMUSHRA adds it; our anchors are listed by their letters, so it makes none. Its file paths start
from its own root, where the test's folder is to lie at configs/tests/NAME.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

import soundfile

from tts.corpus.manifest import atomic_writer
from tts.errors import UserError
from tts.mushra.folder import REFERENCE, Test

MOST_SIGNALS = 12  # on a page, the hidden reference and its anchors included
LONGEST_SECONDS = 12.0
BUFFER_SIZES = (256, 512, 1024, 2048, 4096, 8192, 16384)
PAGE_FIELDS = {  # what a page of each type cannot do without
    "generic": ("id", "name", "content"),
    "volume": ("id", "name", "content", "stimulus", "defaultVolume"),
    "mushra": ("id", "name", "content", "reference", "stimuli"),
    "finish": ("name", "content"),
}
RESERVED = (REFERENCE, "anchor35", "anchor70")


def write_configuration(test: Test) -> None:
    """Write webmushra.yaml beside test.json. Attention checks are left out: webMUSHRA would have no answer to compare with."""
    import yaml

    words, root = test.public["words"], f"configs/tests/{test.name}"
    pages = [page for page in test.public["pages"] if not page["attention"]]
    training = [_page(test, page, root, f"{escape(words['training'])} ") for page in pages if page["training"]]
    ordinary = [_page(test, page, root) for page in pages if not page["training"]]
    configuration = {
        "testname": words["title"],
        "testId": test.name,
        "bufferSize": 2048,
        "stopOnErrors": True,
        "showButtonPreviousPage": False,
        "remoteService": "service/write.php",
        "pages": [
            {"type": "generic", "id": "welcome", "name": words["title"], "content": escape(test.public["instructions"])},
            {
                "type": "volume",
                "id": "volume",
                "name": words["title"],
                "content": escape(words["volume"]),
                "stimulus": ordinary[0]["reference"],
                "defaultVolume": 0.5,
            },
            *training,
            ["random", *ordinary],
            {
                "type": "finish",
                "name": words["title"],
                "content": escape(words["done"]),
                "showResults": False,
                "writeResults": True,
                "questionnaire": [_question(row) for row in test.public["questionnaire"]],
            },
        ],
    }
    with atomic_writer(test.folder / "webmushra.yaml") as file:
        yaml.safe_dump(configuration, file, allow_unicode=True, sort_keys=False, width=140)


def _page(test: Test, page: dict, root: str, before: str = "") -> dict:
    item = test.key["items"][page["item"]]
    stimuli = {
        letter: f"{root}/{item['stimuli'][letter]['file']}"
        for letter, condition in item["letters"].items()
        if condition != REFERENCE
    }
    hidden = next(letter for letter, condition in item["letters"].items() if condition == REFERENCE)
    return {
        "type": "mushra",
        "id": page["item"],
        "name": test.public["title"],
        "content": before + escape(page["text"]),
        "showWaveform": False,
        "enableLooping": True,
        "strict": True,
        "randomize": True,
        "showConditionNames": False,
        "switchBack": True,
        "reference": f"{root}/{item['stimuli'][hidden]['file']}",
        "createAnchor35": False,
        "createAnchor70": False,
        "stimuli": stimuli,
    }


def _question(row: dict) -> dict:
    question = {
        "type": "likert" if row.get("choices") else "text",
        "name": row["name"],
        "label": row["label"],
        "optional": bool(row.get("optional")),
    }
    return question | (
        {"response": [{"value": choice, "label": choice} for choice in row["choices"]]} if row.get("choices") else {}
    )


def check_configuration(configuration: dict, find: Callable[[str], Path]) -> list[str]:
    """Everything in a configuration that webMUSHRA would refuse or stumble over; `find` tells where a path in it lies."""
    problems = [f"{name} is missing" for name in ("testname", "testId", "pages") if not configuration.get(name)]
    if configuration.get("bufferSize") not in BUFFER_SIZES:
        problems.append(f"bufferSize is {configuration.get('bufferSize')}; expected one of {', '.join(map(str, BUFFER_SIZES))}")
    pages = list(_flat(configuration.get("pages") or []))
    for number, page in enumerate(pages, start=1):
        if not isinstance(page, dict) or page.get("type") not in PAGE_FIELDS:
            problems.append(f"page {number} is of no known type: {page.get('type') if isinstance(page, dict) else page!r}")
            continue
        where = f"page {page.get('id', number)}"
        problems += [f"{where}: {name} is missing" for name in PAGE_FIELDS[page["type"]] if name not in page]
        if page["type"] == "mushra" and not set(PAGE_FIELDS["mushra"]) - page.keys():
            problems += [f"{where}: {problem}" for problem in _check_mushra(page, find)]
    ids = [page["id"] for page in pages if isinstance(page, dict) and "id" in page]
    problems += [f"two pages have the id {name}" for name in sorted({name for name in ids if ids.count(name) > 1})]
    if not pages or not isinstance(pages[-1], dict) or pages[-1].get("type") != "finish":
        problems.append("the last page must be of type finish")
    return problems


def _flat(pages: list) -> Iterator:
    """Pages one by one; a list among them whose first element is "random" is shuffled by webMUSHRA."""
    for place, page in enumerate(pages):
        if isinstance(page, list):
            yield from _flat(page)
        elif not (place == 0 and page == "random"):
            yield page


def _check_mushra(page: dict, find: Callable[[str], Path]) -> Iterator[str]:
    stimuli = page["stimuli"]
    if not isinstance(stimuli, dict) or not stimuli:
        yield "stimuli is no map of names to files"
        return
    for name in sorted(set(RESERVED) & stimuli.keys()):
        yield f"a stimulus is named {name}, which webMUSHRA gives to its own"
    strict = page.get("strict", True)
    signals = 1 + len(stimuli) + bool(page.get("createAnchor35")) + bool(page.get("createAnchor70"))
    if strict and signals > MOST_SIGNALS:
        yield f"{signals} signals; at most {MOST_SIGNALS}"
    form = None
    for name, path in {REFERENCE: page["reference"], **stimuli}.items():
        try:
            info = soundfile.info(find(path))
        except (soundfile.SoundFileError, OSError) as error:
            yield f"{name}: {error}"
            continue
        if info.format != "WAV":
            yield f"{name} is {info.format}, not WAV"
        form = form or (info.samplerate, info.frames, info.channels)
        for what, found, expected in zip(("Hz", "samples", "channels"), (info.samplerate, info.frames, info.channels), form):
            if found != expected:
                yield f"{name} has {found} {what}, the reference {expected}"
        if strict and info.duration > LONGEST_SECONDS:
            yield f"{name} is {info.duration:.2f} s long; at most {LONGEST_SECONDS:g} s"


def require_valid(path: Path) -> None:
    """Stop with everything that is wrong in a webmushra.yaml whose sounds lie beside it."""
    import yaml

    configuration = yaml.safe_load(path.read_text(encoding="utf-8"))
    prefix = f"configs/tests/{configuration['testId']}/"
    if problems := check_configuration(configuration, lambda file: path.parent / file.removeprefix(prefix)):
        raise UserError(f"{path}: webMUSHRA would not take this: " + "; ".join(problems))
