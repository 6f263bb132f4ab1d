"""The backbone, wired: phones and speaker → durations, F0, mel. By itself it is the base system; the four systems build on its parts.

    phones ─→ PhoneEncoder ─┬─→ DurationModel ─→ frames of every phone
                            ├─→ F0Model ───────→ log-F0, voicing          (when switched on)
    speaker, language ──────┴─→ Conditions ────→ MelDecoder ─→ mel

In training durations and F0 are the measured ones; at synthesis they are predicted, or given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from tts.features.config import FeatureConfig
from tts.models.backbone.conditions import ConditionBuilder, F0Contour
from tts.models.backbone.config import BackboneConfig
from tts.models.backbone.controls import Controls
from tts.models.backbone.duration import DurationModel, to_frames
from tts.models.backbone.f0_model import F0Model, contour, stretched
from tts.models.backbone.mel_decoder import MelDecoder
from tts.models.backbone.phone_encoder import PhoneEncoder
from tts.threads import at_most_threads
from tts.training.batch import AcousticBatch, Names, PhoneRow, pad_rows
from tts.training.system import BatchSource, Losses, Sample, System

ONE_THREAD_DIM = 160  # a decoder up to this width speaks faster on one CPU thread than on two (python -m benchmarks.acoustic)


@dataclass
class AcousticLosses(Losses):
    """mel: L1 in deviations; duration: L2 of log frames; f0: L1 of log-F0; voicing: cross-entropy."""

    total: Tensor
    mel: Tensor
    duration: Tensor
    f0: Tensor
    voicing: Tensor


@dataclass(frozen=True)
class Synthesis:
    """One utterance made: mel [T, M], durations [P] in frames, f0_hz [T] (0 where unvoiced; None if the model has no F0)."""

    mel: np.ndarray
    durations: np.ndarray
    f0_hz: np.ndarray | None


class AcousticModel(System):
    """The base system."""

    def __init__(self, phone_count: int, names: Names, features: FeatureConfig, config: BackboneConfig, speaker_matrix: np.ndarray | None = None):
        """`speaker_matrix` [S, V]: measured vectors, for `speaker_vectors: features`."""
        super().__init__()
        self.config = config
        self.speakers = SpeakerVectors(len(names.speakers), config, speaker_matrix)
        self.language = nn.Embedding(len(names.languages), config.language_dim)
        self.encoder = PhoneEncoder(phone_count, config)
        self.duration_model = DurationModel(config)
        self.f0_model = F0Model(config) if config.uses_f0 else None
        self.conditions = ConditionBuilder(config.decoder_dim, config, with_f0=config.uses_f0)
        self.decoder = MelDecoder(features, config)

    @property
    def controls(self) -> Controls:
        """What it can be given when it speaks."""
        return Controls(f0=self.f0_model is not None, speaker_vector=self.config.speaker_vectors == "features")

    def prepare(self, source: BatchSource) -> None:
        """Mean and deviation of every mel band over (at most 200 batches of) the training data."""
        count, total, squares = 0, 0.0, 0.0
        for ids in source.batches(0)[:200]:
            batch = source.load(ids)
            frames = batch.mel[batch.frame_mask].double()
            count, total, squares = count + len(frames), total + frames.sum(0), squares + frames.square().sum(0)
        mean = total / count
        self.decoder.mel_mean.copy_(mean)
        self.decoder.mel_std.copy_((squares / count - mean.square()).clamp(min=1e-4).sqrt())

    # -- training ----------------------------------------------------------------------------------------------------

    def losses(self, batch: AcousticBatch) -> AcousticLosses:
        return self.reconstruction(batch)

    def reconstruction(self, batch: AcousticBatch, style_latent: Tensor | None = None) -> AcousticLosses:
        """How far mel, durations and F0 are from the batch's own, given the style latents [B, Z] where the model has them."""
        voice, encodings, f0 = self.inputs(batch, style_latent)
        mel_loss = voice.new_zeros(())
        if self.config.mel_weight:
            mel_loss = self.decoder.loss(self.decode(encodings, batch, voice, f0).float(), batch.mel, batch.frame_mask)
        log_durations = self.duration_model(encodings, batch.phone_mask, voice)
        duration_loss = DurationModel.loss(log_durations.float(), batch.durations, batch.phone_mask)
        f0_loss, voicing_loss = self.f0_losses(encodings, batch, voice, f0)
        total = (self.config.mel_weight * mel_loss + self.config.duration_weight * duration_loss + self.config.f0_weight * (f0_loss * 10 + voicing_loss))
        return AcousticLosses(total, mel_loss, duration_loss, f0_loss, voicing_loss)

    def inputs(self, batch: AcousticBatch, style_latent: Tensor | None = None) -> tuple[Tensor, Tensor, F0Contour | None]:
        """(voice [B, V], phone encodings [B, P, D], measured F0 if the model has one) of a batch."""
        voice = self.voice(batch.speaker, batch.language, style_latent, batch.synthetic)
        encodings = self.encode_phones(batch.phones, batch.stress, batch.phone_mask, voice)
        return voice, encodings, contour(batch.f0_hz, batch.voiced) if self.f0_model is not None else None

    def encode_phones(self, phones: Tensor, stress: Tensor, phone_mask: Tensor, voice: Tensor) -> Tensor:
        """Encodings [B, P, D] of what is said, as this voice says it."""
        return self.encoder(phones, stress, phone_mask, voice)

    def decode(self, encodings: Tensor, batch: AcousticBatch, voice: Tensor, f0: F0Contour | None, **latents: Tensor) -> Tensor:
        """The mel [B, T, M] of a batch with its own durations; `latents` are those that ConditionBuilder takes."""
        return self.decoder(self.conditions(encodings, batch.durations, batch.frame_mask, voice, f0=f0, **latents))

    def f0_losses(self, encodings: Tensor, batch: AcousticBatch, voice: Tensor, f0: F0Contour | None, **latents: Tensor) -> tuple[Tensor, Tensor]:
        """(L1 of log-F0, cross-entropy of voicing) of the F0 that is predicted; zeros without an F0 model."""
        if self.f0_model is None:
            return voice.new_zeros(()), voice.new_zeros(())
        predicted = self.f0_model(encodings, batch.durations, batch.frame_mask, voice, **latents)
        return self.f0_model.loss(predicted, f0, batch.frame_mask)

    def voice(self, speaker: Tensor, language: Tensor, style_latent: Tensor | None = None, synthetic: Tensor | None = None) -> Tensor:
        """The vector [B, V] that modulates every block: speaker ([B] numbers, or [B, ·] vectors), language [B] and, where the model has
        them, the style latent [B, Z] (zeros if it is not given) and whether the speech is synthetic [B] (not, if it is not given)."""
        parts = [self.speakers(speaker), self.language(language)]
        if self.config.style_latent_dim:
            parts.append(parts[0].new_zeros(len(parts[0]), self.config.style_latent_dim) if style_latent is None else style_latent)
        if self.config.synthetic_flag:
            parts.append(parts[0].new_zeros(len(parts[0]), 1) if synthetic is None else synthetic[:, None].to(parts[0].dtype))
        return torch.cat(parts, dim=1)

    def reconstruct(self, batch: AcousticBatch) -> Tensor:
        """The mel [B, T, M] that the model makes of a batch in training."""
        voice, encodings, f0 = self.inputs(batch)
        return self.decode(encodings, batch, voice, f0)

    def samples(self, batch: AcousticBatch) -> Iterable[Sample]:
        if not self.config.mel_weight:
            return
        mel = self.reconstruct(batch)
        for index, name in enumerate(batch.ids):
            frames = int(batch.frame_mask[index].sum())
            yield Sample(name, mel[index, :frames].float().cpu().numpy(), batch.mel[index, :frames].cpu().numpy())

    # -- synthesis ---------------------------------------------------------------------------------------------------

    def synthesize(self, row: PhoneRow, speed: float = 1.0, speaker_vector: Tensor | None = None, durations: Tensor | None = None,
                   f0: F0Contour | None = None, style_latent: Tensor | None = None) -> Synthesis:
        """Speak one utterance. `speed`: larger is faster. `speaker_vector` [·] replaces the row's speaker; `durations` [P] and `f0` [1, T],
        stretched evenly where it has another length, replace the predicted ones; `style_latent` [Z] says how, where the model has styles. One utterance at a time: the result cannot
        depend on what else is spoken."""
        with self.speaking():
            part, voice, encodings = self.read(row, speaker_vector, style_latent)
            if durations is None:
                log_durations = self.duration_model(encodings, part["phone_mask"], voice)[0]
                durations = to_frames(log_durations, part["is_pause"][0], speed)
            return self.render(encodings, durations.to(encodings.device)[None], voice, f0)

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """No gradients, and no more threads than pay."""
        with torch.inference_mode(), at_most_threads(1 if self.config.decoder_dim <= ONE_THREAD_DIM else torch.get_num_threads()):
            yield

    def read(self, row: PhoneRow, speaker_vector: Tensor | None = None,
             style_latent: Tensor | None = None) -> tuple[dict[str, Tensor], Tensor, Tensor]:
        """(tensors of one utterance with B = 1, its voice [1, V], its phone encodings [1, P, D]), on the model's device."""
        part = {name: tensor.to(self.decoder.mel_mean.device) for name, tensor in pad_rows([row]).items()}
        speaker = part["speaker"] if speaker_vector is None else speaker_vector.to(self.decoder.mel_mean.device)[None]
        voice = self.voice(speaker, part["language"], None if style_latent is None else style_latent.to(self.decoder.mel_mean.device)[None])
        return part, voice, self.encode_phones(part["phones"], part["stress"], part["phone_mask"], voice)

    def render(self, encodings: Tensor, durations: Tensor, voice: Tensor, f0: F0Contour | None,
               change_f0: Callable[[F0Contour], F0Contour] | None = None, unit_energy: Tensor | None = None, **latents: Tensor) -> Synthesis:
        """Mel of one utterance with durations [1, P]; F0 is predicted unless given, and may be changed before it is heard. `latents` and
        `unit_energy` as ConditionBuilder takes them."""
        frame_mask = torch.ones(1, int(durations.sum()), dtype=torch.bool, device=durations.device)
        if self.f0_model is not None and f0 is None:
            f0 = F0Model.decide(self.f0_model(encodings, durations, frame_mask, voice, **latents))
        if f0 is not None:
            f0 = stretched(f0, frame_mask.shape[1])
        if f0 is not None and change_f0 is not None:
            f0 = change_f0(f0)
        mel = self.decoder(self.conditions(encodings, durations, frame_mask, voice, f0=f0, unit_energy=unit_energy, **latents))
        return self._spoken(mel, durations, f0)

    @staticmethod
    def _spoken(mel: Tensor, durations: Tensor, f0: F0Contour | None) -> Synthesis:
        f0_hz = None if f0 is None else (f0.log_f0.exp() * f0.voiced)[0].float().cpu().numpy()
        return Synthesis(mel[0].float().cpu().numpy(), durations[0].cpu().numpy(), f0_hz)

    def moved_f0(self, batch: AcousticBatch, target: Tensor, source: Tensor | None = None) -> F0Contour:
        """The F0 of a batch's recordings, higher or lower by as much as `target`'s mean would be than the source's (numbers [B] or vectors [B, ·]; the
        batch's own speakers unless given), by what the F0 model expects of both in this sentence. So it stays what it is for the speaker's own voice."""
        f0 = contour(batch.f0_hz, batch.voiced)
        there, here = ((self.expected_log_f0(batch, who.to(f0.log_f0.device)) * f0.voiced).sum(1, keepdim=True)
                       for who in (target, batch.speaker if source is None else source))
        return F0Contour(f0.log_f0 + (there - here) / f0.voiced.sum(1, keepdim=True).clamp(min=1), f0.voiced)

    def expected_log_f0(self, batch: AcousticBatch, speaker: Tensor) -> Tensor:
        """log-F0 [B, T] that the F0 model expects of a voice with a batch's phones and durations."""
        voice = self.voice(speaker, batch.language)
        encodings = self.encode_phones(batch.phones, batch.stress, batch.phone_mask, voice)
        return self.f0_model(encodings, batch.durations, batch.frame_mask, voice).log_f0


class SpeakerVectors(nn.Module):
    """Speakers as vectors [B, V]: learned per speaker, or measured ones through a learned projection."""

    def __init__(self, count: int, config: BackboneConfig, matrix: np.ndarray | None):
        super().__init__()
        if config.speaker_vectors == "table":
            self.table = nn.Parameter(0.3 * torch.randn(count, config.speaker_dim))
            self.project = nn.Identity()
        else:
            self.register_buffer("table", torch.as_tensor(matrix, dtype=torch.float32).clone())
            self.project = nn.Linear(self.table.shape[1], config.speaker_dim)

    def forward(self, speaker: Tensor) -> Tensor:
        """Numbers [B] are looked up; vectors [B, ·] (measured, averaged or sampled) are taken as they are."""
        return self.project(speaker if speaker.is_floating_point() else self.table[speaker])
