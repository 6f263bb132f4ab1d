"""The studio's model: CopyCat2's words, LCPVAE's style, F0 from outside and voices as vectors, in one backbone, each to be given or not.

    words ──────→ z, y per unit, relative to their own utterance ─┐        shape: which words stand out
    style ──────→ s per utterance ────────────────────────────────┤        register: height, range, level and tempo of the whole
    F0 contour ─→ in place of the F0Model's ──────────────────────┼→ CopyCat2's F0Model, EnergyModel, DurationModel, MelDecoder
    voice ──────→ a speaker's vector ─────────────────────────────┤
    language ───→ of the text ────────────────────────────────────┘

Nothing is trained that the two do not train: losses are CopyCat2's and what LCPVAE's latents cost. What is new is what is told apart and left out.

Who decides what. The words' encoders hear every utterance less its own mean mel, level and tempo, its F0 less its mean and over its
deviation: they cannot know the register, so it is the style's and the voice's to say, and where a prosody and a style disagree, the words
keep their shape and the style moves the whole. A contour given from outside is heard as it is, whatever words and style say of F0; level and
durations stay theirs. Edits of words come last, on top of all.

What is not given. Words, and the style, are replaced by learned latents, one for all, that stand for their absence; in training shares
of the utterances go without them (`StudioConfig`). F0 has no such latent: where none is given, the F0 model draws it from what else there
is, and the decoder hears a contour always. A voice and a language are always there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from tts.features.config import FeatureConfig
from tts.models.backbone.acoustic import Synthesis
from tts.models.backbone.conditions import F0Contour
from tts.models.backbone.config import BackboneConfig
from tts.models.backbone.controls import Controls
from tts.models.copycat2.config import CopyCat2Config
from tts.models.copycat2.latents import WordEdits, WordLatents
from tts.models.copycat2.model import CopyCat2, CopyCat2Losses, Posteriors
from tts.models.copycat2.source import SourceAverages
from tts.models.layers.masks import gather_rows
from tts.models.lcpvae.config import LcpvaeConfig
from tts.models.lcpvae.styled import Styled, Unmoved, of_others
from tts.models.studio.config import StudioConfig
from tts.training.batch import AcousticBatch, Names, PhoneRow
from tts.training.system import BatchSource


@dataclass
class StudioLosses(CopyCat2Losses):
    """And style_kl, prior_kl: nats per utterance of the style latents and of their priors; prior_style: cross-entropy of styles told from draws of
    their priors; style: the style loss."""

    style_kl: Tensor
    prior_kl: Tensor
    prior_style: Tensor
    style: Tensor


class Studio(Styled, CopyCat2):
    """Words and a style, each of which may be absent."""

    def __init__(self, phone_count: int, names: Names, features: FeatureConfig, config: BackboneConfig, copycat2: CopyCat2Config,
                 lcpvae: LcpvaeConfig, studio: StudioConfig, speaker_matrix: np.ndarray | None = None):
        if copycat2.train != "all":
            raise ValueError(f"copycat2: train {copycat2.train!r}; the studio trains all of its parts at once, expected all")
        if not config.uses_f0:
            raise ValueError("model: f0_layers is 0; the studio is given F0, or predicts it")
        super().__init__(phone_count, names, features, config, copycat2, speaker_matrix)
        self.add_styles(names, features, config, lcpvae)
        self.shares = studio
        self.absent_acoustic = nn.Parameter(torch.zeros(config.word_latent_dim))
        self.absent_timing = nn.Parameter(torch.zeros(copycat2.timing_dim))
        self.absent_style = nn.Parameter(torch.zeros(config.style_latent_dim))

    @property
    def controls(self) -> Controls:
        return replace(super().controls, style=True, recording=True)

    # -- training ----------------------------------------------------------------------------------------------------

    def begin_step(self, step: int, steps: int) -> None:
        super().begin_step(step, steps)
        self.begin_style_step(step, steps)

    def posteriors(self, batch: AcousticBatch, averages: SourceAverages | None = None) -> Posteriors:
        """What a batch's recordings say, each relative to itself, whoever speaks: `averages` of a speaker are not asked."""
        return super().posteriors(batch, self.normalizer.of_utterances(batch))

    def losses(self, batch: AcousticBatch) -> StudioLosses:
        posteriors, beliefs = self.posteriors(batch), self.beliefs(batch)
        draw = 1.0 if self.training else 0.0
        style = beliefs.posterior.sample(draw)
        of_style = self.style_terms(batch, beliefs, style)
        z, y = posteriors.acoustic.sample(draw), posteriors.timing.sample(draw)
        if self.training:
            z, y, style = self.left_out(z, y, style)
        words = self.word_losses(batch, posteriors, z, y, style)
        return StudioLosses(words.total + of_style.total, words.mel, words.energy, words.duration, words.f0, words.voicing, words.kl,
                            words.timing_kl, of_style.kl, of_style.prior_kl, of_style.prior_style, of_style.style)

    def left_out(self, z: Tensor, y: Tensor, style: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The latents [B, W, Z], [B, W, Y], [B, S] with shares of them replaced by those of absence."""
        shares, (count, words, _), device = self.shares, z.shape, z.device

        def drawn(share: float, *shape: int) -> Tensor:
            return torch.rand(*shape, device=device) < share

        absent = [drawn(shares.drop_words, count, 1) | drawn(shares.drop_word, count, words) for _ in range(2)]
        return (torch.where(absent[0][..., None], self.absent_acoustic, z), torch.where(absent[1][..., None], self.absent_timing, y),
                torch.where(drawn(shares.drop_style, count, 1), self.absent_style, style))

    def unmoved(self, batch: AcousticBatch, encodings: Tensor, voice: Tensor) -> Unmoved:
        """Words that are all absent: what the style loss hears must come from the style."""
        units = batch.unit_mask.shape
        z = self.absent_acoustic.expand(*units, -1)
        energy = self.predicted_energy(encodings, batch.phone_to_unit, batch.phone_mask, batch.unit_mask, voice, z)
        return Unmoved(gather_rows(self.absent_timing.expand(*units, -1), batch.phone_to_unit),
                       {"word_latent": z, "phone_to_unit": batch.phone_to_unit}, {"unit_energy": energy})

    def measures(self, batch: AcousticBatch) -> dict[str, float]:
        """The losses with every word given another word's latents, and with every utterance given another one's style."""
        posteriors, style = self.posteriors(batch), self.beliefs(batch).posterior.mean
        other = of_others(style, batch.style)
        mel, _, duration, f0, _ = self.word_terms(batch, posteriors.acoustic.mean, posteriors.timing.mean, other)
        return {**self.shuffled_words(batch, posteriors, style), "other_style_mel": float(mel), "other_style_duration": float(duration),
                "other_style_f0": float(f0)}

    def remarks(self, figures: dict[str, float]) -> Iterable[str]:
        yield from super().remarks(figures)
        yield from self.style_remarks(figures, "other_style_")

    def latents(self, batch: AcousticBatch) -> dict[str, tuple[Tensor, Tensor]]:
        style = self.beliefs(batch).posterior
        return {**super().latents(batch), "style": (style.mean, style.log_variance)}

    def reconstruct(self, batch: AcousticBatch, style_latent: Tensor | None = None) -> Tensor:
        return super().reconstruct(batch, self.beliefs(batch).posterior.mean if style_latent is None else style_latent)

    def conclude(self, source: BatchSource) -> None:
        super().conclude(source)
        self.conclude_styles(source)

    # -- synthesis ---------------------------------------------------------------------------------------------------

    def centroid(self, row: PhoneRow) -> WordLatents:
        """Words that are absent."""
        units = int(row.phone_to_unit[-1]) + 1
        return WordLatents(self.absent_acoustic.detach().expand(units, -1), self.absent_timing.detach().expand(units, -1))

    def unasked_style(self) -> Tensor:
        """A style that is absent [S]."""
        return self.absent_style.detach()

    def known_style(self, style: Tensor, leave_out: bool) -> Tensor:
        """The centres of styles [B]; with `leave_out` the share that is trained without a style goes without."""
        centres = self.centres()[style]
        absent = torch.rand(len(style), 1, device=style.device) < self.shares.drop_style * leave_out
        return torch.where(absent, self.absent_style.detach(), centres)

    def synthesize(self, row: PhoneRow, speed: float = 1.0, speaker_vector: Tensor | None = None, durations: Tensor | None = None,
                   f0: F0Contour | None = None, latents: WordLatents | None = None, edits: WordEdits | None = None,
                   style_latent: Tensor | None = None) -> Synthesis:
        """As CopyCat2's; latents that are not given, and a style [S] that is not, are absent."""
        style = self.unasked_style() if style_latent is None else style_latent
        return super().synthesize(row, speed, speaker_vector, durations, f0, latents, edits, style)

    # -- conversion --------------------------------------------------------------------------------------------------

    def convert(self, batch: AcousticBatch, target: Tensor, source: Tensor | None = None, f0: F0Contour | None = None) -> Synthesis:
        """One recording (B = 1) in another voice: its words' prosody, its style, its timing and, unless given [1, T], its F0, moved (`moved_f0`).
        `target` and `source` are numbers [1] or vectors [1, ·]; the source is the batch's own speaker unless given."""
        with self.speaking():
            batch = batch.to(self.decoder.mel_mean.device)
            f0 = self.moved_f0(batch, target, source) if f0 is None else f0
            return self._said_again(batch, target, f0, self.posteriors(batch).acoustic.mean, self.beliefs(batch).posterior.mean)

    def say_in_timing(self, batch: AcousticBatch, target: Tensor) -> Synthesis:
        """The same words in the recording's timing and with its F0, but with words and style absent, as for a text."""
        with self.speaking():
            batch = batch.to(self.decoder.mel_mean.device)
            return self._said_again(batch, target, self.moved_f0(batch, target), self.absent_acoustic.expand(*batch.unit_mask.shape, -1), self.absent_style[None])

    def _said_again(self, batch: AcousticBatch, target: Tensor, f0: F0Contour, z: Tensor, style: Tensor) -> Synthesis:
        voice = self.voice(target.to(z.device), batch.language, style)
        encodings = self.encode_phones(batch.phones, batch.stress, batch.phone_mask, voice)
        energy = self.predicted_energy(encodings, batch.phone_to_unit, batch.phone_mask, batch.unit_mask, voice, z)
        return self.render(encodings, batch.durations, voice, f0, unit_energy=energy, phone_to_unit=batch.phone_to_unit, word_latent=z)

    def expected_log_f0(self, batch: AcousticBatch, speaker: Tensor) -> Tensor:
        """With words and style absent."""
        voice = self.voice(speaker, batch.language, self.absent_style.expand(len(batch.ids), -1))
        encodings = self.encode_phones(batch.phones, batch.stress, batch.phone_mask, voice)
        z = self.absent_acoustic.expand(*batch.unit_mask.shape, -1)
        return self.f0_model(encodings, batch.durations, batch.frame_mask, voice, word_latent=z, phone_to_unit=batch.phone_to_unit).log_f0
