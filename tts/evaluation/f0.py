"""How far two F0 contours differ, with every definition written down once.

    GPE   of the frames voiced in both, the share that is off by more than 20 %      (gross pitch error)
    VDE   of all frames, the share voiced in one and not in the other                 (voicing decision error)
    FFE   of all frames, the share with either fault                                  (F0 frame error)
    RMSE  in Hz, in natural log and in cents (1200 · log2), over frames voiced in both
    r     Pearson's correlation of log-F0 over frames voiced in both

After Nakatani et al. 2008 and Chu & Alwan 2009. Frames belong together one to one, or along a path that was found on cepstra
(cepstra.py), never on F0 itself. Where nothing is voiced in both, there is no pitch score: NaN, which averages count as missing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

GROSS = 0.2
CENTS = 1200 / math.log(2)  # per unit of natural log


@dataclass(frozen=True)
class F0Scores:
    """Shares from 0 to 1; NaN where undefined. `frames` compared, of which `voiced_frames` voiced in both."""

    rmse_hz: float
    rmse_log: float
    rmse_cents: float
    correlation: float
    gpe: float
    vde: float
    ffe: float
    frames: int
    voiced_frames: int


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
        return F0Scores(*[math.nan] * 7, 0, 0)
    both, differs = (a > 0) & (b > 0), (a > 0) != (b > 0)
    vde = float(differs.mean())
    if not both.any():
        return F0Scores(math.nan, math.nan, math.nan, math.nan, math.nan, vde, vde, len(a), 0)
    a, b, total = a[both], b[both], len(a)
    gross = np.abs(b / a - 1) > GROSS
    log_a, log_b = np.log(a), np.log(b)
    rmse_log = float(np.sqrt(np.mean((log_a - log_b) ** 2)))
    moving = len(a) > 1 and log_a.std() > 1e-9 and log_b.std() > 1e-9
    correlation = float(np.corrcoef(log_a, log_b)[0, 1]) if moving else math.nan
    return F0Scores(
        float(np.sqrt(np.mean((a - b) ** 2))),
        rmse_log,
        rmse_log * CENTS,
        correlation,
        float(gross.mean()),
        vde,
        float((differs.sum() + gross.sum()) / total),
        total,
        int(both.sum()),
    )
