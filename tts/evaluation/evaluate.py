"""Any sounds against a reference: every pair scored by every measure that was asked for, everything else named.

Streams: each utterance is read, scored and forgotten, with all systems at once so that the reference is analysed once; what stays
is its row of numbers. Results do not depend on the number of processes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tts.corpus.parallel import ordered_map
from tts.errors import UserError
from tts.evaluation.comparison import compare_systems, estimate_figure
from tts.evaluation.figure import Figure
from tts.evaluation.measures.base import REFERENCE, Measure, Scored
from tts.evaluation.metrics import METRICS
from tts.evaluation.pairing import Source, pair
from tts.evaluation.results import GROUPS, Results, Row, WordRow
from tts.evaluation.sound import Pair, Settings, Sound
from tts.evaluation.statistics import Estimate
from tts.threads import at_most_threads

NOT_A_NUMBER = float("nan")
Materials = dict[str, dict[str, dict[str, Any]]]  # by measure, system and id


@dataclass(frozen=True)
class Task:
    """One utterance with all systems' sounds of it."""

    id: str
    reference: Source
    systems: dict[str, Source]


@dataclass
class Judged:
    """What one task gave. Materials by measure and system."""

    rows: list[Row] = field(default_factory=list)
    words: list[WordRow] = field(default_factory=list)
    not_scored: dict[str, str] = field(default_factory=dict)
    partly_scored: dict[str, str] = field(default_factory=dict)
    materials: list[tuple[str, str, Any]] = field(default_factory=list)


def evaluate(
    reference: Mapping[str, Source],
    systems: Mapping[str, Mapping[str, Source]],
    measures: Sequence[Measure],
    settings: Settings,
    jobs: int = 1,
    against: str | None = None,
) -> tuple[Results, Materials]:
    """Scores of every system against the reference, matched by exact id, and the measures' materials; `against`, one of the
    systems, is compared with each other one."""
    with_reference = any(measure.of_reference for measure in measures)
    results = Results([REFERENCE, *systems] if with_reference else list(systems))
    tasks = _tasks(reference, systems, results)
    materials: Materials = {measure.name: {} for measure in measures}
    work = partial(judge, measures=tuple(measures), settings=settings)
    for task, judged in zip(tasks, ordered_map(work, tasks, jobs, "evaluating", len(tasks))):
        results.rows += judged.rows
        results.words += judged.words
        results.not_scored |= judged.not_scored
        results.partly_scored |= judged.partly_scored
        for measure, system, material in judged.materials:
            materials[measure].setdefault(system, {})[task.id] = material
    for measure in measures:
        results.notes += [note for note in measure.notes(settings) if note not in results.notes]
        measure.finish(results, materials[measure.name])
    figures = whole_scores(results, measures, materials)
    if against is not None:
        results.comparisons = compare_systems(results, figures, [s for s in systems if s != against], against)
    results.facts |= facts_of(settings, results, measures)
    return results, materials


def _tasks(reference: Mapping[str, Source], systems: Mapping[str, Mapping[str, Source]], results: Results) -> list[Task]:
    """One per id that the reference and any system have; what has no partner is named."""
    found: dict[str, dict[str, Source]] = {}
    for system, sounds in systems.items():
        pairs = pair(reference, sounds)
        results.not_scored |= {f"{system}: {name}": "no hypothesis with this id" for name in pairs.only_reference}
        results.not_scored |= {f"{system}: {name}": "no reference with this id" for name in pairs.only_hypothesis}
        for name, source in pairs.hypothesis.items():
            found.setdefault(name, {})[system] = source
    return [Task(name, reference[name], found[name]) for name in reference if name in found]


def judge(task: Task, measures: tuple[Measure, ...], settings: Settings) -> Judged:
    """Everything that is measured of one utterance."""
    done, several = Judged(), sum(not measure.for_plots for measure in measures) > 1
    about = [task.reference, *task.systems.values()]
    speaker, language, style = (
        next((value for value in (getattr(source, name) for source in about) if value), "")
        for name in ("speaker", "language", "style")
    )
    reference = Sound(task.reference, settings, speaker)
    with at_most_threads(1):  # sums in one order, whatever the number of processes
        if any(measure.of_reference for measure in measures):
            row = Row(task.id, REFERENCE, speaker, language, style=style)
            for measure in measures:
                if measure.of_reference:
                    _add(done, row, measure, several, partial(measure.of_sound, reference))
            _keep(done, row)
        for system, source in task.systems.items():
            sound = Sound(_told_by(source, task.reference), settings, speaker)
            row, both = Row(task.id, system, speaker, language, style=style), Pair(task.id, system, reference, sound)
            for measure in measures:
                _add(done, row, measure, several, partial(_both, measure, both))
            _keep(done, row)
    return done


