"""An acoustic model as one graph: numbers of phones in, durations, F0 and mel out. It calls the model's own parts, so nothing is said twice."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tts.errors import UserError
from tts.models.backbone.acoustic import AcousticModel
from tts.models.backbone.duration import to_frames
from tts.models.backbone.energy_model import LEAST, MOST
from tts.models.backbone.f0_model import F0Model
from tts.models.copycat2.model import CopyCat2
from tts.models.layers.masks import gather_rows


class Speaking(nn.Module):
    """phones, stress [1, P] int64, is_pause [1, P], speaker, language [1] int64, speed [1] (larger is faster) → mel [1, T, M], durations [1, P] in
    frames, f0_hz [1, T] (0 where unvoiced; all zeros from a model without F0).

    A CopyCat2 also takes phone_to_unit [1, P] int64, the word or pause of every phone, and its latents: acoustic [1, W, Z], timing [1, W, Y]."""

    def __init__(self, model: AcousticModel):
        super().__init__()
        if type(model) not in (AcousticModel, CopyCat2):
            raise UserError(f"a model of kind {type(model).__name__} cannot be exported; expected one of system base or copycat2")
        self.model, self.by_words = model, isinstance(model, CopyCat2)

    def forward(self, phones: Tensor, stress: Tensor, is_pause: Tensor, speaker: Tensor, language: Tensor, speed: Tensor,
                phone_to_unit: Tensor | None = None, acoustic: Tensor | None = None, timing: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        model = self.model
        phone_mask = torch.ones_like(is_pause)
        voice = model.voice(speaker, language)
        encodings = model.encoder(phones, stress, phone_mask, voice)
        of_words, energy, timing_rows = {}, None, ()
        if self.by_words:
            of_words, timing_rows = {"phone_to_unit": phone_to_unit, "word_latent": acoustic}, (gather_rows(timing, phone_to_unit),)
            if model.energy_model is not None:
                unit_mask = torch.ones_like(acoustic[..., 0], dtype=torch.bool)
                energy = model.energy_model(encodings, phone_to_unit, phone_mask, unit_mask, voice, acoustic).clamp(LEAST, MOST)
        durations = to_frames(model.duration_model(encodings, phone_mask, voice, *timing_rows)[0], is_pause[0], speed)[None]
        frame_mask = torch.arange(durations.sum(), device=phones.device)[None] >= 0
        f0 = None
        if model.f0_model is not None:
            f0 = F0Model.decide(model.f0_model(encodings, durations, frame_mask, voice, **of_words))
        mel = model.decoder(model.conditions(encodings, durations, frame_mask, voice, f0=f0, unit_energy=energy, **of_words))
        return mel, durations, f0.log_f0.exp() * f0.voiced if f0 is not None else torch.zeros_like(mel[..., 0])
