"""Sizes of the frame-level CopyCat, beside those of the backbone it is built on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CopyCatConfig:
    """The reference encoder and its bottleneck in time. The backbone's frame_latent_dim is the size of a latent."""

    encoder_dim: int = 96
    encoder_layers: int = 3  # convolutions, each followed by an instance norm
    recurrent_dim: int = 64  # of each direction
    bottleneck_frames: int = 16  # τ: one latent is kept of so many frames
    encoder_f0: bool = True  # the encoder also gets log-F0, voicing and energy, as CopyCat2's does
    f0_from_latents: bool = True  # the F0 model hears the latents; without them it knows phones, durations and speaker only
    kl_weight: float = 2e-4  # per nat and kept latent
    kl_warmup: float = 0.2  # share of the training over which the weight rises linearly from 0

    def __post_init__(self):
        if self.bottleneck_frames < 1:
            raise ValueError(f"copycat: bottleneck_frames must be at least 1, found {self.bottleneck_frames}")