def _told_by(source: Source, reference: Source) -> Source:
    """Of the same id is of the same text: what the hypothesis's side does not tell, the reference's does. (Its alignment is
    not the hypothesis's, so without a manifest of its own a sound gets the text, never the times: see Sound.aligned.)"""
    if source.line or not reference.line:
        return source
    return Source(source.path, reference.line, source.speaker, source.language, source.style, borrowed=True)


def _both(measure: Measure, both: Pair) -> Scored:
    alone, paired = measure.of_sound(both.hypothesis), measure.of_pair(both)
    return Scored(
        alone.scores | paired.scores,
        alone.weights | paired.weights,
        alone.words + paired.words,
        paired.material if alone.material is None else alone.material,
        alone.partly or paired.partly,
    )


def _add(done: Judged, row: Row, measure: Measure, several: bool, score: Callable[[], Scored]) -> None:
    """Scores into the row, or the reason why there are none."""
    name = f"{row.system}: {row.id}" + (f" ({measure.name})" if several else "")
    try:
        found = score()
    except UserError as error:
        if not measure.for_plots:
            done.not_scored[name] = str(error)
        return
    row.scores |= found.scores
    row.weights |= found.weights
    if found.partly:
        done.partly_scored[name] = found.partly
    if found.material is not None:
        done.materials.append((measure.name, row.system, found.material))
    done.words += [WordRow(row.id, row.system, i, word, scores) for i, (word, scores) in enumerate(found.words)]


def _keep(done: Judged, row: Row) -> None:
    if row.scores or any(system == row.system for _, system, _ in done.materials):
        done.rows.append(row)


def whole_scores(results: Results, measures: Sequence[Measure], materials: Materials) -> dict[str, dict[str, Figure]]:
    """Fill in the scores of whole sets; returns them as figures by system and metric."""
    about = {row.id: row for row in results.rows}
    figures: dict[str, dict[str, Figure]] = {}
    for measure in measures:
        for system, by_id in materials[measure.name].items():
            speakers = {name: about[name].speaker for name in by_id}
            for metric, figure in measure.whole(by_id, speakers).items():
                figures.setdefault(system, {})[metric] = figure
                results.whole.setdefault(system, {})[metric] = estimate_figure(figure, speakers)
            for kind in GROUPS:
                kinds = {name: getattr(about[name], kind) for name in by_id}
                for group in sorted(set(kinds.values())):
                    inside = {name: material for name, material in by_id.items() if kinds[name] == group}
                    for metric, figure in measure.whole(inside, speakers).items():
                        found = Estimate(figure.value, NOT_A_NUMBER, NOT_A_NUMBER, len(figure.ids))
                        results.grouped.setdefault(kind, {}).setdefault(group, {}).setdefault(system, {})[metric] = found
    return figures


def facts_of(settings: Settings, results: Results, measures: Sequence[Measure]) -> dict:
    """What makes the numbers reproducible, and how much they rest on."""
    config = settings.config
    used = {}
    for system in results.systems:
        rows = results.of(system)
        used[system] = {"utterances": len(rows)} | {
            name: sum(row.weights[name] for row in rows if name in row.weights)
            for name in ("frames", "voiced_frames")
            if any(name in row.weights for row in rows)
        }
    return {
        "measures": [measure.name for measure in measures if not measure.for_plots],
        "f0_method": config.f0_method,
        "f0_low_hz": config.f0_low_hz,
        "f0_high_hz": config.f0_high_hz,
        "f0_ranges_hz": {name: list(found) for name, found in settings.f0_ranges_hz.items()},
        "frame_shift_ms": 1000 * config.frame_seconds,
        "sample_rate_hz": config.sample_rate,
        "alignment": settings.alignment if any(measure.pairs_frames for measure in measures) else None,
        "used": used,
        "not_scored": len(results.not_scored),
        "partly_scored": len(results.partly_scored),
        "definitions": {metric: METRICS[metric].meaning for metric in results.metrics()},
    }
