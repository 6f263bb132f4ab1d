"""Means with the interval that 95 of 100 such samples of utterances would give, and the difference of two systems on the same
utterances.

Percentile bootstrap, seeded: over utterances, or over speakers with all of their utterances (cluster bootstrap), which also tells
how far the number would move with other speakers. A score that does not exist (NaN) is left out and counted, never replaced.
Differences are tested by the paired t-test and by Wilcoxon's signed-rank test, and many of them are corrected by Holm's method.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 2000
INTERVAL = (2.5, 97.5)  # percentiles
FEWEST_SPEAKERS = 5  # of fewer, resampling has too few outcomes to make an interval of
CHUNK = 4_000_000  # numbers drawn at a time, so that memory does not grow with the utterances


@dataclass(frozen=True)
class Estimate:
    """A mean, its 95 % interval, how many utterances it rests on and how many could not be scored."""

    mean: float
    low: float
    high: float
    count: int
    missing: int = 0


@dataclass(frozen=True)
class SpeakerInterval:
    """The 95 % interval over speakers; NaN where there are too few."""

    low: float
    high: float
    speakers: int


@dataclass(frozen=True)
class PValues:
    """Two-sided, of the paired differences being 0: Student's t and Wilcoxon's signed ranks. NaN below 2 pairs."""

    t: float
    wilcoxon: float


def bootstrap(values, weights=None, seed: int = 0) -> Estimate:
    """The mean of one value per utterance, weighted if there are `weights` (say, phones). NaN marks what was not scored."""
    values, weights, scored = _scored(values, weights)
    missing = int((~scored).sum())
    values, weights = values[scored], weights[scored]
    if len(values) == 0:
        return Estimate(math.nan, math.nan, math.nan, 0, missing)
    mean = float(np.average(values, weights=weights))
    if len(values) == 1:
        return Estimate(mean, math.nan, math.nan, 1, missing)
    low, high = np.percentile(_drawn_means(values * weights, weights, seed), INTERVAL)
    return Estimate(mean, float(low), float(high), len(values), missing)


def bootstrap_by_speaker(values, speakers: Sequence[str], weights=None, seed: int = 0) -> SpeakerInterval:
    """The interval of the same mean when speakers are drawn, each with all of its utterances."""
    values, weights, scored = _scored(values, weights)
    names, at = np.unique(np.asarray(speakers, dtype=object)[scored].astype(str), return_inverse=True)
    if len(names) < FEWEST_SPEAKERS:
        return SpeakerInterval(math.nan, math.nan, len(names))
    sums = np.bincount(at, (values * weights)[scored], len(names))
    low, high = np.percentile(_drawn_means(sums, np.bincount(at, weights[scored], len(names)), seed), INTERVAL)
    return SpeakerInterval(float(low), float(high), len(names))


def _scored(values, weights) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    values = np.asarray(values, dtype=np.float64)
    weights = np.ones_like(values) if weights is None else np.asarray(weights, dtype=np.float64)
    return values, weights, np.isfinite(values) & (weights > 0)


def _drawn_means(sums: np.ndarray, weights: np.ndarray, seed: int) -> np.ndarray:
    """Σ sums / Σ weights of every draw [R]."""
    rng = np.random.default_rng(seed)
    at_a_time = max(CHUNK // len(sums), 1)
    parts = []
    for start in range(0, RESAMPLES, at_a_time):
        drawn = rng.integers(len(sums), size=(min(at_a_time, RESAMPLES - start), len(sums)))
        parts.append(sums[drawn].sum(axis=1) / weights[drawn].sum(axis=1))
    return np.concatenate(parts)


def resamplings(clusters: Sequence[str], seed: int = 0) -> Iterator[np.ndarray]:
    """Counts [.., U] of how often each utterance is drawn when whole clusters are; together RESAMPLES rows."""
    names, at = np.unique(np.asarray(clusters, dtype=object).astype(str), return_inverse=True)
    rng = np.random.default_rng(seed)
    at_a_time = max(CHUNK // max(len(at), 1), 1)
    for start in range(0, RESAMPLES, at_a_time):
        rows = min(at_a_time, RESAMPLES - start)
        yield rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=rows)[:, at].astype(np.float64)


def paired_difference(
    a: dict[str, float], b: dict[str, float], weights: dict[str, float] | None = None, seed: int = 0
) -> Estimate:
    """b - a over the utterances that both have, by exact id; what only one of them scored counts as missing."""
    ids = sorted(a.keys() | b.keys())
    differences = [b.get(name, math.nan) - a.get(name, math.nan) for name in ids]
    return bootstrap(differences, None if weights is None else [weights.get(name, 0) for name in ids], seed)


def paired_tests(differences) -> PValues:
    """Whether paired differences (NaN left out) could be chance. Differences that are all 0 are: p = 1."""
    from scipy.stats import ttest_1samp, wilcoxon

    found = np.asarray(differences, dtype=np.float64)
    found = found[np.isfinite(found)]
    if len(found) < 2:
        return PValues(math.nan, math.nan)
    if not found.any():
        return PValues(1.0, 1.0)
    same = np.ptp(found) <= 1e-12 * np.abs(found).max()  # the same difference everywhere, up to rounding
    t = 0.0 if same else float(ttest_1samp(found, 0.0).pvalue)
    return PValues(t, float(wilcoxon(found).pvalue))


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values corrected for their number by Holm's step-down method; NaN takes no part and stays."""
    return holm_rows(np.asarray(p_values, dtype=np.float64)).tolist()


def holm_rows(p: np.ndarray) -> np.ndarray:
    """p [..., m] of a family of m tests, corrected by Holm's step-down Bonferroni; NaN is no test and does not count."""
    order = np.argsort(p, axis=-1)  # NaN last
    ordered = np.take_along_axis(p, order, axis=-1)
    steps = np.isfinite(p).sum(axis=-1, keepdims=True) - np.arange(p.shape[-1])
    corrected = np.minimum(np.maximum.accumulate(np.where(np.isfinite(ordered), ordered * steps, np.nan), axis=-1), 1.0)
    result = np.empty_like(corrected)
    np.put_along_axis(result, order, corrected, axis=-1)
    return result
