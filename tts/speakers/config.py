"""Sizes and training of the speaker encoder."""

from __future__ import annotations

from dataclasses import dataclass

from tts.training.config import TrainingConfig


@dataclass(frozen=True)
class SpeakerEncoderConfig:
    """Defaults are for tens of speakers; thousands bear dim 256, layers 6, size 192."""

    dim: int = 96
    layers: int = 4  # gated convolutions
    kernel: int = 5
    size: int = 32  # numbers of a speaker vector
    dropout: float = 0.1
    crop_frames: int = 120  # what is heard of an utterance at a training step
    margin: float = 0.2  # additive angular margin, radians
    scale: float = 20.0  # of the cosines before the softmax
    gain: float = 0.3  # nepers by which an utterance is made louder or softer at random, deviation

    def __post_init__(self):
        for name in ("dim", "layers", "size", "crop_frames"):
            if getattr(self, name) < 1:
                raise ValueError(f"speaker_encoder: {name} must be at least 1, found {getattr(self, name)}")
        if self.kernel % 2 == 0:
            raise ValueError(f"speaker_encoder: kernel {self.kernel} is even; use {self.kernel - 1} or {self.kernel + 1}")


def default_training() -> TrainingConfig:
    return TrainingConfig(steps=3000, batch_frames=12000, learning_rate=2e-3, warmup_steps=100, validate_every=500,
                          checkpoint_every=500)
