"""Distances of F0 distributions and ratios of their spreads, with the noise floor beside them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tts.errors import UserError
from tts.evaluation.distribution import (
    HALVINGS,
    F0Histograms,
    distance_functions,
    distances,
    histograms,
    noise_floor,
    spread_ratio,
)
from tts.evaluation.figure import Figure
from tts.evaluation.measures.base import Measure, Scored
from tts.evaluation.measures.f0 import f0_sentence
from tts.evaluation.sound import Pair, Settings
from tts.evaluation.statistics import Estimate, SpeakerInterval

NOISE_FLOOR = "noise floor"  # a column of its own
Material = tuple[F0Histograms, F0Histograms]


@dataclass(frozen=True)
class DistributionMeasure(Measure):
    name = "distribution"
    frame_seconds: float = 0.0125

    def of_pair(self, pair: Pair) -> Scored:
        reference_hz, hypothesis_hz = pair.reference.f0_hz, pair.hypothesis.f0_hz
        for f0_hz, name in ((reference_hz, "the reference"), (hypothesis_hz, "the hypothesis")):
            if not f0_hz.any():
                raise UserError(f"no frame of {name} is voiced: it adds nothing to a distribution of F0")
        material = histograms(reference_hz), histograms(hypothesis_hz)
        return Scored(material=material)

    def whole(self, materials: Mapping[str, Material], speakers: Mapping[str, str]) -> dict[str, Figure]:
        if not materials:
            return {}
        moments = {name: (a.moments, b.moments) for name, (a, b) in materials.items()}
        return distances(materials, self.frame_seconds) | {"log_f0_std_ratio": spread_ratio(moments, speakers)}

    def finish(self, results, materials: Mapping[str, Mapping[str, Material]]) -> None:
        """Add the noise floor, from every utterance of the reference that any system was compared with."""
        from tts.evaluation.results import Whole

        reference = {name: material[0] for by_id in materials.values() for name, material in by_id.items()}
        if len(reference) < 2:
            results.notes.append("No noise floor: it takes at least 2 utterances of the reference to make halves of.")
            return
        speaker_of = {row.id: row.speaker for row in results.rows}
        ids = sorted(reference)
        results.systems.append(NOISE_FLOOR)
        results.whole[NOISE_FLOOR] = {}
        for metric, distance in distance_functions(self.frame_seconds).items():
            found = noise_floor([reference[name] for name in ids], [speaker_of[name] for name in ids], distance)
            low, high = np.percentile(found, (2.5, 97.5))
            estimate = Estimate(float(found.mean()), float(low), float(high), len(reference))
            results.whole[NOISE_FLOOR][metric] = Whole(estimate, SpeakerInterval(math.nan, math.nan, 0))
        results.notes.append(
            f"Noise floor: the same distance between random halves of the reference (of each speaker's utterances), mean and "
            f"95 % range of {HALVINGS} halvings. A distance at the floor cannot be told from 0; halves are smaller sets, so "
            "the floor of the whole is lower."
        )

    def notes(self, settings: Settings) -> list[str]:
        return [f0_sentence(settings), "Distributions are of all voiced frames together; no frames are aligned."]


@dataclass(frozen=True)
class HistogramMeasure(Measure):
    """Scores nothing: what plots are drawn of."""

    name = "histograms"
    for_plots = True

    def of_pair(self, pair: Pair) -> Scored:
        return Scored(material=(histograms(pair.reference.f0_hz), histograms(pair.hypothesis.f0_hz)))
