"""How far two F0 contours differ, with every definition written down once.

    gross pitch error      of the frames voiced in both, the share that is off by more than 20 %
    voicing decision error of all frames, the share voiced in one and not in the other
    F0 frame error         of all frames, the share with either fault
    RMSE                   in Hz, in natural log and in cents (1200 · log2), over frames voiced in both
    correlation            Pearson's r of log-F0 over frames voiced in both

After Nakatani et al. 2008 and Chu & Alwan 2009. Frames belong together one to one, or along a path that was found on cepstra or
durations (warp.py), never on F0 itself. Where nothing is voiced in both, there is no pitch score: NaN, which averages count as
missing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

GROSS = 0.2
CENTS = 1200 / math.log(2)  # per unit of natural log
FEWEST_FRAMES = 3  # voiced in both, for a word's mean to count


@dataclass(frozen=True)
class F0Scores:
    """Shares from 0 to 1; NaN where undefined. `frames` compared, of which `voiced_frames` voiced in both."""

    log_f0_rmse: float
    f0_rmse_cents: float
    f0_rmse_hz: float
    f0_correlation: float
    gross_pitch_error: float
    voicing_decision_error: float
    voicing_f1: float
    f0_frame_error: float
    frames: int
    voiced_frames: int

    def scores(self) -> dict[str, float]:
        """By the names of METRICS."""
        return {name: value for name, value in vars(self).items() if name not in ("frames", "voiced_frames")}


def compare_f0(reference_hz: np.ndarray, hypothesis_hz: np.ndarray, path: np.ndarray | None = None) -> F0Scores:
    """Scores of contours in Hz, 0 where unvoiced; `path` [L, 2] pairs frames of the two, without it they must be equally long."""
    if path is None:
        if len(reference_hz) != len(hypothesis_hz):
            raise ValueError(f"contours of {len(reference_hz)} and {len(hypothesis_hz)} frames need a path")
        a, b = reference_hz, hypothesis_hz
    else:
        a, b = reference_hz[path[:, 0]], hypothesis_hz[path[:, 1]]
    a, b = a.astype(np.float64), b.astype(np.float64)
    if len(a) == 0:
        return F0Scores(*[math.nan] * 8, 0, 0)
    both, differs = (a > 0) & (b > 0), (a > 0) != (b > 0)
    voicing = float(differs.mean())
    if not both.any():
        return F0Scores(*[math.nan] * 5, voicing, 0.0 if differs.any() else math.nan, voicing, len(a), 0)
    f1 = float(2 * both.sum() / (2 * both.sum() + differs.sum()))
    a, b, total = a[both], b[both], len(a)
    gross = np.abs(b / a - 1) > GROSS
    log_a, log_b = np.log(a), np.log(b)
    rmse_log = float(np.sqrt(np.mean((log_a - log_b) ** 2)))
    moving = len(a) > 1 and log_a.std() > 1e-9 and log_b.std() > 1e-9
    return F0Scores(
        log_f0_rmse=rmse_log,
        f0_rmse_cents=rmse_log * CENTS,
        f0_rmse_hz=float(np.sqrt(np.mean((a - b) ** 2))),
        f0_correlation=float(np.corrcoef(log_a, log_b)[0, 1]) if moving else math.nan,
        gross_pitch_error=float(gross.mean()),
        voicing_decision_error=voicing,
        voicing_f1=f1,
        f0_frame_error=float((differs.sum() + gross.sum()) / total),
        frames=total,
        voiced_frames=int(both.sum()),
    )


@dataclass(frozen=True)
class WordF0:
    """A word's scores, and its mean F0 on either side in semitones re 100 Hz, over frames voiced in both (NaN if too few)."""

    scores: F0Scores
    reference_st: float
    hypothesis_st: float


def compare_f0_of_words(
    reference_hz: np.ndarray, hypothesis_hz: np.ndarray, path: np.ndarray, words: list[tuple[int, int]]
) -> list[WordF0]:
    """The scores of each word, given as [start, end) in frames of the reference."""
    found = []
    for start, end in words:
        inside = path[(path[:, 0] >= start) & (path[:, 0] < end)]
        a, b = reference_hz[inside[:, 0]].astype(np.float64), hypothesis_hz[inside[:, 1]].astype(np.float64)
        both = (a > 0) & (b > 0)
        means = [float(np.mean(12 * np.log2(x[both] / 100))) if both.sum() >= FEWEST_FRAMES else math.nan for x in (a, b)]
        found.append(WordF0(compare_f0(a, b), *means))
    return found
