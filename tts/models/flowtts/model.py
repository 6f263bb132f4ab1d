"""Flow-TTS: a conditional flow that speaks and converts (Biliński et al. 2022).

    phones ─→ PhoneEncoder ─┬─→ DurationModel ─→ frames of every phone
                            ├─→ F0Model ───────→ log-F0, voicing
    speaker, accent ────────┴─→ FlowConditions ─→ FlowDecoder: mel ↔ z

Trained by exact likelihood. From text: durations and F0 predicted, z drawn. Conversion: z of a recording given its own speaker, decoded
for another one; durations and the course of F0 stay the recording's. What the flow is not told of a recording lies in z, so decoding
for the same speaker gives the recording back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from tts.features.config import FeatureConfig
from tts.models.backbone.acoustic import AcousticModel, Synthesis
from tts.models.backbone.conditions import Conditions, F0Contour
from tts.models.backbone.config import BackboneConfig
from tts.models.backbone.controls import Controls
from tts.models.backbone.duration import DurationModel
from tts.models.backbone.f0_model import contour
from tts.models.flowtts.conditions import FlowConditions
from tts.models.flowtts.config import FlowTTSConfig
from tts.models.flowtts.decoder import Encoded, FlowDecoder
from tts.models.layers.masks import masked_mean
from tts.models.layers.warmup import Warmup
from tts.training.batch import AcousticBatch, Names, PhoneRow
from tts.training.system import BatchSource, Losses


@dataclass
class FlowTTSLosses(Losses):
    """mel: −ln p(mel) in nats per value; l1: AE-Flow's term, deviations; duration, f0, voicing: as the backbone's."""

    total: Tensor
    mel: Tensor
    l1: Tensor
    duration: Tensor
    f0: Tensor
    voicing: Tensor


class FlowTTS(AcousticModel):
    """The backbone with a flow for a decoder."""

    def __init__(self, phone_count: int, names: Names, features: FeatureConfig, config: BackboneConfig, flow: FlowTTSConfig,
                 speaker_matrix: np.ndarray | None = None):
        if not config.uses_f0:
            raise ValueError("model: f0_layers is 0; Flow-TTS predicts F0 even where `flowtts.conditions` does not tell it to the flow")
        super().__init__(phone_count, names, features, config, speaker_matrix)
        self.flow = flow
        self.conditions = FlowConditions(config.decoder_dim, config, flow.conditions, flow.absolute_f0)
        self.decoder = FlowDecoder(features, config, flow)
        self.l1_warmup = Warmup(0.0, flow.l1_begin)

    @property
    def controls(self) -> Controls:
        return replace(super().controls, noise=True, recording=True)

    # -- training ----------------------------------------------------------------------------------------------------

    @torch.no_grad()
    def prepare(self, source: BatchSource) -> None:
        """Statistics of the mels, then the start of every ActNorm on the first batch."""
        super().prepare(source)
        batch = source.load(source.batches(0)[0]).to(self.decoder.mel_mean.device)
        self.decoder.start(self._noisy(batch.mel), self.conditions_of(batch))

    def begin_step(self, step: int, steps: int) -> None:
        self.l1_warmup.begin_step(step, steps)

    def losses(self, batch: AcousticBatch) -> FlowTTSLosses:
        voice, encodings, f0 = self.inputs(batch)
        conditions = self.conditions(encodings, batch.durations, batch.frame_mask, voice, f0=f0)
        found = self.decoder.encode(self._noisy(batch.mel) if self.training else batch.mel, conditions)
        nll = -found.log_likelihood.sum() / (batch.frame_mask.sum() * batch.mel.shape[2])
        share, l1 = self.flow.l1_weight * self.l1_warmup.weight(self.training), nll.new_zeros(())
        if share:
            drawn = self.decoder.decode(torch.randn_like(batch.mel), conditions)
            l1 = masked_mean(((drawn - batch.mel) / self.decoder.mel_std).abs(), batch.frame_mask)
        duration = DurationModel.loss(self.duration_model(encodings, batch.phone_mask, voice).float(), batch.durations,
                                      batch.phone_mask)
        f0_loss, voicing = self.f0_losses(encodings, batch, voice, f0)
        config = self.config
        total = (1 - share) * nll + share * l1 + config.duration_weight * duration + config.f0_weight * (f0_loss * 10 + voicing)
        return FlowTTSLosses(total, nll, l1, duration, f0_loss, voicing)

    def encode_phones(self, phones: Tensor, stress: Tensor, phone_mask: Tensor, voice: Tensor) -> Tensor:
        """The flow must not learn through the phones what it is not told."""
        return super().encode_phones(phones, stress, phone_mask, self.conditions.heard_voice(voice))

    def encode(self, batch: AcousticBatch, speaker: Tensor | None = None) -> Encoded:
        """z and likelihood of a batch's recordings; `speaker` ([B] numbers or [B, ·] vectors) where it is not the batch's."""
        return self.decoder.encode(batch.mel, self.conditions_of(batch, speaker))

    def conditions_of(self, batch: AcousticBatch, speaker: Tensor | None = None, f0: F0Contour | None = None) -> Conditions:
        """What the flow is told of a batch's recordings, spoken by their own speakers or by others, with their own F0 or another."""
        voice = self.voice(batch.speaker if speaker is None else speaker, batch.language)
        encodings = self.encode_phones(batch.phones, batch.stress, batch.phone_mask, voice)
        return self.conditions(encodings, batch.durations, batch.frame_mask, voice, f0=f0 or contour(batch.f0_hz, batch.voiced))

    def _noisy(self, mel: Tensor) -> Tensor:
        return mel + self.flow.noise * torch.randn_like(mel)

    # -- synthesis ---------------------------------------------------------------------------------------------------

    def synthesize(self, row: PhoneRow, speed: float = 1.0, speaker_vector: Tensor | None = None, durations: Tensor | None = None,
                   f0: F0Contour | None = None, temperature: float | None = None) -> Synthesis:
        """As the base system's; `temperature` is the deviation of z, the configuration's unless given."""
        self.decoder.temperature = self.flow.temperature if temperature is None else temperature
        return super().synthesize(row, speed, speaker_vector, durations, f0)

    # -- conversion --------------------------------------------------------------------------------------------------

    def convert(self, batch: AcousticBatch, target: Tensor, source: Tensor | None = None) -> Synthesis:
        """One recording (B = 1) in another voice. `target` and `source` are numbers [1] or vectors [1, ·]; the source is the batch's own
        speaker unless given. Its F0 is the recording's, moved (`moved_f0`)."""
        with self.speaking():
            batch = batch.to(self.decoder.mel_mean.device)
            z = self.encode(batch, source).z
            f0 = self.moved_f0(batch, target, source)
            mel = self.decoder.decode(z, self.conditions_of(batch, target.to(z.device), f0))
        return self._spoken(mel, batch.durations, f0)

    def say_in_timing(self, batch: AcousticBatch, target: Tensor) -> Synthesis:
        """The same words in the recording's timing and with its F0, but with z drawn as for a text: what differs from conversion is z alone."""
        with self.speaking():
            batch = batch.to(self.decoder.mel_mean.device)
            self.decoder.temperature = self.flow.temperature
            f0 = self.moved_f0(batch, target)
            mel = self.decoder(self.conditions_of(batch, target.to(batch.mel.device), f0))
        return self._spoken(mel, batch.durations, f0)
