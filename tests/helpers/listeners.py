"""Simulated listeners with known truth: how they use the scale, what they like, and who does not listen at all.

A rating of an honest listener is 60 + range x (system - 60 + item + taste + merit + rest) + bias, to whole points within 0 and
100; the hidden reference is found, and given 96 to 100, on nearly every page. Careless listeners are drawn beside that: see
`CARELESS`.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tts.mushra.folder import Test
from tts.mushra.power import PUBLISHED
from tts.mushra.scores import ScoreTable
from tts.mushra.significance import Components

MIDDLE = 60.0
FOUND = 0.97  # how often an honest listener finds the hidden reference
CARELESS = ("random", "one value", "always 100", "swapped")


@dataclass(frozen=True)
class Population:
    """systems: the true means; deviations in points, of a rating of one system. bias, range, item: what cancels in
    differences."""

    systems: tuple[float, ...] = (MIDDLE, MIDDLE, MIDDLE)
    components: Components = PUBLISHED
    bias: float = 8.0
    range: float = 0.15
    item: float = 5.0
    low_anchor: float = 20.0


def conditions(population: Population) -> list[str]:
    """Names of the conditions in the order of the simulated scores."""
    return ["reference", *(f"system{n + 1}" for n in range(len(population.systems))), "anchor35"]


def honest(rng: np.random.Generator, tests: int, listeners: int, items: int, population: Population) -> np.ndarray:
    """Scores [tests, L, I, C] of listeners who do what they are asked; every test has listeners and items of its own."""
    means = np.array([95.0, *population.systems, population.low_anchor])
    parts, shape = population.components, (tests, listeners, items, len(means))

    def draw(deviation: float, *kept: int) -> np.ndarray:
        return rng.normal(0.0, deviation, [size if axis in (0, *kept) else 1 for axis, size in enumerate(shape)])

    merits = means - MIDDLE + draw(population.item, 2) + draw(parts.listener_system, 1, 3) + draw(parts.item_system, 2, 3)
    scores = (
        MIDDLE
        + np.maximum(1 + draw(population.range, 1), 0.4) * (merits + draw(parts.residual, 1, 2, 3))
        + draw(population.bias, 1)
    )
    found = rng.random(shape[:3]) < FOUND
    scores[..., 0] = np.where(found, rng.uniform(96, 100, shape[:3]), scores[..., 0])
    return np.clip(np.round(scores), 0, 100)


def careless(rng: np.random.Generator, kind: str, scores: np.ndarray) -> np.ndarray:
    """What listeners of a careless kind answer where honest ones would have answered `scores` [..., L, I, C]."""
    if kind == "random":
        return rng.integers(0, 101, scores.shape).astype(float)
    if kind == "one value":
        return np.broadcast_to(rng.integers(20, 90, (*scores.shape[:-2], 1, 1)), scores.shape).astype(float)
    if kind == "always 100":
        return np.full(scores.shape, 100.0)
    return scores[..., ::-1].copy()  # swapped: the reference's score goes to the anchor


def crowd(
    rng: np.random.Generator,
    tests: int,
    items: int,
    population: Population,
    honest_listeners: int = 32,
    careless_listeners: dict[str, int] | None = None,
) -> tuple[np.ndarray, list[str]]:
    """Scores [tests, L, I, C] of honest and careless listeners, and of what kind each is ("honest" or one of CARELESS)."""
    counts = {"random": 3, "one value": 2, "always 100": 1, "swapped": 2} if careless_listeners is None else careless_listeners
    kinds = ["honest"] * honest_listeners + [kind for kind in CARELESS for _ in range(counts.get(kind, 0))]
    scores = honest(rng, tests, len(kinds), items, population)
    for kind in counts:
        chosen = [n for n, name in enumerate(kinds) if name == kind]
        scores[:, chosen] = careless(rng, kind, scores[:, chosen])
    return scores, kinds


# -- as files -------------------------------------------------------------------------------------------------------------------


def write_test(folder: Path, kind: str, pages: dict[str, dict[str, str]], **about) -> Path:
    """A test without sounds: pages is {item: {letter: condition}}. about: show_reference, and by item (dicts) speakers, styles,
    utterances, attention {item: {letter: score}}, answers (abx), training (a list of items)."""
    attention, training = about.get("attention", {}), about.get("training", [])
    public = {
        "name": folder.name,
        "kind": kind,
        "show_reference": about.get("show_reference", True),
        "pages": [
            {
                "item": item,
                "stimuli": [{"letter": letter, "file": ""} for letter in letters],
                "reference": None,
                "training": item in training,
                "attention": {"instruction": "…"} if item in attention else None,
            }
            for item, letters in pages.items()
        ],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "test.json").write_text(json.dumps(public))
    items = {
        item: {
            "utterance": about.get("utterances", {}).get(item, item),
            "letters": letters,
            "training": item in training,
            "speaker": about.get("speakers", {}).get(item),
            "style": about.get("styles", {}).get(item),
            "attention": {"expected": attention[item], "tolerance": 5} if item in attention else None,
            "answer": about.get("answers", {}).get(item),
        }
        for item, letters in pages.items()
    }
    names = dict.fromkeys(name for letters in pages.values() for name in letters.values())
    key = {"test_hash": Test(folder).hash, "conditions": {name: {} for name in names}, "items": items}
    (folder / "key.json").write_text(json.dumps(key))
    return folder


def write_session(folder: Path, session: str, answers: list[tuple[str, str, float]], **changes) -> Path:
    """What the page saves of one listener: answers are item, letter and score."""
    path = folder / "results" / f"{session}.json"
    path.parent.mkdir(exist_ok=True)
    content = {
        "test": folder.name,
        "test_hash": Test(folder).hash,
        "session": session,
        "listener": session,
        "questionnaire": {},
        "ratings": [
            {"item": item, "letter": letter, "score": score, "seconds": 7.5, "comment": "", "plays": 2}
            for item, letter, score in answers
        ],
        "complete": True,
        **changes,
    }
    path.write_text(json.dumps(content))
    return path


def write_database(path: Path, folder: Path, sessions: dict[str, list[tuple[str, str, float]]]) -> Path:
    """What the server stores of several listeners."""
    database = sqlite3.connect(path)
    database.executescript(
        "create table meta(name, test_hash); create table sessions(session, listener, started, finished, questionnaire);"
        "create table ratings(session, item, letter, score real, seconds real, comment, at)"
    )
    database.execute("insert into meta values (?, ?)", (folder.name, json.loads((folder / "key.json").read_text())["test_hash"]))
    for number, (session, answers) in enumerate(sessions.items(), start=1):
        database.execute("insert into sessions values (?, ?, '', '', '{}')", (session, number))
        database.executemany("insert into ratings values (?, ?, ?, ?, 7.5, '', '')", [(session, *answer) for answer in answers])
    database.commit()
    database.close()
    return path


def write_table(path: Path, session: str, answers: list[tuple[str, str, float]]) -> Path:
    """What webMUSHRA writes of one listener."""
    rows = [f"trial,30,{session},{item},{stimulus},{score:g},7500," for item, stimulus, score in answers]
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        "\n".join(["session_test_id,age,session_uuid,trial_id,rating_stimulus,rating_score,rating_time,rating_comment", *rows])
    )
    return path


def write_scores(folder: Path, scores: np.ndarray, names: list[str], **about) -> Path:
    """A mushra test with the results `scores` [L, I, C], conditions in `names`, letters of their own for every item."""
    dice = np.random.default_rng(1)
    pages = {
        f"item{i:02d}": {letter: names[c] for letter, c in zip("ABCDEFGH", dice.permutation(len(names)))}
        for i in range(scores.shape[1])
    }
    write_test(folder, "mushra", pages, **about)
    for listener, own in enumerate(scores):
        write_session(
            folder,
            f"listener{listener:02d}",
            [
                (item, letter, float(own[i, names.index(condition)]))
                for i, (item, letters) in enumerate(pages.items())
                for letter, condition in letters.items()
                if np.isfinite(own[i, names.index(condition)])
            ],
        )
    return folder


def table_of(scores: np.ndarray, names: list[str]) -> ScoreTable:
    """Scores [L, I, C] as a table that says nothing of speakers and styles."""
    count, items = scores.shape[:2]
    return ScoreTable(list(map(str, range(count))), list(map(str, range(items))), names, scores, [""] * items, [""] * items)
