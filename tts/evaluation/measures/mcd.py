"""Mel-cepstral distortion, with the length of a sound over the reference's."""

from __future__ import annotations

from dataclasses import dataclass

from tts.errors import UserError
from tts.evaluation.cepstra import FLOOR_DB, ORDER_AND_WARPING, mel_cepstral_distortion
from tts.evaluation.measures.base import Measure, Scored
from tts.evaluation.measures.f0 import BY_ALIGNMENT
from tts.evaluation.sound import Pair, Settings


@dataclass(frozen=True)
class McdMeasure(Measure):
    name = "mcd"
    pairs_frames = True

    def of_pair(self, pair: Pair) -> Scored:
        for sound, name in ((pair.reference, "the reference"), (pair.hypothesis, "the hypothesis")):
            if not sound.samples.any():
                raise UserError(f"{name} is silent: there is no spectrum to compare")
        distortion = mel_cepstral_distortion(pair.reference.cepstra, pair.hypothesis.cepstra, pair.path)
        return Scored(
            {"mcd": distortion, "length_ratio": pair.hypothesis.seconds / pair.reference.seconds}, {"frames": len(pair.path)}
        )

    def notes(self, settings: Settings) -> list[str]:
        rate = settings.config.sample_rate
        order, warping = ORDER_AND_WARPING.get(rate, ("-", "-"))
        return [
            f"Mel-cepstra: WORLD's CheapTrick, order {order}, warping {warping}, at {rate} Hz, every "
            f"{1000 * settings.config.frame_seconds:.4g} ms; power floored {FLOOR_DB} dB below the loudest bin; c0 is left out. "
            "Numbers of another convention have another scale.",
            BY_ALIGNMENT[settings.alignment],
        ]
