"""Is one system better than another, or is it chance? Paired tests of scores of the same listeners on the same items.

What is one observation decides what the test speaks for:

listener   one number a listener: the mean of the differences over the items. Speaks for other listeners hearing *these* items.
           Holds its level whatever tastes listeners have. The default.
rating     every listener x item difference as if it were independent. Speaks for nobody beyond this very sample: a listener who
           likes a system likes it on all items, so the test finds too much where tastes differ.
crossed    listeners and items are both samples (crossed random effects, quasi-F of a two-way design): speaks for other listeners
           hearing other items. t only, and asks for the largest difference.

All functions take arrays whose last axes are named; NaN is a rating that is missing. Leading axes are many tests at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

UNITS = ("listener", "rating")


@dataclass(frozen=True)
class Components:
    """Standard deviations, in points: listener_system: how tastes differ between listeners; item_system: how a system's merit
    changes from item to item; residual: the rest. Of one system; a difference of two has each variance twice. What a listener or
    an item adds to all systems alike cancels in a difference and has no place here."""

    listener_system: float
    item_system: float
    residual: float


def observations(differences: np.ndarray, unit: str) -> np.ndarray:
    """Differences [..., L, I] as the observations of a test [..., n]: a mean a listener, or every rating."""
    if unit == "rating":
        return differences.reshape(*differences.shape[:-2], -1)
    rated = np.isfinite(differences)
    count = rated.sum(axis=-1)
    return np.where(count, np.where(rated, differences, 0.0).sum(axis=-1) / np.maximum(count, 1), np.nan)


@dataclass(frozen=True)
class TTest:
    """Arrays of the leading axes: the mean difference, its standard error, its 95 % interval, t, degrees of freedom and p
    (two-sided)."""

    mean: np.ndarray
    error: np.ndarray
    low: np.ndarray
    high: np.ndarray
    t: np.ndarray
    df: np.ndarray
    p: np.ndarray


def paired_t(values: np.ndarray) -> TTest:
    """t-test of observations [..., n] against 0; p is NaN with fewer than two."""
    seen = np.isfinite(values)
    count = seen.sum(axis=-1)
    mean = np.where(seen, values, 0.0).sum(axis=-1) / np.maximum(count, 1)
    squares = np.where(seen, (values - mean[..., None]) ** 2, 0.0).sum(axis=-1)
    variance = squares / np.maximum(count - 1, 1) / np.maximum(count, 1)
    return t_of(np.where(count > 1, mean, np.nan), variance, np.maximum(count - 1.0, 1.0))


def t_of(mean: np.ndarray, variance: np.ndarray, df: np.ndarray) -> TTest:
    """The test of a mean whose variance is estimated with `df` degrees of freedom. No difference at all: p = 1; the same
    difference everywhere: p = 0."""
    error = np.sqrt(variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(mean == 0, 0.0, mean / error)
    half = stats.t.ppf(0.975, df) * error
    return TTest(mean, error, mean - half, mean + half, t, df, 2 * stats.t.sf(np.abs(t), df))


def wilcoxon(values: np.ndarray) -> np.ndarray:
    """Two-sided p of the signed-rank test of observations [..., n] against 0 (differences of exactly 0 are left out; exact up to
    50 observations without ties, else by the normal approximation)."""
    return np.apply_along_axis(_wilcoxon, -1, values)


def _wilcoxon(values: np.ndarray) -> float:
    values = values[np.isfinite(values)]
    if len(values) < 2:
        return np.nan
    return float(stats.wilcoxon(values).pvalue) if values.any() else 1.0


@dataclass(frozen=True)
class CrossedVariances:
    """Of differences [..., L, I]: variances by listener, by item and residual (unbiased, so that they may fall below 0), and the
    effective numbers: what each variance is divided by in the variance of the mean."""

    listener: np.ndarray
    item: np.ndarray
    residual: np.ndarray
    listeners: np.ndarray
    items: np.ndarray
    ratings: np.ndarray


def crossed_variances(differences: np.ndarray) -> CrossedVariances:
    """Moments of products of two differences: of one listener, of one item, of neither. Every listener need not have rated every
    item; where all have, these are the estimates of the two-way analysis of variance. NaN with one listener or one item."""
    seen = np.isfinite(differences)
    total = seen.sum(axis=(-2, -1)).astype(float)
    kept = np.where(seen, differences, 0.0)
    mean = kept.sum(axis=(-2, -1)) / np.maximum(total, 1)
    kept = np.where(seen, differences - mean[..., None, None], 0.0)
    squares = (kept**2).sum(axis=(-2, -1))
    by_listener, by_item = (kept.sum(axis=-1) ** 2).sum(axis=-1), (kept.sum(axis=-2) ** 2).sum(axis=-1)
    listener_pairs, item_pairs = (seen.sum(axis=-1) ** 2).sum(axis=-1), (seen.sum(axis=-2) ** 2).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        same_listener = (by_listener - squares) / (listener_pairs - total)
        same_item = (by_item - squares) / (item_pairs - total)
        apart = (kept.sum(axis=(-2, -1)) ** 2 - by_listener - by_item + squares) / (
            total**2 - listener_pairs - item_pairs + total
        )
        residual = squares / total - same_listener - same_item + apart
        return CrossedVariances(
            same_listener - apart, same_item - apart, residual, total**2 / listener_pairs, total**2 / item_pairs, total
        )


def crossed_t(differences: np.ndarray) -> TTest:
    """t-test of the mean of differences [..., L, I] with listeners and items as samples; degrees of freedom after
    Satterthwaite."""
    found = crossed_variances(differences)
    noise = np.maximum(found.residual, 0) / np.maximum(found.ratings, 1)
    listener, item = np.maximum(found.listener, 0) / found.listeners, np.maximum(found.item, 0) / found.items
    df = satterthwaite(listener, item, noise, found.listeners, found.items)
    seen = np.isfinite(differences)
    mean = np.where(seen, differences, 0.0).sum(axis=(-2, -1)) / np.maximum(found.ratings, 1)
    return t_of(np.where(found.ratings > 0, mean, np.nan), listener + item + noise, df)


def satterthwaite(listener, item, noise, listeners, items):
    """Degrees of freedom of listener + item + noise, the parts of the variance of a mean over `listeners` x `items`, as it is
    estimated: the mean squares of listeners and of items, less that of the rest. Never under those of the smaller of the two
    samples."""
    whole, fewest = listener + item + noise, np.minimum(listeners, items) - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = (
            (listener + noise) ** 2 / (listeners - 1)
            + (item + noise) ** 2 / (items - 1)
            + noise**2 / ((listeners - 1) * (items - 1))
        )
        return np.where(whole > 0, np.maximum(whole**2 / spread, fewest), fewest)
