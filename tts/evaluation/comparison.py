"""Two systems on the same utterances: how far they lie apart, and whether that could be chance."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from tts.evaluation.figure import Figure
from tts.evaluation.metrics import SAME_TEST, WEIGHTED
from tts.evaluation.results import Comparison, Results, Whole
from tts.evaluation.statistics import (
    FEWEST_SPEAKERS,
    INTERVAL,
    Estimate,
    SpeakerInterval,
    bootstrap,
    bootstrap_by_speaker,
    holm,
    paired_tests,
    resamplings,
)


def compare_systems(
    results: Results, figures: Mapping[str, Mapping[str, Figure]], systems: Iterable[str], against: str
) -> list[Comparison]:
    """Every system against one, in every metric that both have; p-values are corrected for all of these together."""
    found = []
    for system in systems:
        for metric in results.metrics():
            if metric in figures.get(system, {}) and metric in figures.get(against, {}):
                found.append(_of_figures(results, figures, system, against, metric))
            elif not (metric in results.whole.get(system, {}) or metric in SAME_TEST):
                found += _of_rows(results, system, against, metric)
    for name in ("t_p", "wilcoxon_p"):
        corrected = holm([getattr(comparison, name) for comparison in found])
        found = [replace(comparison, **{f"{name}_holm": p}) for comparison, p in zip(found, corrected)]
    return found


def _of_rows(results: Results, system: str, against: str, metric: str) -> list[Comparison]:
    """The mean of differences; nothing where either has no such score."""
    ours, theirs = ({row.id: row for row in results.of(s) if metric in row.scores} for s in (system, against))
    ids = sorted(ours.keys() | theirs.keys())
    if not (ours and theirs):
        return []
    nothing = {metric: math.nan}
    differences = [_scores(ours, name, nothing)[metric] - _scores(theirs, name, nothing)[metric] for name in ids]
    about = [ours.get(name) or theirs[name] for name in ids]
    weights = [row.weights.get(WEIGHTED[metric], 0) for row in about] if metric in WEIGHTED else None
    speakers = bootstrap_by_speaker(differences, [row.speaker for row in about], weights)
    p = paired_tests(differences)
    return [Comparison(system, against, metric, bootstrap(differences, weights), speakers, p.t, p.wilcoxon, math.nan, math.nan)]


def _scores(rows: Mapping, name: str, nothing: dict[str, float]) -> dict[str, float]:
    return rows[name].scores if name in rows else nothing


def _of_figures(results: Results, figures: Mapping, system: str, against: str, metric: str) -> Comparison:
    """The difference of scores of whole sets, both on the utterances that both have, drawn alike."""
    ours, theirs = figures[system][metric], figures[against][metric]
    speakers = {row.id: row.speaker for row in results.rows}
    common = sorted(set(ours.ids) & set(theirs.ids))
    places = [np.array([figure.ids.index(name) for name in common], dtype=int) for figure in (ours, theirs)]

    def of(counts: np.ndarray) -> np.ndarray:
        values = []
        for figure, place in zip((ours, theirs), places):
            own = np.zeros((len(counts), len(figure.ids)))
            own[:, place] = counts
            values.append(figure.of(own))
        return values[0] - values[1]

    whole = estimate_figure(Figure(tuple(common), of), speakers)
    return Comparison(system, against, metric, whole.estimate, whole.by_speaker, *[math.nan] * 4)


def estimate_figure(figure: Figure, speakers: Mapping[str, str], seed: int = 0) -> Whole:
    """A figure with its intervals: utterances drawn, and speakers drawn."""
    names = [speakers.get(name, "") for name in figure.ids]
    number, value = len(figure.ids), figure.value
    low, high = _interval(figure, figure.ids, seed) if number > 1 else (math.nan, math.nan)
    enough = len(set(names)) >= FEWEST_SPEAKERS
    by_speaker = SpeakerInterval(*(_interval(figure, names, seed) if enough else (math.nan, math.nan)), len(set(names)))
    return Whole(Estimate(value, low, high, number), by_speaker)


def _interval(figure: Figure, clusters: Sequence[str], seed: int) -> tuple[float, float]:
    drawn = np.concatenate([figure.of(counts) for counts in resamplings(clusters, seed)])
    drawn = drawn[np.isfinite(drawn)]
    if not len(drawn):
        return math.nan, math.nan
    low, high = np.percentile(drawn, INTERVAL)
    return float(low), float(high)
