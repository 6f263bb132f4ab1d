"""Phones → phone encodings: what is said, before anybody says how long or how high."""

from __future__ import annotations

from torch import Tensor, nn

from tts.models.backbone.config import BackboneConfig
from tts.models.layers.convolution import GatedStack


class PhoneEncoder(nn.Module):
    """phones, stress [B, P], phone_mask [B, P], voice [B, V] → encodings [B, P, D]."""

    def __init__(self, phone_count: int, config: BackboneConfig):
        super().__init__()
        self.symbol = nn.Embedding(phone_count, config.encoder_dim)
        self.stress = nn.Embedding(3, config.encoder_dim)  # none, secondary, primary
        self.stack = GatedStack(config.encoder_dim, config.encoder_layers, config.kernel, config.dropout, config.voice_dim)

    def forward(self, phones: Tensor, stress: Tensor, phone_mask: Tensor, voice: Tensor) -> Tensor:
        x = self.symbol(phones) + self.stress(stress)
        return self.stack(x, phone_mask, voice)
