"""What is asked for on the command line, answered: sounds are found, settings and measures chosen, results made and written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tts.errors import UserError
from tts.evaluation.evaluate import evaluate
from tts.evaluation.intelligibility import WordJudge
from tts.evaluation.measures.base import Measure
from tts.evaluation.measures.copy import CopyMeasure
from tts.evaluation.measures.distribution import DistributionMeasure, HistogramMeasure
from tts.evaluation.measures.durations import DurationMeasure
from tts.evaluation.measures.f0 import F0Measure
from tts.evaluation.measures.intelligibility import IntelligibilityMeasure
from tts.evaluation.measures.loudness import LoudnessMeasure
from tts.evaluation.measures.mcd import McdMeasure
from tts.evaluation.measures.mos import MosMeasure
from tts.evaluation.measures.speaker import SpeakerMeasure
from tts.evaluation.results import Results
from tts.evaluation.sides import Sides, named, open_sides
from tts.evaluation.sound import Settings, at_common_rate
from tts.features.config import FeatureConfig
from tts.recipe.history import provenance

MEASURES = ("f0", "mcd", "distribution", "durations", "speaker", "intelligibility", "loudness", "mos", "copy")


@dataclass(frozen=True)
class Question:
    """The command's options by their names; its help tells what they mean. `verb` is one of MEASURES, or "all"."""

    verb: str
    reference: Path
    system: list[str]
    against: str | None = None
    manifest: Path | None = None
    split: str | None = None
    audio_root: Path | None = None
    output: list[Path] = field(default_factory=list)
    jobs: int = 1
    alignment: str = "dtw"
    plots: Path | None = None
    speakers: Path | None = None
    per_word: bool = False
    pauses: str = "energy"
    encoder: str = "statistics"
    recogniser: Path | None = None
    predictor: str | None = None


def answer(question: Question, config: FeatureConfig) -> tuple[Results, list[Path]]:
    """The results, and the files that were written."""
    for path in question.output:
        Results.check_name(path)
    names = [*question.system, *([question.against] if question.against else [])]
    sides = open_sides(question.reference, names, question.manifest, question.split, question.audio_root)
    settings, resampled = settings_for(sides, config, question)
    measures, skipped = measures_for(question, sides, settings)
    if question.plots and not any(measure.name == "distribution" for measure in measures):
        measures.append(HistogramMeasure())
    against = named(question.against)[0] if question.against else None
    results, materials = evaluate(sides.reference, sides.systems, measures, settings, question.jobs, against)
    results.notes += resampled + skipped
    itself = [name for name, place in sides.places.items() if place.resolve() == question.reference.resolve()]
    results.notes += [f"{name} is the reference itself: that it agrees says nothing." for name in itself]
    results.facts |= provenance()
    files = [file for path in question.output for file in results.save(path)]
    if question.plots:
        from tts.evaluation.plots import draw

        scored = sorted({row.id for row in results.rows if row.system in sides.systems})
        files += draw(question.plots, sides, scored, materials.get("distribution") or materials["histograms"], settings)
    return results, files


def settings_for(sides: Sides, config: FeatureConfig, question: Question) -> tuple[Settings, list[str]]:
    """Settings at a rate that no sound is below, and sentences that say what was resampled."""
    rates: dict[int, int] = {}
    for source in (s for sounds in (sides.reference, *sides.systems.values()) for s in sounds.values()):
        try:
            rates[source.rate()] = rates.get(source.rate(), 0) + 1
        except UserError:
            continue  # it will be named when it is to be scored
    common = at_common_rate(config, set(rates))
    notes = [
        f"{rates[rate]} sounds of {rate} Hz were resampled to {common.sample_rate} Hz"
        + (", the highest agreed rate that all have." if common.sample_rate < config.sample_rate else ".")
        for rate in sorted(rates)
        if rate != common.sample_rate
    ]
    return Settings(common, question.alignment, config.frame_seconds, _ranges(question.speakers)), notes


def _ranges(speakers: Path | None) -> dict[str, tuple[float, float]]:
    """Every speaker's range of F0, from the speakers.json of extracted features."""
    if speakers is None:
        return {}
    if not speakers.is_file():
        raise UserError(f"{speakers}: no such file; expected the speakers.json beside extracted features")
    known = json.loads(speakers.read_text(encoding="utf-8"))
    found = {name: tuple(about["f0_range_hz"]) for name, about in known.items() if about.get("f0_range_hz")}
    if not found:
        raise UserError(f"{speakers}: no speaker has an f0_range_hz; expected the speakers.json beside extracted features")
    return found


def measure_named(name: str, question: Question, sides: Sides, settings: Settings) -> Measure:
    """One kind of measurement, told what it has to know."""
    aligned = all(s.line for sounds in (sides.reference, *sides.systems.values()) for s in sounds.values())
    makers: Mapping[str, Measure] = {
        "f0": F0Measure(question.per_word),
        "mcd": McdMeasure(),
        "distribution": DistributionMeasure(settings.config.frame_seconds),
        "durations": DurationMeasure(question.pauses, aligned),
        "speaker": SpeakerMeasure(question.encoder, tuple(sides.places.values())),
        "intelligibility": IntelligibilityMeasure(question.recogniser),
        "loudness": LoudnessMeasure(),
        "mos": MosMeasure(question.predictor),
        "copy": CopyMeasure(),
    }
    return makers[name]


def measures_for(question: Question, sides: Sides, settings: Settings) -> tuple[list[Measure], list[str]]:
    """The measures of a verb. `all` leaves out what cannot be measured here, with a sentence for each; a single one that
    cannot is an error."""
    if question.verb != "all":
        measure = measure_named(question.verb, question, sides, settings)
        measure.check(settings)
        return [measure], []
    found, notes = [], []
    for name in MEASURES:
        measure = measure_named(name, question, sides, settings)
        try:
            measure.check(settings)
            if name == "intelligibility":
                _check_texts(question, sides)
        except UserError as error:
            notes.append(f"Not measured: {error}.")
            continue
        found.append(measure)
    return found, notes


def _check_texts(question: Question, sides: Sides) -> None:
    texts = [source for source in sides.reference.values() if source.line]
    if not texts:
        raise UserError("word errors; what was to be said is not known (--manifest would tell)")
    if question.recogniser is None and not any(WordJudge.knows(source) for source in texts):
        raise UserError("word errors; pocketsphinx knows English only (--recogniser takes another)")
