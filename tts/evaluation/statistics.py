"""Means with the interval that 95 of 100 such samples of utterances would give, and the difference of two systems on the same
utterances.

Percentile bootstrap over utterances, seeded. A score that does not exist (NaN) is left out and counted, never replaced.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

RESAMPLES = 2000
INTERVAL = (2.5, 97.5)  # percentiles


@dataclass(frozen=True)
class Estimate:
    """A mean, its 95 % interval, how many utterances it rests on and how many could not be scored."""

    mean: float
    low: float
    high: float
    count: int
    missing: int = 0


def bootstrap(values, weights=None, seed: int = 0) -> Estimate:
    """The mean of one value per utterance, weighted if there are `weights` (say, phones). NaN marks what was not scored."""
    values = np.asarray(values, dtype=np.float64)
    weights = np.ones_like(values) if weights is None else np.asarray(weights, dtype=np.float64)
    scored = np.isfinite(values) & (weights > 0)
    missing = int((~scored).sum())
    values, weights = values[scored], weights[scored]
    if len(values) == 0:
        return Estimate(math.nan, math.nan, math.nan, 0, missing)
    mean = float(np.average(values, weights=weights))
    if len(values) == 1:
        return Estimate(mean, math.nan, math.nan, 1, missing)
    drawn = np.random.default_rng(seed).integers(len(values), size=(RESAMPLES, len(values)))
    means = (values * weights)[drawn].sum(axis=1) / weights[drawn].sum(axis=1)
    low, high = np.percentile(means, INTERVAL)
    return Estimate(mean, float(low), float(high), len(values), missing)


def paired_difference(
    a: dict[str, float], b: dict[str, float], weights: dict[str, float] | None = None, seed: int = 0
) -> Estimate:
    """b - a over the utterances that both have, by exact id; what only one of them scored counts as missing."""
    ids = sorted(a.keys() | b.keys())
    differences = [b.get(name, math.nan) - a.get(name, math.nan) for name in ids]
    return bootstrap(differences, None if weights is None else [weights.get(name, 0) for name in ids], seed)
