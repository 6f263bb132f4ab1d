"""The two posteriors of CopyCat2: recording + speaker → one Gaussian per word and pause, for prosody and for timing."""

from __future__ import annotations

from torch import Tensor, nn

from tts.models.copycat2.config import CopyCat2Config
from tts.models.layers.convolution import GatedStack
from tts.models.layers.gaussian import Gaussian, gaussian_layer
from tts.models.layers.pooling import pool_segments, segment_lengths
from tts.models.layers.recurrent import BiGru


class AcousticEncoder(nn.Module):
    """Frames relative to the speaker [B, T, ·], frames of each unit [B, W] → Gaussian [B, W, Z]."""

    def __init__(self, enter_dim: int, latent_dim: int, config: CopyCat2Config, kernel: int, dropout: float):
        super().__init__()
        self.pooling = config.pooling
        self.enter = nn.Linear(enter_dim, config.encoder_dim)
        self.stack = GatedStack(config.encoder_dim, config.encoder_layers, kernel, dropout)
        self.recurrent = BiGru(config.encoder_dim, config.recurrent_dim)
        self.leave = gaussian_layer(2 * config.recurrent_dim, latent_dim)

    def forward(self, frames: Tensor, frame_mask: Tensor, unit_frames: Tensor) -> Gaussian:
        states = self.recurrent(self.stack(self.enter(frames), frame_mask), frame_mask)
        return Gaussian.from_parameters(self.leave(pool_segments(states, unit_frames, self.pooling)))


class TimingEncoder(nn.Module):
    """Phones with how much longer than usual they are [B, P], phones of each unit [B, W] → Gaussian [B, W, Y]."""

    def __init__(self, phone_count: int, config: CopyCat2Config, dropout: float):
        super().__init__()
        dim = config.timing_encoder_dim
        self.pooling = config.pooling
        self.symbol = nn.Embedding(phone_count, dim)
        self.enter = nn.Linear(1, dim)
        self.stack = GatedStack(dim, config.timing_encoder_layers, 3, dropout)
        self.recurrent = BiGru(dim, config.recurrent_dim)
        self.leave = gaussian_layer(2 * config.recurrent_dim, config.timing_dim)

    def forward(self, phones: Tensor, beyond_usual: Tensor, phone_mask: Tensor, unit_phones: Tensor) -> Gaussian:
        x = self.symbol(phones) + self.enter(3 * beyond_usual[..., None])
        states = self.recurrent(self.stack(x, phone_mask), phone_mask)
        return Gaussian.from_parameters(self.leave(pool_segments(states, unit_phones, self.pooling)))


def unit_sizes(phone_to_unit: Tensor, durations: Tensor, phone_mask: Tensor, units: int) -> tuple[Tensor, Tensor]:
    """(frames, phones) of each unit [B, W]."""
    real = phone_mask.to(durations.dtype)
    return segment_lengths(phone_to_unit, durations * real, units), segment_lengths(phone_to_unit, real, units)
