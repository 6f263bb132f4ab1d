"""LCPVAE: the style of an utterance as one latent that a style's recordings share, whatever their language and speaker
(Rattcliffe et al. 2022, on the learned conditional prior of Karanasou et al. 2021).

    recording, style ─→ z (styled.py) ─┐
    speaker, language ─────────────────┴→ voice ─→ PhoneEncoder, DurationModel, F0Model, MelDecoder

Loss: the backbone's + what the latents cost (styled.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from torch import Tensor

from tts.features.config import FeatureConfig
from tts.models.backbone.acoustic import AcousticModel
from tts.models.backbone.config import BackboneConfig
from tts.models.backbone.controls import Controls
from tts.models.lcpvae.config import LcpvaeConfig
from tts.models.lcpvae.styled import Styled, of_others
from tts.training.batch import AcousticBatch, Names
from tts.training.system import BatchSource, Losses


@dataclass
class LcpvaeLosses(Losses):
    """mel, duration, f0, voicing: as the backbone's. prior_kl: of the styles' priors to N(0, I); kl: of the posteriors to the priors, both
    nats per utterance; prior_style: cross-entropy of styles told from draws of their priors; style: the style loss."""

    total: Tensor
    mel: Tensor
    duration: Tensor
    f0: Tensor
    voicing: Tensor
    prior_kl: Tensor
    kl: Tensor
    prior_style: Tensor
    style: Tensor


class LCPVAE(Styled, AcousticModel):
    """The backbone with a style latent."""

    def __init__(self, phone_count: int, names: Names, features: FeatureConfig, config: BackboneConfig, lcpvae: LcpvaeConfig,
                 speaker_matrix: np.ndarray | None = None):
        super().__init__(phone_count, names, features, config, speaker_matrix)
        self.add_styles(names, features, config, lcpvae)

    @property
    def controls(self) -> Controls:
        return replace(super().controls, style=True)

    def begin_step(self, step: int, steps: int) -> None:
        self.begin_style_step(step, steps)

    def losses(self, batch: AcousticBatch) -> LcpvaeLosses:
        found = self.beliefs(batch)
        z = found.posterior.sample(1.0 if self.training else 0.0)
        own, of_style = self.reconstruction(batch, z), self.style_terms(batch, found, z)
        return LcpvaeLosses(own.total + of_style.total, own.mel, own.duration, own.f0, own.voicing, of_style.prior_kl, of_style.kl,
                            of_style.prior_style, of_style.style)

    def measures(self, batch: AcousticBatch) -> dict[str, float]:
        """The backbone's losses with every utterance given another one's latent: as high as these is as well as none at all does."""
        other = self.reconstruction(batch, of_others(self.beliefs(batch).posterior.mean, batch.style))
        return {"shuffled_mel": float(other.mel), "shuffled_duration": float(other.duration), "shuffled_f0": float(other.f0)}

    def remarks(self, figures: dict[str, float]) -> Iterable[str]:
        return self.style_remarks(figures, "shuffled_")

    def latents(self, batch: AcousticBatch) -> dict[str, tuple[Tensor, Tensor]]:
        found = self.beliefs(batch).posterior
        return {"style": (found.mean, found.log_variance)}

    def reconstruct(self, batch: AcousticBatch) -> Tensor:
        z = self.beliefs(batch).posterior.mean
        voice, encodings, f0 = self.inputs(batch, z)
        return self.decode(encodings, batch, voice, f0)

    def conclude(self, source: BatchSource) -> None:
        self.conclude_styles(source)
