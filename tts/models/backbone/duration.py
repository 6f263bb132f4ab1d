"""The duration model: phone encodings → frames of every phone and pause.

It works on log(1 + frames), where 0 frames (a pause that is run over) is 0. Trained by L2 on the log scale (Shah et al. 2021), on encodings
whose gradient is cut, so that timing never bends the acoustic encoder.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.models.backbone.config import BackboneConfig
from tts.models.layers.convolution import GatedStack
from tts.models.layers.masks import masked_mean


class DurationModel(nn.Module):
    """encodings [B, P, D], phone_mask [B, P], voice [B, V], and where it has one a timing latent [B, P, Y] → log(1 + frames) [B, P]."""

    def __init__(self, config: BackboneConfig, latent_dim: int = 0):
        super().__init__()
        self.enter = nn.Linear(config.encoder_dim, config.duration_dim)
        self.latent = nn.Linear(latent_dim, config.duration_dim) if latent_dim else None
        self.stack = GatedStack(config.duration_dim, config.duration_layers, 3, config.dropout, config.voice_dim)
        self.leave = nn.Linear(config.duration_dim, 1)
        nn.init.constant_(self.leave.bias, 1.9)  # about six frames, an ordinary phone

    def forward(self, encodings: Tensor, phone_mask: Tensor, voice: Tensor, latent: Tensor | None = None) -> Tensor:
        x = self.enter(encodings.detach())
        if latent is not None:
            x = x + self.latent(latent)
        return self.leave(self.stack(x, phone_mask, voice)).squeeze(2)

    @staticmethod
    def loss(log_durations: Tensor, duration_frames: Tensor, phone_mask: Tensor) -> Tensor:
        return masked_mean((log_durations - torch.log1p(duration_frames.to(log_durations.dtype))).square(), phone_mask)


def to_frames(log_durations: Tensor, is_pause: Tensor, speed: float | Tensor = 1.0) -> Tensor:
    """Whole frames from log(1 + frames) [P] of one utterance; `speed`, one or one per phone: larger is faster.

    Boundaries, not lengths, are rounded, so that the whole keeps its length; a phone gets at least one frame, a pause may get none.
    """
    frames = torch.expm1(log_durations.double()).clamp(min=0) / speed
    frames = torch.where(is_pause, frames, frames.clamp(min=1.0))
    edges = frames.cumsum(0).round().long()
    durations = edges - functional.pad(edges[:-1], (1, 0))
    return torch.where(is_pause, durations, durations.clamp(min=1))
