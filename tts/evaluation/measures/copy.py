"""How far a copy is from its recording when both begin together and last equally long: what a vocoder changes (tts.vocoder.copy_quality)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch

from tts.errors import UserError
from tts.evaluation.measures.base import Measure, Scored
from tts.evaluation.sound import Pair, Settings
from tts.features.config import FeatureConfig
from tts.features.mel import MelSpectrogram
from tts.vocoder.copy_quality import copy_quality

OWN = ("mel_distance", "log_spectral_distance", "periodicity_error")  # F0 and voicing are the f0 measure's


@dataclass(frozen=True)
class CopyMeasure(Measure):
    name = "copy"

    def check(self, settings: Settings) -> None:
        if settings.alignment != "none":
            raise UserError("distances of copies from their recordings; they are measured with --alignment none, sample for sample in time")

    def of_pair(self, pair: Pair) -> Scored:
        config, lengths = pair.reference.settings.config, [len(sound.samples) for sound in (pair.reference, pair.hypothesis)]
        if abs(lengths[0] - lengths[1]) > config.hop_samples:
            raise UserError(f"is no copy: {lengths[1]} samples beside the reference's {lengths[0]}, more than a frame apart")
        true, made = (torch.from_numpy(sound.samples[: min(lengths)]) for sound in (pair.reference, pair.hypothesis))
        found = copy_quality(true, made, _mel(config), config.sample_rate)
        return Scored({name: found[name] for name in OWN}, {"frames": min(lengths) // config.hop_samples})


@cache
def _mel(config: FeatureConfig) -> MelSpectrogram:
    return MelSpectrogram(config)
