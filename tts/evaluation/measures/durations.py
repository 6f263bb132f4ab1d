"""Durations of phones beside the reference's, articulation rate, and pauses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tts.errors import UserError
from tts.evaluation.distribution import spread_ratio
from tts.evaluation.durations import compare_durations, pauses_by_alignment, phone_durations
from tts.evaluation.figure import Figure
from tts.evaluation.measures.base import Measure, Scored
from tts.evaluation.pauses import SHORTEST_PAUSE_SECONDS, SPEECH_RANGE_DB, pauses_by_energy
from tts.evaluation.sound import Pair, Settings, Sound

NEEDS = "durations of phones need an alignment on both sides: manifests with frames per phone (tts align)"


@dataclass(frozen=True)
class DurationMeasure(Measure):
    """`pauses` is "energy", which needs sound alone, or "alignment"; without `phones`, nothing is asked of alignments but
    that."""

    name = "durations"
    of_reference = True
    pauses: str = "energy"
    phones: bool = True

    def of_sound(self, sound: Sound) -> Scored:
        step, scores = sound.settings.unit_seconds, {}
        if self.phones and sound.aligned:
            lengths = phone_durations(sound.utterance, step)
            scores["phones_per_second"] = len(lengths) / lengths.sum() if len(lengths) else float("nan")
        if self.pauses == "alignment":
            if not sound.aligned:
                raise UserError("has no alignment to take pauses from; --pauses energy needs none")
            found = pauses_by_alignment(sound.utterance, step)
        else:
            found = pauses_by_energy(sound.samples, sound.settings.config.sample_rate)
        if found.speech_seconds <= 0:
            raise UserError("holds no speech: there are no pauses to measure")
        return Scored(scores | found.scores())

    def of_pair(self, pair: Pair) -> Scored:
        scores = {"length_ratio": pair.hypothesis.seconds / pair.reference.seconds}
        if not self.phones:
            return Scored(scores)
        if not (pair.reference.aligned and pair.hypothesis.aligned):
            return Scored(scores, partly=NEEDS)
        step = pair.reference.settings.unit_seconds
        both = pair.reference.utterance, pair.hypothesis.utterance
        compared = compare_durations(*both, step)
        if not compared:
            return Scored(scores, partly="the alignments have not the same phones: their durations are not compared")
        return Scored(scores | compared, material=tuple(_moments(phone_durations(side, step)) for side in both))

    def whole(self, materials: Mapping[str, tuple[np.ndarray, np.ndarray]], speakers: Mapping[str, str]) -> dict[str, Figure]:
        return {"duration_std_ratio": spread_ratio(materials, speakers)} if materials else {}

    def notes(self, settings: Settings) -> list[str]:
        by_energy = f"more than {SPEECH_RANGE_DB} dB below the loud moments (95th percentile) for"
        how = by_energy if self.pauses == "energy" else "pauses of the alignment of"
        pauses = f"Pauses: {how} at least {1000 * SHORTEST_PAUSE_SECONDS:.0f} ms, between the first and the last speech."
        return [pauses] if self.phones else [pauses, f"Phones: not measured; {NEEDS}."]


def _moments(durations: np.ndarray) -> np.ndarray:
    logs = np.log(durations[durations > 0])
    return np.array([len(logs), logs.sum(), np.square(logs).sum()])
