"""Every pair of conditions compared by the tests of significance.py, of one listening test or of a thousand simulated ones at
once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from tts.evaluation.statistics import holm_rows
from tts.mushra.scores import ScoreTable
from tts.mushra.significance import Components, crossed_t, crossed_variances, observations, paired_t, wilcoxon

WHY_UNIT = {
    "listener": (
        "Each test has one observation a listener, the mean over the items, because a listener's ratings are not independent of"
        " each other; it speaks for other listeners of these items."
    ),
    "rating": (
        "Each test takes every listener x item rating as independent, as papers often do; where listeners differ in which system"
        " they like, it finds differences that are not there more often than the level says."
    ),
}

WHY_CROSSED = (
    "The crossed test takes listeners and items both as samples (two-way random effects, degrees of freedom after Satterthwaite);"
    " it speaks for other listeners and other items."
)


@dataclass(frozen=True)
class PairTests:
    """Arrays [..., K] over the K pairs; p before correction."""

    pairs: list[tuple[int, int]]
    difference: np.ndarray
    low: np.ndarray
    high: np.ndarray
    t: np.ndarray
    df: np.ndarray
    p_t: np.ndarray
    p_wilcoxon: np.ndarray
    p_crossed: np.ndarray
    deviation: np.ndarray
    count: np.ndarray


def tests_of_pairs(scores: np.ndarray, unit: str = "listener") -> PairTests:
    """Every pair of the conditions of scores [..., L, I, C]."""
    pairs = list(combinations(range(scores.shape[-1]), 2))
    differences = np.stack([scores[..., b] - scores[..., a] for a, b in pairs], axis=-3)
    values = observations(differences, unit)
    t, crossed = paired_t(values), crossed_t(differences)
    count = np.isfinite(values).sum(axis=-1)
    return PairTests(pairs, t.mean, t.low, t.high, t.t, t.df, t.p, wilcoxon(values), crossed.p, t.error * np.sqrt(count), count)


@dataclass(frozen=True)
class Pair:
    """b minus a. low, high: 95 % of t, not corrected. p_…: corrected by Holm-Bonferroni over all pairs, raw_p_…: not. effect:
    mean difference over the standard deviation of the observations (Cohen's d_z); NaN where they are all alike."""

    a: str
    b: str
    difference: float
    low: float
    high: float
    observations: int
    t: float
    df: float
    p_t: float
    p_wilcoxon: float
    p_crossed: float
    raw_p_t: float
    raw_p_wilcoxon: float
    raw_p_crossed: float
    effect: float


def pair_rows(table: ScoreTable, conditions: list[str], unit: str) -> list[Pair]:
    found = tests_of_pairs(table.scores[:, :, [table.conditions.index(name) for name in conditions]], unit)
    corrected = [holm_rows(p) for p in (found.p_t, found.p_wilcoxon, found.p_crossed)]
    rows = []
    for k, (a, b) in enumerate(found.pairs):
        effect = found.difference[k] / found.deviation[k] if found.deviation[k] > 0 else math.nan
        numbers = [float(values[k]) for values in (*corrected, found.p_t, found.p_wilcoxon, found.p_crossed)]
        rows.append(
            Pair(
                conditions[a],
                conditions[b],
                float(found.difference[k]),
                float(found.low[k]),
                float(found.high[k]),
                int(found.count[k]),
                float(found.t[k]),
                float(found.df[k]),
                *numbers,
                float(effect),
            )
        )
    return rows


def components_of(table: ScoreTable, conditions: list[str]) -> Components | None:
    """The variances of a system that a paired test sees, from all pairs of the conditions; None where there is too little to
    tell."""
    found = [crossed_variances(table.of(b) - table.of(a)) for a, b in combinations(conditions, 2)]
    parts = np.array([[v.listener, v.item, v.residual] for v in found])
    if len(parts) == 0 or not np.isfinite(parts).all():
        return None
    return Components(*(float(math.sqrt(max(value, 0.0) / 2)) for value in parts.mean(axis=0)))
