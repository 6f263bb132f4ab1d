"""Phones + speaker + word latents → how loud every word and pause is. As with F0, the decoder hears the measured one in training and the
predicted one at synthesis, so that loudness is drawn on purpose and not left to what L1 makes of it."""

from __future__ import annotations

from torch import Tensor, nn

from tts.models.backbone.config import BackboneConfig
from tts.models.layers.convolution import GatedStack
from tts.models.layers.masks import frame_to_phone, masked_mean
from tts.models.layers.pooling import pool_segments, segment_lengths

LEAST, MOST = -4.0, 2.0  # natural log, relative to the speaker's mean


class EnergyModel(nn.Module):
    """encodings [B, P, D], phone_to_unit and phone_mask [B, P], unit_mask [B, W], voice [B, V], word_latent [B, W, Z] → [B, W]."""

    def __init__(self, config: BackboneConfig):
        super().__init__()
        self.phones = nn.Linear(config.encoder_dim, config.energy_dim)
        self.word_latent = nn.Linear(config.word_latent_dim, config.energy_dim) if config.word_latent_dim else None
        self.stack = GatedStack(config.energy_dim, 2, 3, config.dropout, config.voice_dim)
        self.leave = nn.Linear(config.energy_dim, 1)

    def forward(self, encodings: Tensor, phone_to_unit: Tensor, phone_mask: Tensor, unit_mask: Tensor, voice: Tensor,
                word_latent: Tensor | None = None) -> Tensor:
        counts = segment_lengths(phone_to_unit, phone_mask.long(), unit_mask.shape[1])
        x = self.phones(pool_segments(encodings.detach(), counts, "mean"))
        if word_latent is not None and self.word_latent is not None:
            x = x + self.word_latent(word_latent)
        return self.leave(self.stack(x, unit_mask, voice)).squeeze(2)

    @staticmethod
    def loss(predicted: Tensor, target: Tensor, loud: Tensor) -> Tensor:
        """L1 [·] of units where loud [B, W] is True."""
        return masked_mean((predicted - target).abs(), loud)


def unit_energy(energy: Tensor, voiced: Tensor, frame_mask: Tensor, durations: Tensor, phone_to_unit: Tensor, units: int,
                speaker_mean: Tensor) -> tuple[Tensor, Tensor]:
    """(energy of each unit [B, W] relative to its speaker's mean, which units have voiced frames [B, W]).

    energy [B, T] is ln RMS; a unit's is the mean over its voiced frames, 0 where there are none. speaker_mean [B]."""
    unit_of_frame = phone_to_unit.gather(1, frame_to_phone(durations, energy.shape[1]))
    weight = voiced * frame_mask
    counts = segment_lengths(unit_of_frame, weight, units)
    relative = segment_lengths(unit_of_frame, (energy - speaker_mean[:, None]) * weight, units) / counts.clamp(min=1)
    return relative.clamp(LEAST, MOST), counts > 0
