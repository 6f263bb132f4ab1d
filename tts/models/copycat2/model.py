"""CopyCat2: prosody as one latent per word and pause, learned from many speakers, free of who spoke.

    recording, relative to its speaker ─→ AcousticEncoder ─→ z per unit ──┬→ F0Model ──→ F0 ─┐
    durations, relative to the speaker ─→ TimingEncoder ───→ y per unit   ├→ EnergyModel → e ─┤
                                                             │            ├──────────────────┴→ MelDecoder ─→ mel
    phones, speaker of the output ──→ PhoneEncoder ──────────┴→ DurationModel → frames of every phone

Both latents are conditional VAEs: L1 of mel and F0 (or L2 of log durations) + weight · KL(q ‖ N(0, I)), the weight rising from 0. The
paper's decoder has no explicit F0 or energy; here both are drawn from phones, speaker and z and then heard by the decoder, so that a word's
melody can be edited in numbers and loudness is carried over (`f0_layers: 0` and `energy_dim: 0` leave them out). Transfer: latents of a recording, phones and speaker of the output. From text: latents that
`predictor.py` predicts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from tts.features.config import FeatureConfig
from tts.models.backbone.acoustic import AcousticModel, Synthesis
from tts.models.backbone.conditions import F0Contour
from tts.models.backbone.config import BackboneConfig
from tts.models.backbone.controls import Controls
from tts.models.backbone.duration import DurationModel
from tts.models.backbone.energy_model import LEAST, MOST, EnergyModel, unit_energy
from tts.models.copycat2.config import CopyCat2Config
from tts.models.copycat2.edits import change_f0, change_level, edited_durations, frame_to_unit
from tts.models.copycat2.encoders import AcousticEncoder, TimingEncoder, unit_sizes
from tts.models.copycat2.latents import WordEdits, WordLatents
from tts.models.copycat2.source import F0_INPUTS, SourceAverages, SourceNormalizer
from tts.models.layers.gaussian import Gaussian, kl_to_standard
from tts.models.layers.masks import gather_rows, masked_mean
from tts.models.layers.warmup import Warmup
from tts.training.batch import AcousticBatch, Names, PhoneRow
from tts.training.system import BatchSource, Losses

IGNORED = 1.02  # shuffled latents that cost less than this factor are hardly listened to


@dataclass
class CopyCat2Losses(Losses):
    """mel: L1 in deviations; energy: L1 of words' energy, natural log; duration: L2 of log frames; f0: L1 of log-F0; voicing: cross-entropy; kl, timing_kl: nats per unit."""

    total: Tensor
    mel: Tensor
    energy: Tensor
    duration: Tensor
    f0: Tensor
    voicing: Tensor
    kl: Tensor
    timing_kl: Tensor


@dataclass(frozen=True)
class Posteriors:
    """acoustic [B, W, Z], timing [B, W, Y]; heard [B, W] is True for units that have frames."""

    acoustic: Gaussian
    timing: Gaussian
    heard: Tensor


