"""Trainings, extractions and augmentations that are killed again and again, and go on until they are complete: is the result the one of a
run that nobody disturbed?"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.faults.child import Kill, called, prepare_for, run
from benchmarks.faults.line import SUPPORTER, TARGET, Line
from benchmarks.faults.tally import Tally
from tts.augmentation import augment
from tts.augmentation.convert import Tools
from tts.features import extract
from tts.training.acoustic import train_acoustic
from tts.training.distributed import World

SHARD = 3  # utterances: so that there is something between the beginning and the end
MOST_KILLS = 8  # of one run, then it may finish


def training(line: Line, tries: int, rng: random.Random, work: Path) -> Iterator[Tally]:
    def train(folder: Path) -> None:
        train_acoustic(line.recipe, [line.manifest], [line.features], line.phones, folder, World())

    yield _killed("training, killed", train, trained, tries, rng, work)


def extraction(line: Line, tries: int, rng: random.Random, work: Path) -> Iterator[Tally]:
    def features(folder: Path) -> None:
        extract.extract(line.manifest, line.corpus, line.recipe.features, folder, per_shard=SHARD)

    yield _killed("extraction, killed", features, every_byte, tries, rng, work)


def augmentation(line: Line, tries: int, rng: random.Random, work: Path) -> Iterator[Tally]:
    tools = Tools(line.model, line.features, None, "griffin-lim", None, None)

    def more(folder: Path) -> None:
        augment.PER_SHARD = SHARD
        augment.augment(tools, line.manifest, TARGET, SUPPORTER, "original", folder, line.recipe.augmentation, keep_wav=True)

    yield _killed("augmentation, killed", more, every_byte, tries, rng, work)


def _killed(part: str, work: Callable[[Path], None], result: Callable[[Path], dict], tries: int, rng: random.Random, folder: Path) -> Tally:
    """Kill `work(folder)` `tries` times: in turn at a random time, and at a random change of the disk."""
    whole = folder / "whole"
    prepare_for(called(work, whole), whole)
    whole_again = run(called(work, folder / "timed"), folder / "timed")  # without the imports
    expected, tally, number = result(whole), Tally(part), 0
    while tally.hits < tries and not tally.crashes:
        number += 1
        target = folder / f"{number:03d}"
        kills = []
        for kill in _kills(rng, whole_again.seconds, whole_again.changes, min(MOST_KILLS, tries - tally.hits)):
            end = run(called(work, target), target, kill)
            tally.tries += kill != Kill()
            tally.hits += end.killed
            kills.append(kill)
            if not end.killed:
                break
        if end.status:
            tally.crashes.append(f"after {kills}: {end.crash or end.said.strip().splitlines()[-1][:300]}")
        elif wrong := differing(expected, result(target)):
            tally.losses.append(f"after {kills}: {', '.join(wrong[:5])} differ")
        shutil.rmtree(target)
    return tally.done()


def _kills(rng: random.Random, seconds: float, changes: int, most: int) -> Iterator[Kill]:
    """Some kills, and at last none: the run may finish."""
    for _ in range(rng.randint(1, most)):
        yield Kill(seconds=rng.uniform(0, seconds)) if rng.random() < 0.5 else Kill(change=rng.randint(1, changes))
    yield Kill()


def differing(expected: dict[str, str], found: dict[str, str]) -> list[str]:
    """The names that only one side has, or both with other contents."""
    return sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))


def every_byte(folder: Path) -> dict[str, str]:
    """Digests of all files by name; what a killed process left half written (.part) is nobody's."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.endswith(".part")}


def trained(folder: Path) -> dict[str, str]:
    """Every byte but those of TensorBoard's files and the times in the metrics."""
    found = {name: digest for name, digest in every_byte(folder).items() if not name.startswith("tensorboard/")}
    rows = map(json.loads, (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines())
    found["metrics.jsonl"] = json.dumps([{name: value for name, value in row.items() if name not in ("frames_per_second", "loading_share")}
                                         for row in rows])
    return found
