"""What each condition got, and how much of the gap to the recordings a system closes, with intervals.

Intervals are percentile bootstrap over listeners, each listener being the mean over the items, so that they say how other
listeners would have judged these items.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tts.evaluation.statistics import INTERVAL
from tts.mushra.folder import REFERENCE
from tts.mushra.scores import ScoreTable
from tts.mushra.significance import observations

RESAMPLES = 5000


@dataclass(frozen=True)
class Summary:
    """What a condition got, over all items or those of one speaker or style. Quartiles are of single ratings."""

    condition: str
    by: str
    group: str
    mean: float
    low: float
    high: float
    median: float
    lower_quartile: float
    upper_quartile: float
    listeners: int
    items: int
    ratings: int


@dataclass(frozen=True)
class GapReduction:
    """100 (s - b) / (r - b) in percent; why: a sentence where there is no value or no interval."""

    system: str
    baseline: str
    value: float
    low: float
    high: float
    why: str = ""


def bootstrap_means(table: ScoreTable, seed: int) -> np.ndarray:
    """Means [RESAMPLES, C] of as many listeners drawn with replacement; the same listeners for every condition."""
    means = observations(np.moveaxis(table.scores, -1, 0), "listener").T  # [L, C]
    drawn = np.random.default_rng(seed).integers(len(means), size=(RESAMPLES, len(means)))
    seen = np.isfinite(means)
    with np.errstate(invalid="ignore"):
        return np.where(seen, means, 0.0)[drawn].sum(axis=1) / seen[drawn].sum(axis=1)


def condition_means(table: ScoreTable) -> np.ndarray:
    """Means [C] over listeners of their means over items."""
    return np.array(
        [
            np.nanmean(own) if np.isfinite(own).any() else np.nan
            for own in observations(np.moveaxis(table.scores, -1, 0), "listener")
        ]
    )


def summarise(table: ScoreTable, by: str, group: str, seed: int) -> list[Summary]:
    means, drawn = condition_means(table), bootstrap_means(table, seed)
    rows = []
    for place, condition in enumerate(table.conditions):
        scores = table.scores[:, :, place]
        rated = scores[np.isfinite(scores)]
        if len(rated) == 0:
            continue
        low, high = np.nanpercentile(drawn[:, place], INTERVAL) if len(table.listeners) > 1 else (np.nan, np.nan)
        quartiles = np.percentile(rated, (50, 25, 75))
        heard = np.isfinite(scores)
        rows.append(
            Summary(
                condition,
                by,
                group,
                float(means[place]),
                float(low),
                float(high),
                *map(float, quartiles),
                int(heard.any(axis=1).sum()),
                int(heard.any(axis=0).sum()),
                len(rated),
            )
        )
    return rows


def summaries_of(table: ScoreTable, seed: int) -> list[Summary]:
    """Over all items, then by speaker and by style where there are several."""
    rows = summarise(table, "", "", seed)
    for by, labels in (("speaker", table.speakers), ("style", table.styles)):
        names = sorted(set(labels))
        if len(names) > 1:
            for name in names:
                rows += summarise(
                    table.part([i for i, label in enumerate(labels) if label == name]), by, name or "not stated", seed
                )
    return rows


def gap_reductions(table: ScoreTable, baseline: str, seed: int) -> list[GapReduction]:
    """Of every system but the baseline. Without a gap that is surely above 0 a share of it means nothing, and there is no
    interval."""
    means, drawn = condition_means(table), bootstrap_means(table, seed)
    r, b = (table.conditions.index(name) for name in (REFERENCE, baseline))
    gap, gaps = means[r] - means[b], drawn[:, r] - drawn[:, b]
    rows = []
    for system in table.systems:
        if system == baseline:
            continue
        s = table.conditions.index(system)
        share, low, high, why = 100 * (means[s] - means[b]) / gap, math.nan, math.nan, ""
        if not math.isfinite(share):
            share, why = math.nan, "not all three were rated, or the gap is 0"
        elif gap < 0:
            share, why = math.nan, f"{baseline} is above the reference ({-gap:+.1f}): there is no gap to reduce"
        elif np.nanpercentile(gaps, INTERVAL[0]) <= 0:
            why = "the gap's own interval includes 0, so that the share has no interval"
        else:
            low, high = np.nanpercentile(100 * (drawn[:, s] - drawn[:, b]) / gaps, INTERVAL)
        rows.append(GapReduction(system, baseline, float(share), float(low), float(high), why))
    return rows
