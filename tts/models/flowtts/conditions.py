"""What the flow is told, frame by frame: the backbone's conditions, with whatever `conditions` of the configuration leaves out, left out; and,
unless `absolute_f0`, with log-F0 taken relative to its sentence, so that its height says nothing of who speaks."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from tts.models.backbone.conditions import ConditionBuilder, Conditions, F0Contour
from tts.models.backbone.config import BackboneConfig

MIDDLE = math.log(150.0)  # where every sentence's mean log-F0 is put, if its height is not to be heard


class FlowConditions(ConditionBuilder):
    """A ConditionBuilder that tells `heard` conditions only."""

    def __init__(self, dim: int, config: BackboneConfig, heard: tuple[str, ...], absolute_f0: bool):
        super().__init__(dim, config, with_f0=bool({"f0", "voicing"} & set(heard)))
        self.heard, self.absolute_f0 = set(heard), absolute_f0
        self._sizes = (config.speaker_dim, config.language_dim, config.voice_dim - config.speaker_dim - config.language_dim)

    def forward(self, encodings: Tensor, durations: Tensor, frame_mask: Tensor, voice: Tensor, f0: F0Contour | None = None,
                **latents: Tensor) -> Conditions:
        f0 = self.heard_f0(f0, frame_mask) if f0 is not None and self.f0 is not None else None
        made = super().forward(encodings, durations, frame_mask, self.heard_voice(voice), f0=f0, **latents)
        if "phones" in self.heard:
            return made
        frames = frame_mask[..., None].to(voice.dtype).expand(-1, -1, self.phones.out_features) * 0
        if f0 is not None:
            frames = frames + self.f0(f0) * frame_mask[..., None]
        return Conditions(frames, frame_mask, made.voice, f0)

    def heard_voice(self, voice: Tensor) -> Tensor:
        """voice [B, V] with zeros for a part that is left out."""
        speaker, language, others = voice.split(self._sizes, dim=1)
        return torch.cat([speaker * ("speaker" in self.heard), language * ("accent" in self.heard), others], dim=1)

    def heard_f0(self, f0: F0Contour, frame_mask: Tensor) -> F0Contour:
        heard = F0Contour(f0.log_f0, f0.voiced if "voicing" in self.heard else torch.ones_like(f0.voiced))
        if "f0" not in self.heard:
            return F0Contour(torch.full_like(f0.log_f0, MIDDLE), heard.voiced)
        return heard if self.absolute_f0 else F0Contour(relative_log_f0(heard, frame_mask) + MIDDLE, heard.voiced)


def relative_log_f0(f0: F0Contour, frame_mask: Tensor) -> Tensor:
    """log-F0 [B, T] less its mean over the voiced frames of each utterance (over all frames where none is voiced)."""
    weight = f0.voiced * frame_mask
    weight = torch.where(weight.sum(1, keepdim=True) > 0, weight, frame_mask.to(weight.dtype))
    mean = (f0.log_f0 * weight).sum(1, keepdim=True) / weight.sum(1, keepdim=True).clamp(min=1)
    return (f0.log_f0 - mean) * frame_mask
