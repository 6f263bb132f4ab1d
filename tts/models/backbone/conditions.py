"""Conditions: everything a decoder may know, at frame rate. One class builds them for every system.

                 spread over frames
    phone encodings ──────────┐
    position in the phone ────┤
    word latents (if any) ────┼── sum of projections ──→ frames [B, T, D]
    frame latents (if any) ───┤
    energy of words (if any) ─┤
    F0 and voicing (if any) ──┘
    speaker, language, style latent ───────────────────→ voice [B, V]    modulates every block

A system switches a condition on by giving it a size in `BackboneConfig`; a condition that is on but not given at a call is
left out of the sum, which is what dropping it in training does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tts.models.backbone.config import BackboneConfig
from tts.models.layers.masks import frame_to_phone, gather_rows


FIRST_LATENT_WEIGHT = 0.02


@dataclass(frozen=True)
class Conditions:
    """frames [B, T, D], frame_mask [B, T], voice [B, V]; f0 as it was given, for what follows from it without learning."""

    frames: Tensor
    frame_mask: Tensor
    voice: Tensor
    f0: F0Contour | None


@dataclass(frozen=True)
class F0Contour:
    """log_f0 [B, T] natural log of Hz, interpolated through unvoiced frames; voiced [B, T] from 0 to 1."""

    log_f0: Tensor
    voiced: Tensor


class ConditionBuilder(nn.Module):
    """Builds `Conditions` of width `dim` from what is given."""

    def __init__(self, dim: int, config: BackboneConfig, with_f0: bool):
        """`with_f0`: whether this one hears F0 and energy (a decoder does, what predicts them does not)."""
        super().__init__()
        self.phones = nn.Linear(config.encoder_dim, dim)
        self.position = nn.Linear(PositionFeatures.size, dim)
        self.position_features = PositionFeatures()
        self.word_latent = nn.Linear(config.word_latent_dim, dim) if config.word_latent_dim else None
        self.frame_latent = nn.Linear(config.frame_latent_dim, dim) if config.frame_latent_dim else None
        for latent in (self.word_latent, self.frame_latent):
            if latent is not None:  # a draw from a posterior is noise until it means something: it begins as a whisper
                nn.init.normal_(latent.weight, std=FIRST_LATENT_WEIGHT)
                nn.init.zeros_(latent.bias)
        self.unit_energy = nn.Linear(1, dim) if with_f0 and config.energy_dim else None
        self.f0 = F0Features(dim) if with_f0 else None

    def forward(self, encodings: Tensor, durations: Tensor, frame_mask: Tensor, voice: Tensor, phone_to_unit: Tensor | None = None,
                word_latent: Tensor | None = None, frame_latent: Tensor | None = None, f0: F0Contour | None = None,
                unit_energy: Tensor | None = None) -> Conditions:
        """encodings [B, P, D], durations [B, P], frame_mask [B, T]; word_latent [B, W, Z] with phone_to_unit [B, P]; frame_latent
        [B, T, Z]; unit_energy [B, W], natural log relative to the speaker's mean."""
        to_phone = frame_to_phone(durations, frame_mask.shape[1])  # [B, T]
        phones = self.phones(encodings)
        if word_latent is not None and self.word_latent is not None:
            phones = phones + gather_rows(self.word_latent(word_latent), phone_to_unit)
        if unit_energy is not None and self.unit_energy is not None:
            phones = phones + gather_rows(self.unit_energy(unit_energy[..., None]), phone_to_unit)
        frames = gather_rows(phones, to_phone) + self.position(self.position_features(durations, to_phone))
        if frame_latent is not None and self.frame_latent is not None:
            frames = frames + self.frame_latent(frame_latent)
        if f0 is not None and self.f0 is not None:
            frames = frames + self.f0(f0)
        return Conditions(frames * frame_mask[..., None], frame_mask, voice, f0)


class PositionFeatures(nn.Module):
    """Where a frame stands in its phone, as in Shah et al. 2021: codes of the phone's duration and of the frame's index in it, and the
    fraction of the phone elapsed. durations [B, P], to_phone [B, T] → [B, T, 18]."""

    codes = 8
    size = 2 * codes + 2

    def __init__(self):
        super().__init__()
        rate = torch.exp(torch.arange(self.codes // 2) * (-math.log(200.0) / (self.codes // 2 - 1)))
        self.register_buffer("rate", rate, persistent=False)

    def forward(self, durations: Tensor, to_phone: Tensor) -> Tensor:
        dtype = self.rate.dtype
        starts = durations.cumsum(1) - durations
        length = durations.gather(1, to_phone).to(dtype)
        index = torch.arange(to_phone.shape[1], device=to_phone.device) - starts.gather(1, to_phone)
        fraction = (index + 0.5) / length.clamp(min=1)
        return torch.cat([self._code(length), self._code(index.to(dtype)), fraction[..., None], 1 - fraction[..., None]], dim=2)

    def _code(self, number: Tensor) -> Tensor:
        angle = number[..., None] * self.rate
        return torch.cat([torch.sin(angle), torch.cos(angle)], dim=2)


class F0Features(nn.Module):
    """log-F0 as overlapping bins (60 to 700 Hz, two thirds of a semitone apart), so that a linear map can draw another set of
    harmonics for each height; bins are weighted by voicing. F0Contour [B, T] → [B, T, D]."""

    bins = 64
    low_hz, high_hz = 60.0, 700.0

    def __init__(self, dim: int):
        super().__init__()
        self.register_buffer("centres", torch.linspace(math.log(self.low_hz), math.log(self.high_hz), self.bins), persistent=False)
        self.project = nn.Linear(self.bins + 2, dim)

    def forward(self, f0: F0Contour) -> Tensor:
        width = (math.log(self.high_hz) - math.log(self.low_hz)) / (self.bins - 1)
        height = f0.log_f0.clamp(math.log(self.low_hz), math.log(self.high_hz))
        bins = torch.exp(-0.5 * ((height[..., None] - self.centres) / width).square()) * f0.voiced[..., None]
        plain = torch.stack([f0.log_f0 - math.log(150.0), f0.voiced], dim=2)
        return self.project(torch.cat([bins, plain], dim=2))
