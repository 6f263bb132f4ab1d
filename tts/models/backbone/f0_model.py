"""Phones at frame rate + speaker → log-F0 contour and voicing (the F0 predictor of Comini et al. 2022: one interpolated
log-F0 value per frame, L1). Used by the base system for its own F0 condition, and by F0-conditioned augmentation by itself."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.models.backbone.conditions import ConditionBuilder, F0Contour
from tts.models.backbone.config import BackboneConfig
from tts.models.layers.convolution import GatedStack
from tts.models.layers.masks import masked_mean


class F0Model(nn.Module):
    """encodings [B, P, D], durations [B, P], frame_mask [B, T], voice [B, V] → F0Contour whose `voiced` holds logits."""

    def __init__(self, config: BackboneConfig):
        super().__init__()
        self.conditions = ConditionBuilder(config.f0_dim, config, with_f0=False)
        self.stack = GatedStack(config.f0_dim, config.f0_layers, config.kernel, config.dropout, config.voice_dim)
        self.leave = nn.Linear(config.f0_dim, 2)
        self.shapes_encoder = config.mel_weight == 0  # else the encoder is the decoder's
        self.delta_weight = config.f0_delta_weight

    def forward(self, encodings: Tensor, durations: Tensor, frame_mask: Tensor, voice: Tensor, **latents) -> F0Contour:
        conditions = self.conditions(encodings if self.shapes_encoder else encodings.detach(), durations, frame_mask, voice, **latents)
        log_f0, voiced = self.leave(self.stack(conditions.frames, frame_mask, voice)).unbind(2)
        return F0Contour(log_f0 + math.log(150.0), voiced)

    def loss(self, predicted: F0Contour, target: F0Contour, frame_mask: Tensor) -> tuple[Tensor, Tensor]:
        """(L1 of log-F0, voiced frames counting fully and interpolated ones a tenth, and, by its weight, of the differences of neighbouring frames;
        cross-entropy of voicing)."""
        weight, error = 0.1 + 0.9 * target.voiced, predicted.log_f0 - target.log_f0
        f0 = masked_mean(error.abs() * weight, frame_mask)
        if self.delta_weight:
            f0 = f0 + self.delta_weight * masked_mean(error.diff(dim=1).abs() * torch.minimum(weight[:, 1:], weight[:, :-1]), frame_mask[:, 1:])
        voicing = functional.binary_cross_entropy_with_logits(predicted.voiced, target.voiced, reduction="none")
        return f0, masked_mean(voicing, frame_mask)

    @staticmethod
    def decide(predicted: F0Contour) -> F0Contour:
        """Logits → a firm voicing decision, for synthesis."""
        return F0Contour(predicted.log_f0, (predicted.voiced > 0).to(predicted.log_f0.dtype))


def stretched(contour: F0Contour, frames: int) -> F0Contour:
    """A contour [B, T] laid evenly over so many frames; of as many it is itself."""
    if contour.log_f0.shape[1] == frames:
        return contour
    log_f0 = functional.interpolate(contour.log_f0[:, None], frames, mode="linear")
    return F0Contour(log_f0[:, 0], functional.interpolate(contour.voiced[:, None], frames, mode="nearest-exact")[:, 0])


def contour(f0_hz: Tensor, voiced: Tensor) -> F0Contour:
    """An F0Contour from measured f0_hz [B, T] (already interpolated, > 0) and voiced [B, T]."""
    return F0Contour(torch.log(f0_hz.clamp(min=1.0)), voiced.to(f0_hz.dtype))
