"""The frame-level CopyCat: prosody as a latent per block of frames. It is the baseline that CopyCat2's words are held against, and the core of
F0-conditioned augmentation. Everything but the latent is CopyCat2's: the same phone encoder, F0 model and decoder.

Transfer keeps the source's durations frame by frame: phones and speaker of the output, latents and frames of the source.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from tts.features.config import FeatureConfig
from tts.models.backbone.acoustic import AcousticModel, Synthesis
from tts.models.backbone.config import BackboneConfig
from tts.models.backbone.conditions import F0Contour
from tts.models.backbone.controls import Controls
from tts.models.backbone.duration import DurationModel
from tts.models.backbone.f0_model import F0Model
from tts.models.copycat.config import CopyCatConfig
from tts.models.copycat.encoder import FrameEncoder, bottleneck, kept_frames
from tts.models.copycat2.source import F0_INPUTS, F0_SCALE
from tts.models.layers.gaussian import Gaussian
from tts.models.layers.masks import frame_to_phone, gather_rows, masked_mean
from tts.models.layers.warmup import Warmup
from tts.training.batch import AcousticBatch, Names
from tts.training.system import Losses


@dataclass
class CopyCatLosses(Losses):
    """mel: L1 in deviations; duration: L2 of log frames; f0: L1 of log-F0; voicing: cross-entropy; kl: nats per block of frames."""

    total: Tensor
    mel: Tensor
    duration: Tensor
    f0: Tensor
    voicing: Tensor
    kl: Tensor


class CopyCat(AcousticModel):
    """Speech in another voice, with the prosody that the source has in its frames."""

    def __init__(self, phone_count: int, names: Names, features: FeatureConfig, config: BackboneConfig, copycat: CopyCatConfig,
                 speaker_matrix: np.ndarray | None = None):
        if config.frame_latent_dim < 2 or config.frame_latent_dim % 2:
            raise ValueError(f"model: frame_latent_dim is {config.frame_latent_dim}, CopyCat needs an even number of at least 2")
        super().__init__(phone_count, names, features, config, speaker_matrix)
        self.settings = copycat
        self.frame_encoder = FrameEncoder(features.mel_bands + F0_INPUTS * copycat.encoder_f0, config.encoder_dim, config.voice_dim,
                                          config.frame_latent_dim, copycat.encoder_dim, copycat.encoder_layers, copycat.recurrent_dim, config.kernel, config.dropout)
        self.warmup = Warmup(self.settings.kl_warmup)

    @property
    def controls(self) -> Controls:
        return replace(super().controls, text=False)

    def begin_step(self, step: int, steps: int) -> None:
        self.warmup.begin_step(step, steps)

    def posterior(self, batch: AcousticBatch) -> Gaussian:
        """A Gaussian per frame [B, T, Z], given phones and the source's own speaker."""
        voice, encodings, _ = self.inputs(batch)
        return self._posterior(batch, voice, encodings)

    def _posterior(self, batch: AcousticBatch, voice: Tensor, encodings: Tensor) -> Gaussian:
        heard = (batch.mel - self.decoder.mel_mean) / self.decoder.mel_std
        if self.settings.encoder_f0:
            f0 = torch.stack([F0_SCALE * torch.log(batch.f0_hz.clamp(min=1) / 150.0) * (batch.f0_hz > 1), batch.voiced, batch.energy], dim=2)
            heard = torch.cat([heard, f0], dim=2)
        at_frames = gather_rows(encodings, frame_to_phone(batch.durations, batch.mel.shape[1]))
        return Gaussian.from_parameters(self.frame_encoder(heard, at_frames, voice, batch.frame_mask))

    def losses(self, batch: AcousticBatch) -> CopyCatLosses:
        voice, encodings, f0 = self.inputs(batch)
        posterior = self._posterior(batch, voice, encodings)
        spread = bottleneck(posterior.sample(1.0 if self.training else 0.0), batch.frame_mask, self.settings.bottleneck_frames)
        mel_loss = self.decoder.loss(self.decode(encodings, batch, voice, f0, frame_latent=spread).float(), batch.mel, batch.frame_mask)
        f0_loss, voicing_loss = self.f0_losses(encodings, batch, voice, f0, **self._for_f0(spread))
        duration_loss = DurationModel.loss(self.duration_model(encodings, batch.phone_mask, voice).float(), batch.durations, batch.phone_mask)
        kl = self._kl(posterior, batch.frame_mask)
        config = self.config
        rise = self.warmup.weight(self.training)
        total = (mel_loss + config.duration_weight * duration_loss + config.f0_weight * (f0_loss * 10 + voicing_loss)
                 + rise * self.settings.kl_weight * kl)
        return CopyCatLosses(total, mel_loss, duration_loss, f0_loss, voicing_loss, kl)

    def _for_f0(self, spread: Tensor) -> dict[str, Tensor]:
        return {"frame_latent": spread} if self.settings.f0_from_latents else {}

    def _kl(self, posterior: Gaussian, frame_mask: Tensor) -> Tensor:
        """KL to N(0, I) of what passes the bottleneck, in nats per block."""
        per_number = 0.5 * (posterior.mean.square() + posterior.log_variance.exp() - posterior.log_variance - 1)
        halves = [half.sum(2) for half in per_number.chunk(2, dim=2)]
        return sum(masked_mean(half, kept) for half, kept in zip(halves, kept_frames(frame_mask, self.settings.bottleneck_frames)))

    def latents(self, batch: AcousticBatch) -> dict[str, tuple[Tensor, Tensor]]:
        posterior = self.posterior(batch)
        kept = kept_frames(batch.frame_mask, self.settings.bottleneck_frames)[1]
        return {"frame": (posterior.mean[kept], posterior.log_variance[kept])}

    def reconstruct(self, batch: AcousticBatch) -> Tensor:
        voice, encodings, f0 = self.inputs(batch)
        spread = bottleneck(self._posterior(batch, voice, encodings).mean, batch.frame_mask, self.settings.bottleneck_frames)
        return self.decode(encodings, batch, voice, f0, frame_latent=spread)

    def convert(self, batch: AcousticBatch, speaker: int | Tensor, f0: F0Contour | None = None) -> Synthesis:
        """One recording (B = 1) in the voice of `speaker`, a number or a vector [1, ·], with the source's durations and its latents; F0 is
        predicted unless given [1, T]."""
        with self.speaking():
            device = self.decoder.mel_mean.device
            batch = batch.to(device)
            spread = bottleneck(self.posterior(batch).mean, batch.frame_mask, self.settings.bottleneck_frames)
            target = speaker if isinstance(speaker, Tensor) else torch.tensor([speaker])
            voice = self.voice(target.to(device), batch.language)
            encodings = self.encode_phones(batch.phones, batch.stress, batch.phone_mask, voice)
            if f0 is None and self.f0_model is not None:
                f0 = F0Model.decide(self.f0_model(encodings, batch.durations, batch.frame_mask, voice, **self._for_f0(spread)))
            return self.render(encodings, batch.durations, voice, f0, frame_latent=spread)
