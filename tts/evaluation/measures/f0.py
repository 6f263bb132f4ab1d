"""F0 contours against the reference's, by utterance and, where the reference is aligned, by word."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tts.errors import UserError
from tts.evaluation.f0 import WordF0, compare_f0, compare_f0_of_words
from tts.evaluation.figure import Figure, correlation_of
from tts.evaluation.measures.base import Measure, Scored
from tts.evaluation.sound import Pair, Settings

BY_ALIGNMENT = {
    "dtw": "Frames belong together along the path that exact dynamic time warping finds on mel-cepstra without c0, never on F0.",
    "none": "Frames belong together one to one.",
    "durations": "Frames belong together along straight lines between the boundaries of phones (of words where phones "
    "differ), as the alignments of both sides say; one pair per frame of the reference.",
}


@dataclass(frozen=True)
class F0Measure(Measure):
    """`per_word` keeps every word's scores, not only their summary."""

    name = "f0"
    pairs_frames = True
    per_word: bool = False

    def of_pair(self, pair: Pair) -> Scored:
        reference_hz, hypothesis_hz = pair.reference.f0_hz, pair.hypothesis.f0_hz
        if not reference_hz.any():
            raise UserError("no frame of the reference is voiced: there is no pitch to compare with")
        found = compare_f0(reference_hz, hypothesis_hz, pair.path)
        words = pair.reference.words()
        by_word, material = [], None
        if words:
            step = pair.reference.settings.config.frame_seconds
            frames = [(round(word.start / step), round(word.end / step)) for word in words]
            scores = compare_f0_of_words(reference_hz, hypothesis_hz, pair.path, frames)
            material = _centred(scores)
            if self.per_word:
                by_word = [(word.text, word_scores(score)) for word, score in zip(words, scores)]
        partly = "no frame is voiced in both: voicing is scored, pitch is not" if found.voiced_frames == 0 else ""
        weights = {"frames": found.frames, "voiced_frames": found.voiced_frames}
        return Scored(found.scores(), weights, by_word, material, partly)

    def whole(self, materials: Mapping[str, tuple[np.ndarray, np.ndarray]], speakers: Mapping[str, str]) -> dict[str, Figure]:
        items = [(name, *centred) for name, centred in materials.items() if centred is not None and len(centred[0])]
        return {"word_f0_correlation": correlation_of(items)} if items else {}

    def notes(self, settings: Settings) -> list[str]:
        return [f0_sentence(settings), BY_ALIGNMENT[settings.alignment]]


def f0_sentence(settings: Settings) -> str:
    """How F0 was measured."""
    config = settings.config
    ranges = f"{config.f0_low_hz:g}-{config.f0_high_hz:g} Hz"
    if settings.f0_ranges_hz:
        known = [f"{name} {low:.0f}-{high:.0f} Hz" for name, (low, high) in sorted(settings.f0_ranges_hz.items())]
        ranges = f"each speaker's own range ({', '.join(known)}; others {ranges})"
    return f"F0: {config.f0_method}, {ranges}, every {1000 * config.frame_seconds:.4g} ms, the same for both sides."


def _centred(scores: list[WordF0]) -> tuple[np.ndarray, np.ndarray]:
    """The words' mean F0 on both sides [W], semitones relative to the utterance's words; words with too few frames left out."""
    means = np.array([(s.reference_st, s.hypothesis_st) for s in scores if math.isfinite(s.reference_st)]).reshape(-1, 2)
    if len(means) < 2:
        return np.zeros(0), np.zeros(0)
    a, b = (means - means.mean(axis=0)).T
    return a, b


def word_scores(score: WordF0) -> dict[str, float]:
    """A word's scores, with what its mean F0 is off by."""
    difference = 100 * (score.hypothesis_st - score.reference_st)
    return score.scores.scores() | {"word_f0_difference_cents": difference}