class CopyCat2(AcousticModel):
    """Stage I: the two word-level VAEs around the shared decoder."""

    def __init__(self, phone_count: int, names: Names, features: FeatureConfig, config: BackboneConfig, copycat2: CopyCat2Config,
                 speaker_matrix: np.ndarray | None = None):
        if config.word_latent_dim < 1:
            raise ValueError("model: word_latent_dim is 0, CopyCat2 needs a latent per word; set it to 8 or so")
        super().__init__(phone_count, names, features, config, speaker_matrix)
        self.settings, self.frame_seconds = copycat2, features.frame_seconds
        self.duration_model = DurationModel(config, latent_dim=copycat2.timing_dim)
        self.energy_model = EnergyModel(config) if config.energy_dim else None
        self.normalizer = SourceNormalizer(len(names.speakers), features.mel_bands, phone_count)
        self.acoustic_encoder = AcousticEncoder(features.mel_bands + F0_INPUTS * copycat2.encoder_f0, config.word_latent_dim, copycat2,
                                                config.kernel, config.dropout)
        self.timing_encoder = TimingEncoder(phone_count, copycat2, config.dropout)
        # Mean latents of every speaker's words [S, 0] and pauses [S, 1]: the voice's unmoved prosody.
        self.register_buffer("acoustic_centroid", torch.zeros(len(names.speakers), 2, config.word_latent_dim))
        self.register_buffer("timing_centroid", torch.zeros(len(names.speakers), 2, copycat2.timing_dim))
        self.warmup = Warmup(self.settings.kl_warmup)
        for part in self.frozen_parts():
            part.requires_grad_(False)

    @property
    def controls(self) -> Controls:
        return replace(super().controls, words=True)

    # -- training ----------------------------------------------------------------------------------------------------

    def frozen_parts(self) -> list[torch.nn.Module]:
        """What `train: acoustic` or `train: timing` leaves as it is."""
        timing = [self.timing_encoder, self.duration_model]
        if self.settings.train == "acoustic":
            return timing
        if self.settings.train == "timing":
            return [part for part in self.children() if part not in timing]
        return []

    def prepare(self, source: BatchSource) -> None:
        super().prepare(source)
        self.normalizer.prepare(source)

    def begin_step(self, step: int, steps: int) -> None:
        self.warmup.begin_step(step, steps)

    def posteriors(self, batch: AcousticBatch, averages: SourceAverages | None = None) -> Posteriors:
        """What a batch's recordings say; `averages` of the speakers if they are not those of the training data."""
        averages = averages or self.normalizer.averages(batch.speaker)
        unit_frames, unit_phones = unit_sizes(batch.phone_to_unit, batch.durations, batch.phone_mask, batch.unit_mask.shape[1])
        acoustic = self.acoustic_encoder(self.normalizer.frames(batch, averages, self.settings.encoder_f0), batch.frame_mask, unit_frames)
        timing = self.timing_encoder(batch.phones, self.normalizer.phones(batch, averages), batch.phone_mask, unit_phones)
        return Posteriors(acoustic, timing, batch.unit_mask & (unit_frames > 0))

    def losses(self, batch: AcousticBatch) -> CopyCat2Losses:
        posteriors = self.posteriors(batch)
        draw = 1.0 if self.training else 0.0
        return self.word_losses(batch, posteriors, posteriors.acoustic.sample(draw), posteriors.timing.sample(draw))

    def word_losses(self, batch: AcousticBatch, posteriors: Posteriors, z: Tensor, y: Tensor, style_latent: Tensor | None = None) -> CopyCat2Losses:
        """The losses of latents z [B, W, Z] and y [B, W, Y] that were drawn of posteriors, and of a style latent [B, S] where the model has one."""
        mel, energy, duration, f0, voicing = self.word_terms(batch, z, y, style_latent)
        kl = masked_mean(kl_to_standard(posteriors.acoustic), posteriors.heard)
        timing_kl = masked_mean(kl_to_standard(posteriors.timing), batch.unit_mask)
        config, settings = self.config, self.settings
        rise = self.warmup.weight(self.training)
        acoustic = (mel + config.energy_weight * energy + config.f0_weight * (f0 * 10 + voicing) + rise * settings.kl_weight * kl)
        timing = config.duration_weight * duration + rise * settings.timing_kl_weight * timing_kl
        total = {"all": acoustic + timing, "acoustic": acoustic, "timing": timing}[settings.train]
        return CopyCat2Losses(total, mel, energy, duration, f0, voicing, kl, timing_kl)

    def word_terms(self, batch: AcousticBatch, z: Tensor, y: Tensor, style_latent: Tensor | None = None) -> tuple[Tensor, ...]:
        """How far mel, energy, durations, F0 and voicing are from the batch's own, given the latents."""
        voice, encodings, f0 = self.inputs(batch, style_latent)
        latents = {"word_latent": z, "phone_to_unit": batch.phone_to_unit}
        energy, energy_loss = self._energy(batch, encodings, voice, z)
        mel = self.decode(encodings, batch, voice, f0, unit_energy=energy, **latents)
        log_durations = self.duration_model(encodings, batch.phone_mask, voice, gather_rows(y, batch.phone_to_unit))
        return (self.decoder.loss(mel.float(), batch.mel, batch.frame_mask), energy_loss,
                DurationModel.loss(log_durations.float(), batch.durations, batch.phone_mask),
                *self.f0_losses(encodings, batch, voice, f0, **latents))

    def _energy(self, batch: AcousticBatch, encodings: Tensor, voice: Tensor, z: Tensor) -> tuple[Tensor | None, Tensor]:
        """(measured energy of every unit [B, W], for the decoder; how badly it is predicted from z). None and 0 without an energy model."""
        if self.energy_model is None:
            return None, voice.new_zeros(())
        measured, loud = unit_energy(batch.energy, batch.voiced, batch.frame_mask, batch.durations, batch.phone_to_unit, batch.unit_mask.shape[1],
                                     self.normalizer.averages(batch.speaker).energy)
        predicted = self.energy_model(encodings, batch.phone_to_unit, batch.phone_mask, batch.unit_mask, voice, z)
        # What has no voiced frames has no measured energy: there the decoder hears in training what it will hear at synthesis.
        return torch.where(loud, measured, predicted.detach()), EnergyModel.loss(predicted, measured, loud)

    def predicted_energy(self, encodings: Tensor, phone_to_unit: Tensor, phone_mask: Tensor, unit_mask: Tensor, voice: Tensor, z: Tensor) -> Tensor | None:
        """The energy of every unit [B, W] that its phones and z [B, W, Z] ask for, for the decoder; None without an energy model."""
        if self.energy_model is None:
            return None
        return self.energy_model(encodings, phone_to_unit, phone_mask, unit_mask, voice, z).clamp(LEAST, MOST)

    def measures(self, batch: AcousticBatch) -> dict[str, float]:
        """The same losses with every unit given another one's latents: as high as these is as well as the phones alone can do."""
        return self.shuffled_words(batch, self.posteriors(batch))

    def shuffled_words(self, batch: AcousticBatch, posteriors: Posteriors, style_latent: Tensor | None = None) -> dict[str, float]:
        """The losses of mel, energy, durations and F0 with the posteriors' means passed on from unit to unit."""
        z, y = (_shuffled(found.mean, batch.unit_mask) for found in (posteriors.acoustic, posteriors.timing))
        mel, energy, duration, f0, _ = self.word_terms(batch, z, y, style_latent)
        return {"shuffled_mel": float(mel), "shuffled_energy": float(energy), "shuffled_duration": float(duration), "shuffled_f0": float(f0)}

    def remarks(self, figures: dict[str, float]) -> Iterable[str]:
        names = {"acoustic": ("mel", "energy", "f0"), "timing": ("duration",)}
        for latent, terms in names.items():
            ratios = {term: figures[f"shuffled_{term}"] / max(figures[term], 1e-9) for term in terms if figures[term] > 0}
            shown = ", ".join(f"{term} x {ratio:.2f}" for term, ratio in ratios.items())
            if ratios and max(ratios.values()) < IGNORED:
                yield (f"WARNING: the decoder does not listen to the {latent} latents (another word's in their place: {shown}). "
                       "Lower the KL weight or raise it more slowly.")
            elif ratios:
                yield f"Another word's {latent} latents cost: {shown}."

    def latents(self, batch: AcousticBatch) -> dict[str, tuple[Tensor, Tensor]]:
        found = self.posteriors(batch)
        return {"acoustic": (found.acoustic.mean[found.heard], found.acoustic.log_variance[found.heard]),
                "timing": (found.timing.mean[batch.unit_mask], found.timing.log_variance[batch.unit_mask])}

    def reconstruct(self, batch: AcousticBatch, style_latent: Tensor | None = None) -> Tensor:
        voice, encodings, f0 = self.inputs(batch, style_latent)
        z = self.posteriors(batch).acoustic.mean
        energy, _ = self._energy(batch, encodings, voice, z)
        return self.decode(encodings, batch, voice, f0, word_latent=z, phone_to_unit=batch.phone_to_unit, unit_energy=energy)

    @torch.inference_mode()
    def conclude(self, source: BatchSource) -> None:
        """Measure the mean latents of every speaker's words and pauses over the training data."""
        device = self.acoustic_centroid.device
        sums = {name: torch.zeros_like(getattr(self, name), dtype=torch.float64) for name in ("acoustic_centroid", "timing_centroid")}
        counts = {name: torch.zeros(*total.shape[:2], 1, dtype=torch.float64, device=device) for name, total in sums.items()}
        for ids in source.batches(0):
            batch = source.load(ids).to(device)
            found, kind = self.posteriors(batch), unit_is_pause(batch.phone_to_unit, batch.is_pause, batch.unit_mask.shape[1]).long()
            place = (batch.speaker[:, None], kind)
            for name, posterior, real in (("acoustic_centroid", found.acoustic, found.heard), ("timing_centroid", found.timing, batch.unit_mask)):
                weight = real[..., None].double()
                sums[name].index_put_(place, posterior.mean.double() * weight, accumulate=True)
                counts[name].index_put_(place, weight, accumulate=True)
        for name, total in sums.items():
            overall = total.sum(0) / counts[name].sum(0).clamp(min=1)
            getattr(self, name).copy_(torch.where(counts[name] > 0, total / counts[name].clamp(min=1), overall))

    # -- synthesis ---------------------------------------------------------------------------------------------------

    def centroid(self, row: PhoneRow) -> WordLatents:
        """The unmoved prosody of the row's voice: its mean latents, of words for words and of pauses for pauses."""
        units = int(row.phone_to_unit[-1]) + 1
        kind = unit_is_pause(torch.from_numpy(row.phone_to_unit.astype(np.int64))[None], torch.from_numpy(row.is_pause)[None], units)[0].long()
        return WordLatents(self.acoustic_centroid[row.speaker, kind], self.timing_centroid[row.speaker, kind])

    def known_style(self, style: Tensor, leave_out: bool) -> Tensor | None:
        """The style latents [B, S] by which a predictor from text knows styles [B]; none in a model that has no styles."""
        return None

    def synthesize(self, row: PhoneRow, speed: float = 1.0, speaker_vector: Tensor | None = None, durations: Tensor | None = None,
                   f0: F0Contour | None = None, latents: WordLatents | None = None, edits: WordEdits | None = None,
                   style_latent: Tensor | None = None) -> Synthesis:
        """As the base system's, with the prosody of `latents` (the voice's centroid if there are none) and `edits` on top."""
        latents = latents or self.centroid(row)
        with self.speaking():
            part, voice, encodings = self.read(row, speaker_vector, style_latent)
            device, phone_to_unit = encodings.device, part["phone_to_unit"]
            y = gather_rows(latents.timing.to(device, encodings.dtype)[None], phone_to_unit)
            if durations is None:
                log_durations = self.duration_model(encodings, part["phone_mask"], voice, y)[0]
                durations = edited_durations(log_durations, part["is_pause"][0], phone_to_unit[0], speed, edits)
            durations = durations.to(device)[None]
            unit_of_frame = frame_to_unit(durations, phone_to_unit)
            bend = None if edits is None else lambda f0: change_f0(f0, unit_of_frame, edits, self.frame_seconds)
            z = latents.acoustic.to(device, encodings.dtype)[None]
            energy = self.predicted_energy(encodings, phone_to_unit, part["phone_mask"], part["unit_mask"], voice, z)
            made = self.render(encodings, durations, voice, f0, bend, unit_energy=energy, phone_to_unit=phone_to_unit, word_latent=z)
            if edits is None:
                return made
            louder = change_level(torch.from_numpy(made.mel), unit_of_frame.cpu(), edits).numpy()
            return Synthesis(louder, made.durations, made.f0_hz)


def unit_is_pause(phone_to_unit: Tensor, is_pause: Tensor, units: int) -> Tensor:
    """Which units are pauses [B, W], from the phones' is_pause [B, P]."""
    found = torch.zeros(len(phone_to_unit), units, dtype=torch.int64, device=phone_to_unit.device)
    return found.scatter_add_(1, phone_to_unit, is_pause.long()) > 0


def _shuffled(latents: Tensor, unit_mask: Tensor) -> Tensor:
    """latents [B, W, Z] with those of all real units passed on to the one half the batch away."""
    flat, mixed = latents[unit_mask], latents.clone()
    mixed[unit_mask] = flat.roll(max(1, len(flat) // 2), dims=0)
    return mixed
