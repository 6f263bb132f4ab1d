"""The smallest things that work: a backbone of a few thousand parameters, and a source of made-up acoustic batches."""

from __future__ import annotations

import numpy as np

from tts.features.config import FeatureConfig
from tts.models.backbone.acoustic import AcousticModel
from tts.models.backbone.config import BackboneConfig
from tts.training.batch import FeatureSource, Names, PhoneRow, frame_batches

NAMES = Names(("ada", "ben"), ("de", "en-us"), ("neutral",))
PHONE_COUNT, MEL_BANDS = 12, 20
FEATURES = FeatureConfig(mel_bands=MEL_BANDS)
CONFIG = BackboneConfig(encoder_dim=16, encoder_layers=2, decoder_dim=16, decoder_layers=2, speaker_dim=8, language_dim=4, duration_dim=16,
                        duration_layers=1, f0_dim=16, f0_layers=1)


def tiny_model(**changes) -> AcousticModel:
    import dataclasses

    import torch

    torch.manual_seed(1)
    return AcousticModel(PHONE_COUNT, NAMES, FEATURES, dataclasses.replace(CONFIG, **changes))


def tiny_row(rng: np.random.Generator, words: int) -> PhoneRow:
    """A pause, then words of three phones with a pause after each."""
    phones, is_pause, unit, units = [0], [True], [0], 1
    for _ in range(words):
        phones += [*rng.integers(3, PHONE_COUNT, 3), 1]
        is_pause += [False] * 3 + [True]
        unit += [units] * 3 + [units + 1]
        units += 2
    durations = rng.integers(2, 7, len(phones))
    durations[np.array(is_pause)] //= 3  # some pauses last no frame at all
    return PhoneRow(np.array(phones, np.int16), rng.integers(0, 3, len(phones)).astype(np.int8), np.array(is_pause),
                    np.array(unit, np.int16), durations.astype(np.int32), int(rng.integers(2)), int(rng.integers(2)), 0)


class _Features:
    def __init__(self, rng: np.random.Generator, row: PhoneRow):
        frames = int(row.durations.sum())
        to_phone = np.repeat(np.arange(len(row.phones)), row.durations)
        self.mel = (np.sin(np.outer(row.phones[to_phone] + 1, np.arange(MEL_BANDS))) - 4).astype(np.float32)
        self.mel += 0.1 * rng.standard_normal(self.mel.shape).astype(np.float32)
        self.voiced = ~row.is_pause[to_phone]
        self.f0_hz = np.where(self.voiced, 120.0 + 10 * row.phones[to_phone], 0).astype(np.float32)
        self.energy = np.zeros(frames, np.float32)


class TinySource(FeatureSource):
    """A FeatureSource over `count` random utterances, with features made up instead of read."""

    def __init__(self, count: int = 12, batch_frames: int = 150, seed: int = 0):
        rng = np.random.default_rng(seed)
        self.rows = {f"u{i:02d}": tiny_row(rng, int(rng.integers(1, 5))) for i in range(count)}
        self.store = {name: _Features(rng, row) for name, row in self.rows.items()}
        self.lengths = {name: int(row.durations.sum()) for name, row in self.rows.items()}
        self.batch_frames, self.seed = batch_frames, seed

    def batches(self, epoch: int) -> list[list[str]]:
        return frame_batches(self.lengths, self.batch_frames, self.seed, epoch)
