"""A number measured on many utterances that knows how to be computed again from any resampling of them.

A resampling is a row of counts [U]: how often each utterance was drawn. Whatever is a function of sums over utterances (a mean, a
pooled correlation, R², a ratio, a histogram's divergence) then costs one product of matrices for all draws together, and two
numbers on the same utterances, drawn alike, make a paired difference.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from tts.evaluation.statistics import INTERVAL, RESAMPLES, Estimate

EMPTY_BIN = 1e-4  # added to every bin of a histogram before it is compared


@dataclass(frozen=True)
class Figure:
    """`of` takes counts [R, U] of the utterances `ids` and gives a value for every draw [R]."""

    ids: tuple[str, ...]
    of: Callable[[np.ndarray], np.ndarray]

    @property
    def value(self) -> float:
        """The number itself: every utterance once. NaN where there is nothing to measure."""
        return float(self.of(np.ones((1, len(self.ids))))[0]) if self.ids else math.nan

    def __sub__(self, other: Figure) -> Figure:
        return combine(np.subtract, self, other)


def combine(function: Callable[..., np.ndarray], *figures: Figure) -> Figure:
    """A figure made of others; each sees the same draws of the utterances that it rests on."""
    ids = tuple(sorted(set().union(*(figure.ids for figure in figures))))
    at = {name: i for i, name in enumerate(ids)}
    places = [np.array([at[name] for name in figure.ids], dtype=int) for figure in figures]
    return Figure(ids, lambda counts: function(*(figure.of(counts[:, place]) for figure, place in zip(figures, places))))


def pooled(rows: Mapping[str, np.ndarray], function: Callable[[np.ndarray], np.ndarray]) -> Figure:
    """`function` of the sums [.., K] of one row [K] per utterance."""
    ids = tuple(sorted(rows))
    table = np.array([rows[name] for name in ids], dtype=np.float64)

    def of(counts: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return function(counts @ table)

    return Figure(ids, of)


def add_rows(items: Iterable[tuple[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """One row per utterance: the sum of the rows that have its id."""
    rows: dict[str, np.ndarray] = {}
    for name, row in items:
        rows[name] = rows[name] + row if name in rows else np.asarray(row, dtype=np.float64)
    return rows


# -- kinds of figures --------------------------------------------------------------------------------------------------


def mean_of(items: Iterable[tuple[str, float]]) -> Figure:
    """The mean of values that belong to utterances; NaN is left out."""
    return pooled(
        add_rows((name, np.array([v, 1.0])) for name, v in items if math.isfinite(v)), lambda s: s[..., 0] / s[..., 1]
    )


def correlation_of(items: Iterable[tuple[str, np.ndarray, np.ndarray]]) -> Figure:
    """Pearson's r of x against y, pooled over all utterances. Where one side never moves, r is 0: it tells nothing of the
    other."""

    def row(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.array([len(x), x.sum(), y.sum(), (x * x).sum(), (y * y).sum(), (x * y).sum()], dtype=np.float64)

    def pearson(s: np.ndarray) -> np.ndarray:
        n, x, y, xx, yy, xy = np.moveaxis(s, -1, 0)
        spread_x, spread_y = np.maximum(xx / n - (x / n) ** 2, 0), np.maximum(yy / n - (y / n) ** 2, 0)
        moving = (spread_x > 1e-12) & (spread_y > 1e-12)
        r = (xy / n - x * y / n**2) / np.sqrt(np.where(moving, spread_x * spread_y, 1.0))
        return np.where(n > 1, np.where(moving, r, 0.0), np.nan)

    return pooled(add_rows((name, row(x, y)) for name, x, y in items), pearson)


def ratio_of(items: Iterable[tuple[str, float, float]], floor: float = 0.0) -> Figure:
    """Sum of the first values over the sum of the second; the second's mean counts as at least `floor`."""
    rows = add_rows((name, np.array([a, b, 1.0])) for name, a, b in items if math.isfinite(a) and math.isfinite(b))
    return pooled(rows, lambda s: s[..., 0] / np.maximum(s[..., 1], floor * s[..., 2]))


def spread_of(items: Iterable[tuple[str, np.ndarray]]) -> Figure:
    """The standard deviation of all utterances' values."""
    rows = add_rows((name, np.array([len(x), x.sum(), (x * x).sum()])) for name, x in items)
    return pooled(rows, lambda s: np.sqrt(np.maximum(s[..., 2] / s[..., 0] - (s[..., 1] / s[..., 0]) ** 2, 0)))


def median_of(items: Iterable[tuple[str, float]]) -> Figure:
    """The median of one value per utterance."""
    found = {name: value for name, value in items if math.isfinite(value)}
    ids = tuple(sorted(found))
    values = np.array([found[name] for name in ids])
    order = np.argsort(values, kind="stable")

    def of(counts: np.ndarray) -> np.ndarray:
        reached = np.cumsum(counts[:, order], axis=1)
        half = reached[:, -1:] / 2
        below, above = (reached >= half).argmax(axis=1), (reached > half).argmax(axis=1)
        return (values[order][below] + values[order][above]) / 2

    return Figure(ids, of)


def divergence_of(items: Iterable[tuple[str, np.ndarray, np.ndarray]], edges: np.ndarray) -> Figure:
    """The Jensen-Shannon divergence, in bits, of the histograms of two sets of values; what lies outside counts in the last
    bins."""

    def histogram(x: np.ndarray) -> np.ndarray:
        return np.histogram(np.clip(x, edges[0], edges[-1]), edges)[0]

    def divergence(s: np.ndarray) -> np.ndarray:
        p, q = (half / half.sum(axis=-1, keepdims=True) + EMPTY_BIN for half in np.split(s, 2, axis=-1))
        p, q = p / p.sum(axis=-1, keepdims=True), q / q.sum(axis=-1, keepdims=True)
        middle = (p + q) / 2
        return ((p * np.log2(p / middle)).sum(-1) + (q * np.log2(q / middle)).sum(-1)) / 2

    return pooled(add_rows((name, np.concatenate([histogram(x), histogram(y)])) for name, x, y in items), divergence)


# -- intervals ---------------------------------------------------------------------------------------------------------


def estimate(figures: list[Figure], seed: int = 0) -> Estimate:
    """The mean over figures (one per training seed) with its 95 % interval: bootstrap over the utterances of all, the same for
    each."""
    whole = combine(lambda *values: np.mean(values, axis=0), *figures)
    utterances = len(whole.ids)
    if utterances < 2:
        return Estimate(whole.value, math.nan, math.nan, utterances)
    counts = np.random.default_rng(seed).multinomial(utterances, np.full(utterances, 1 / utterances), size=RESAMPLES)
    drawn = whole.of(counts.astype(np.float64))
    drawn = drawn[np.isfinite(drawn)]
    low, high = np.percentile(drawn, INTERVAL) if len(drawn) else (math.nan, math.nan)
    return Estimate(whole.value, float(low), float(high), utterances)
