"""How far an alignment's boundaries are from the truth: the generated corpus's exact times, or EmoDB's hand-made syllable marks.

Starts of phones and of words are compared, in ms. `frames` are the manifest's integer durations, what everything downstream sees;
`unrounded` are the boundaries before rounding to mel frames.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tts.corpus.manifest import read_manifest
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.features.config import FeatureConfig


@dataclass(frozen=True)
class BoundaryErrors:
    """Summary of boundary errors in ms; `bias` is their median with sign, positive where the alignment is late."""

    what: str
    count: int
    median_ms: float
    mean_ms: float
    percentile_95_ms: float
    within_20_ms: float
    within_50_ms: float
    bias_ms: float

    @classmethod
    def of(cls, what: str, errors_seconds: Iterable[float]) -> BoundaryErrors:
        signed = 1000 * np.asarray(list(errors_seconds))
        size = np.abs(signed)
        return cls(what, len(size), float(np.median(size)), float(size.mean()), float(np.percentile(size, 95)),
                   float((size < 20).mean()), float((size < 50).mean()), float(np.median(signed)))

    def __str__(self) -> str:
        return (f"{self.what:24} {self.count:6d} starts: median {self.median_ms:5.1f} ms, mean {self.mean_ms:5.1f}, "
                f"95 % {self.percentile_95_ms:4.0f}, < 20 ms {100 * self.within_20_ms:.1f} %, "
                f"< 50 ms {100 * self.within_50_ms:.1f} %, bias {self.bias_ms:+.1f} ms")


@dataclass(frozen=True)
class Starts:
    """Seconds at which an utterance's phones [P] and words [W] start; pauses left out."""

    phones: np.ndarray
    words: np.ndarray


def starts_of(utterance: Utterance, config: FeatureConfig, unrounded: list[float] | None = None) -> Starts:
    """From the manifest's frames, or from `unrounded` phone starts (pauses included) where given."""
    if unrounded is None:
        times = config.frame_seconds * np.concatenate([[0], np.cumsum(utterance.durations)[:-1]])
    else:
        times = np.array(unrounded)
    phones, words, place = [], [], 0
    for unit in utterance.units:
        if not unit.is_pause:
            words.append(times[place])
            phones.extend(times[place:place + len(unit.phones)])
        place += len(unit.phones)
    return Starts(np.array(phones), np.array(words))


def read_truth(path: Path) -> dict[str, Starts]:
    """truth.jsonl of the generated corpus."""
    truth = {}
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        words = [word for word in row["words"] if word["phones"]]
        truth[row["id"]] = Starts(np.array([start for word in words for _, _, start, _ in word["phones"]]),
                                  np.array([word["start_s"] for word in words]))
    return truth


def judge(manifest: Path, truth: dict[str, Starts], config: FeatureConfig) -> tuple[list[BoundaryErrors], list[str]]:
    """Errors against `truth`, and the utterances that could not be compared, each with the reason."""
    file = manifest.parent / "boundaries.jsonl"
    unrounded = {}
    if file.is_file():
        unrounded = {row["id"]: row["starts"] for row in map(json.loads, file.read_text(encoding="utf-8").splitlines())}
    errors: dict[str, list] = {}
    left_out = []
    for utterance in read_manifest(manifest):
        if utterance.id not in truth:
            left_out.append(f"{utterance.id}: no truth")
            continue
        true = truth[utterance.id]
        found = {"frames": starts_of(utterance, config)}
        if utterance.id in unrounded:
            found["unrounded"] = starts_of(utterance, config, unrounded[utterance.id])
        same_phones = not len(true.phones) or len(found["frames"].phones) == len(true.phones)
        if len(found["frames"].words) != len(true.words) or not same_phones:
            left_out.append(f"{utterance.id}: {len(true.phones)} phones in {len(true.words)} words in the truth, "
                            f"{len(found['frames'].phones)} in {len(found['frames'].words)} in the manifest")
            continue
        for how, starts in found.items():
            if len(true.phones):
                errors.setdefault(f"phones, {how}", []).append(starts.phones - true.phones)
            errors.setdefault(f"words, {how}", []).append(starts.words - true.words)
    if not errors:
        raise UserError(f"{manifest}: nothing to compare with the truth" + "".join(f"; {line}" for line in left_out[:3]))
    return [BoundaryErrors.of(what, np.concatenate(parts)) for what, parts in errors.items()], left_out


def read_emodb(folder: Path, utterances: Iterable[Utterance]) -> dict[str, Starts]:
    """Word starts of EmoDB from its hand-made syllable marks, for utterances whose ids are the corpus's.

    Marks name syllables ("schwar", "ze"), words are found by the split of the syllables that spells them best; marks of pauses,
    "(", are passed over.
    """
    if not (folder / "alignments" / "syllables").is_dir():
        raise UserError(f"{folder}: no alignments/syllables; expected the folder emodb-de of the real speech")
    truth = {}
    for utterance in utterances:
        file = folder / "alignments" / "syllables" / f"{utterance.id}.tsv"
        if not file.is_file():
            continue
        with open(file, encoding="utf-8") as lines:
            marks = [(float(row["start"]), row["label"].strip().lower())
                      for row in csv.DictReader(lines, delimiter="\t") if row["label"].strip() != "("]
        words = [re.sub(r"[^\wäöüß]", "", unit.text.lower()) for unit in utterance.words]
        if len(marks) >= len(words):
            firsts = syllables_to_words(words, [label for _, label in marks])
            truth[utterance.id] = Starts(np.zeros(0), np.array([marks[first][0] for first in firsts]))
    return truth


def syllables_to_words(words: list[str], syllables: list[str], most: int = 7) -> list[int]:
    """The first syllable of each word, when the syllables are split so that they spell the words with the fewest wrong
    letters."""
    cost = np.full((len(words) + 1, len(syllables) + 1), np.inf)
    came = np.zeros(cost.shape, int)
    cost[0, 0] = 0
    for w, s in zip(*np.indices((len(words), len(syllables))).reshape(2, -1)):
        for count in range(1, min(most, len(syllables) - s) + 1):
            total = cost[w, s] + letter_errors(words[w], "".join(syllables[s:s + count])) if np.isfinite(cost[w, s]) else np.inf
            if total < cost[w + 1, s + count]:
                cost[w + 1, s + count], came[w + 1, s + count] = total, s
    firsts, s = [], len(syllables)
    for w in range(len(words), 0, -1):
        s = int(came[w, s])
        firsts.append(s)
    return firsts[::-1]


def letter_errors(reference, hypothesis) -> int:
    """Fewest substitutions, deletions and insertions that turn one sequence into the other."""
    row = list(range(len(hypothesis) + 1))
    for i, a in enumerate(reference, start=1):
        above, row = row, [i]
        for j, b in enumerate(hypothesis, start=1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (a != b)))
    return row[-1]


def evaluate(manifest: Path, config: FeatureConfig, truth: Path | None, emodb: Path | None) -> Iterator[str]:
    """Lines of the report."""
    known = read_truth(truth) if truth else read_emodb(emodb, read_manifest(manifest))
    errors, left_out = judge(manifest, known, config)
    yield from map(str, errors)
    yield f"not compared: {len(left_out)}" + "".join(f"\n  {line}" for line in left_out[:10])
