"""Durations of phones, and pauses, as alignments tell them."""

from __future__ import annotations

import math

import numpy as np

from tts.corpus.utterance import Utterance
from tts.evaluation.pauses import SHORTEST_PAUSE_SECONDS, Pauses


def phone_durations(utterance: Utterance, frame_seconds: float) -> np.ndarray:
    """Seconds of every phone [P] that is no pause."""
    return np.array([p.frames for word in utterance.words for p in word.phones], dtype=np.float64) * frame_seconds


def compare_durations(reference: Utterance, hypothesis: Utterance, frame_seconds: float) -> dict[str, float]:
    """How phones' lengths differ, pauses left out; nothing where the two have not the same number of phones, or fewer than 2."""
    a, b = ([p for word in side.words for p in word.phones] for side in (reference, hypothesis))
    if len(a) != len(b) or len(a) < 2 or any(p.frames is None for p in a + b):
        return {}
    x, y = (phone_durations(side, frame_seconds) * 1000 for side in (reference, hypothesis))
    correlation = float(np.corrcoef(x, y)[0, 1]) if x.std() > 0 and y.std() > 0 else math.nan
    return {"duration_rmse_ms": float(np.sqrt(np.mean((x - y) ** 2))), "duration_correlation": correlation}


def pauses_by_alignment(utterance: Utterance, frame_seconds: float) -> Pauses:
    """Pauses of at least 150 ms between the first and the last word."""
    at = [i for i, unit in enumerate(utterance.units) if not unit.is_pause]
    if not at:
        return Pauses((), 0.0)
    inside = utterance.units[at[0] : at[-1] + 1]
    lengths = [unit.frames * frame_seconds for unit in inside if unit.is_pause]
    return Pauses(
        tuple(length for length in lengths if length >= SHORTEST_PAUSE_SECONDS - 1e-9),
        sum(unit.frames for unit in inside) * frame_seconds,
    )
