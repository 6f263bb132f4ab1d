"""Conditions → mel: the one decoder that CopyCat2, F0 augmentation, LCPVAE and the base system share. Parallel, no attention, no
autoregression; its receptive field is about half a second to either side in the small size."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tts.features.config import FeatureConfig
from tts.models.backbone.conditions import Conditions
from tts.models.backbone.config import BackboneConfig
from tts.models.backbone.harmonics import Harmonics
from tts.models.layers.convolution import GatedStack
from tts.models.layers.masks import masked_mean


class MelDecoder(nn.Module):
    """Conditions of width `decoder_dim` → log mel [B, T, M], in the units of the features."""

    def __init__(self, features: FeatureConfig, config: BackboneConfig):
        super().__init__()
        self.stack = GatedStack(config.decoder_dim, config.decoder_layers, config.kernel, config.dropout, config.voice_dim)
        self.leave = nn.Linear(config.decoder_dim, features.mel_bands)
        self.harmonics = Harmonics(config.decoder_dim, features) if config.uses_f0 and config.harmonics else None
        # Mean and deviation of every band over the training data: the network works on normalised mels.
        self.register_buffer("mel_mean", torch.zeros(features.mel_bands))
        self.register_buffer("mel_std", torch.ones(features.mel_bands))

    def forward(self, conditions: Conditions) -> Tensor:
        states = self.stack(conditions.frames, conditions.frame_mask, conditions.voice)
        mel = self.leave(states) * self.mel_std + self.mel_mean
        if self.harmonics is None or conditions.f0 is None:
            return mel
        return mel + self.harmonics(states, conditions.f0)

    def loss(self, predicted: Tensor, target: Tensor, frame_mask: Tensor) -> Tensor:
        """L1 between mels [B, T, M], in deviations of each band."""
        return masked_mean(((predicted - target) / self.mel_std).abs(), frame_mask)
