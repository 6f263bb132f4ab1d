"""How far a sound is from another, by spectra of several resolutions: what a vocoder learns from before, and beside, discriminators.

    mel         L1 of log-mels at every resolution, averaged (nepers): the short windows hear timing, the long ones pitch
    magnitude   L1 of log magnitudes bin by bin; punishes noise for not being the very same noise, hence a small weight or none
    meant       log-spectral distance of the magnitudes that the sound is settled to, which hold noise's level and not its chances

The adversarial parts are functions of the discriminators' answers alone.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.features.config import FeatureConfig
from tts.features.mel import SILENT_POWER, MelSpectrogram
from tts.models.layers.masks import masked_mean
from tts.vocoder.config import VocoderConfig
from tts.vocoder.discriminators import Judgement

QUIETEST = 1e-4  # magnitudes below, relative to full scale, are one
QUIETEST_BIN = 1e-3  # the same of a bin of the features' transform, as in copy_quality.py


@dataclass(frozen=True)
class SpectralDistance:
    """Scalars, or None where not asked for."""

    mel: Tensor
    magnitude: Tensor | None


def resolutions(features: FeatureConfig, config: VocoderConfig) -> list[FeatureConfig]:
    """The mel at each resolution: windows of so many milliseconds, four to a window."""
    found = []
    for window_ms, bands in zip(config.windows_ms, config.bands):
        hop = max(1, round(window_ms / 4000 * features.sample_rate))
        found.append(dataclasses.replace(features, hop_samples=hop, window_samples=4 * hop + hop % 2, mel_bands=bands, mel_low_hz=0.0,
                                         mel_high_hz=features.sample_rate / 2, log_floor=QUIETEST))
    return found


class SpectralLoss(nn.Module):
    """Waves [B, N], made and true → SpectralDistance."""

    def __init__(self, features: FeatureConfig, config: VocoderConfig):
        super().__init__()
        self.mels = nn.ModuleList(MelSpectrogram(resolution) for resolution in resolutions(features, config))
        self.of_magnitudes = config.magnitude_weight > 0

    @torch.autocast("cuda", enabled=False)
    @torch.autocast("cpu", enabled=False)
    def forward(self, made: Tensor, true: Tensor) -> SpectralDistance:
        mel = magnitude = torch.zeros((), device=made.device)
        for analysis in self.mels:
            ours, theirs = (magnitudes(analysis, wave) for wave in (made, true))
            mel = mel + (log_mel(analysis, ours) - log_mel(analysis, theirs)).abs().mean()
            if self.of_magnitudes:
                magnitude = magnitude + (ours.clamp(min=QUIETEST).log() - theirs.clamp(min=QUIETEST).log()).abs().mean()
        count = len(self.mels)
        return SpectralDistance(mel / count, magnitude / count if self.of_magnitudes else None)


def magnitudes(analysis: MelSpectrogram, wave: Tensor) -> Tensor:
    spectrum = analysis.stft(wave)
    return (spectrum.real.square() + spectrum.imag.square() + SILENT_POWER).sqrt()


def log_mel(analysis: MelSpectrogram, magnitude: Tensor) -> Tensor:
    return (magnitude @ analysis.filterbank).clamp(min=analysis.log_floor).log()


def meant_distance(meant: Tensor, true: Tensor, frame_mask: Tensor) -> Tensor:
    """Root mean square difference, in nepers and averaged over frames, of magnitudes meant [B, T, F] from those of the spectrum [B, T, F]."""
    magnitude = (true.real.square() + true.imag.square() + SILENT_POWER).sqrt()
    difference = meant.clamp(min=QUIETEST_BIN).log() - magnitude.clamp(min=QUIETEST_BIN).log()
    return masked_mean((difference.square().mean(-1) + SILENT_POWER).sqrt(), frame_mask)


def deceive(made: list[Judgement], kind: str) -> Tensor:
    """What the generator pays for each discriminator that sees through it, on average over them."""
    losses = [-j.score.mean() if kind == "hinge" else (1 - j.score).square().mean() for j in made]
    return torch.stack(losses).mean()


def discriminate(made: list[Judgement], true: list[Judgement], kind: str) -> Tensor:
    """What the discriminators pay for being mistaken."""
    losses = [functional.relu(1 + m.score).mean() + functional.relu(1 - t.score).mean() if kind == "hinge"
              else m.score.square().mean() + (1 - t.score).square().mean() for m, t in zip(made, true)]
    return torch.stack(losses).mean()


def match(made: list[Judgement], true: list[Judgement]) -> Tensor:
    """L1 between what the discriminators see in both, layer by layer."""
    losses = [(a - b.detach()).abs().mean() for m, t in zip(made, true) for a, b in zip(m.seen, t.seen)]
    return torch.stack(losses).mean()
