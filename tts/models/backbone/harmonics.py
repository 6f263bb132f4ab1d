"""The harmonics of a voice in a mel spectrogram, looked up by F0: what a decoder need not learn.

A voiced sound is a comb of harmonics under an envelope, and on the log scale the two add up:

    log mel = envelope + depth · ripple(F0)

The ripple follows from F0 and the definition of the mel alone, so it is worked out once, from the transform of the analysis window, and looked
up frame by frame. What is learned is the envelope, and how deep the ripple is in each band: breath, glides and noise fill its valleys.
"""

from __future__ import annotations

import math
from functools import cache

import torch
from torch import Tensor, nn

from tts.features.config import FeatureConfig
from tts.features.mel import mel_filterbank
from tts.models.backbone.conditions import F0Contour

LOW_HZ, HIGH_HZ, STEPS_PER_SEMITONE = 50.0, 800.0, 8
DEEPEST = 4.0  # natural log: valleys deeper than this below their band's highest peak are filled by noise in any recording
NEIGHBOURS = 3  # harmonics to either side of a frequency whose lobes reach it
FIRST_DEPTH = 0.5


class Harmonics(nn.Module):
    """Decoder states [B, T, D] and F0Contour [B, T] → what harmonics add to the log mel [B, T, M]; 0 where unvoiced."""

    def __init__(self, dim: int, features: FeatureConfig):
        super().__init__()
        self.register_buffer("table", ripple_table(features), persistent=False)
        self.depth = nn.Linear(dim, features.mel_bands)
        nn.init.zeros_(self.depth.weight)
        nn.init.constant_(self.depth.bias, FIRST_DEPTH)

    def forward(self, states: Tensor, f0: F0Contour) -> Tensor:
        return self.depth(states) * self.ripple(f0)

    def ripple(self, f0: F0Contour) -> Tensor:
        """[B, T, M], interpolated between the table's rows and weighted by voicing."""
        place = (f0.log_f0 - math.log(LOW_HZ)) * (12 * STEPS_PER_SEMITONE / math.log(2))
        place = place.clamp(0, len(self.table) - 1.001)
        below = place.long()
        share = (place - below)[..., None]
        return torch.lerp(self.table[below], self.table[below + 1], share.to(self.table.dtype)) * f0.voiced[..., None]


@cache  # every model of a process shares it
def ripple_table(features: FeatureConfig) -> Tensor:
    """Log-mels [steps, M] of combs of equally strong harmonics, F0 from LOW_HZ to HIGH_HZ in equal steps of log-F0; each band less its mean
    over F0, so that the ripple says nothing of the envelope."""
    count = round(12 * STEPS_PER_SEMITONE * math.log2(HIGH_HZ / LOW_HZ)) + 1
    f0_hz = LOW_HZ * 2 ** (torch.arange(count, dtype=torch.float64) / (12 * STEPS_PER_SEMITONE))[:, None]
    bin_hz = features.sample_rate / features.window_samples
    frequency = torch.arange(features.window_samples // 2 + 1, dtype=torch.float64) * bin_hz
    nearest = (frequency / f0_hz).round()  # [steps, F]
    power = torch.zeros_like(nearest)
    for offset in range(-NEIGHBOURS, NEIGHBOURS + 1):
        harmonic = nearest + offset
        lobe = hann_transform((frequency - harmonic * f0_hz) / bin_hz)
        power += torch.where((harmonic >= 1) & (harmonic * f0_hz < features.sample_rate / 2), lobe.square(), 0.0)
    magnitude = (power * f0_hz).sqrt()  # as much power per Hz, however dense the harmonics are
    log_mel = (magnitude @ mel_filterbank(features).double()).clamp(min=1e-8).log()
    log_mel = torch.maximum(log_mel, log_mel.max(0).values - DEEPEST)
    return (log_mel - log_mel.mean(0)).float()


def hann_transform(bins: Tensor) -> Tensor:
    """Magnitude of the Fourier transform of a Hann window, a distance in bins away from its centre; 1 at 0."""
    at_one = (bins.abs() - 1).abs() < 1e-6
    elsewhere = torch.where(at_one, torch.zeros_like(bins), bins)
    return torch.where(at_one, 0.5, (torch.sinc(elsewhere) / (1 - elsewhere.square())).abs())
