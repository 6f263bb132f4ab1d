"""Prosody from text, ready to use and to train: BERT, the predictor, and the frozen stage I whose latents it predicts.

Trained on posteriors that stage I found once, so its batches hold text and latents only and a step takes milliseconds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from tts.models.copycat2.config import PredictorConfig
from tts.models.copycat2.latents import WordLatents
from tts.models.copycat2.model import CopyCat2, unit_is_pause
from tts.models.copycat2.predictor import GaussianHead, ProsodyPredictor
from tts.models.layers.gaussian import Gaussian, log_density
from tts.models.layers.masks import gather_rows, masked_mean
from tts.text.bert.words import BertWords, PieceBatch, Pieces, collate
from tts.training.batch import PhoneRow, pad_rows
from tts.training.system import BatchSource, Losses, System


BALANCING_STEPS = 4  # of Newton's method


@dataclass
class PosteriorBatch:
    """Texts and the posteriors of their recordings: both latents as one vector, mean and log_variance [B, W, Z + Y]; heard [B, W] is
    True for units that have frames; durations [B, P] in frames. Other fields as in AcousticBatch."""

    ids: list[str]
    phones: Tensor
    stress: Tensor
    is_pause: Tensor
    phone_mask: Tensor
    phone_to_unit: Tensor
    unit_mask: Tensor
    speaker: Tensor
    language: Tensor
    style: Tensor
    synthetic: Tensor
    durations: Tensor
    mean: Tensor
    log_variance: Tensor
    heard: Tensor
    pieces: PieceBatch | None

    def to(self, device: torch.device) -> PosteriorBatch:
        return dataclasses.replace(self, **{name: value.to(device) for name, value in vars(self).items() if hasattr(value, "to")})


@dataclass
class PredictorLosses(Losses):
    total: Tensor


class TextProsody(System):
    """Stage II around a finished stage I."""

    def __init__(self, stage_one: CopyCat2, phone_count: int, config: PredictorConfig, bert: BertWords | None):
        super().__init__()
        self.config = config
        self._frozen = [stage_one]  # in lists, so that they are neither trained nor saved with the predictor
        acoustic, timing = stage_one.config.word_latent_dim, stage_one.settings.timing_dim
        self.predictor = ProsodyPredictor(phone_count, stage_one.config.voice_dim, bert.size if bert is not None else 0, acoustic, timing, config)
        self.bert = None
        if config.bert == "fine-tuned":
            self.bert = bert
        elif bert is not None:
            self._frozen.append(bert.requires_grad_(False))

    @property
    def stage_one(self) -> CopyCat2:
        return self._frozen[0]

    @property
    def words(self) -> BertWords | None:
        """The BERT in use."""
        return self.bert if self.bert is not None else self._frozen[1] if len(self._frozen) > 1 else None

    def to(self, *args, **kwargs) -> TextProsody:
        for module in self._frozen:
            module.to(*args, **kwargs)
        return super().to(*args, **kwargs)

    def learning_rates(self) -> dict[str, float]:
        return {"bert.": self.config.bert_learning_rate}

    # -- training ----------------------------------------------------------------------------------------------------

    def prepare(self, source: BatchSource) -> None:
        """Mean and deviation of draws from the posteriors, of words and of pauses: a number that says nothing has the prior's deviation."""
        kinds: tuple[list, list] = ([], [])
        for ids in source.batches(0):
            batch = source.load(ids)
            is_pause = unit_is_pause(batch.phone_to_unit, batch.is_pause, batch.unit_mask.shape[1])
            for kind, wanted in enumerate((~is_pause, is_pause)):
                chosen = wanted & batch.heard
                kinds[kind].append(torch.stack([batch.mean[chosen], batch.log_variance[chosen].exp()]))
        for kind, parts in enumerate(kinds):
            means, variances = torch.cat(parts, dim=1)
            if len(means) > 1:
                self.predictor.mean[kind] = means.mean(0)
                self.predictor.std[kind] = (means.var(0) + variances.mean(0)).sqrt().clamp(min=0.05)

    def balance_lengths(self, sources: Sequence[BatchSource]) -> None:
        """Move the predicted timing of all words alike, and of all pauses, until texts are spoken as long as their recordings are: the mean
        of log durations lies below the log of their mean. On all texts, for the tempo of a few dozen unseen ones is mostly chance."""
        timing = self.predictor.mean[:, self.predictor.acoustic_dim:]  # what is changed: a view of [2, Y]
        farthest = self.predictor.std[:, self.predictor.acoustic_dim:].norm(dim=1) / 2
        before = timing.clone()
        predicted = self._predicted_timing(sources)
        for _ in range(BALANCING_STEPS):
            spoken, recorded, slope = self._lengths(sources, predicted, timing - before)
            moved = timing + ((recorded - spoken) / slope.square().sum(1).clamp(min=1e-6))[:, None] * slope
            too_far = ((moved - before).norm(dim=1) / farthest).clamp(min=1)[:, None]
            timing.copy_(before + (moved - before) / too_far)

    @torch.no_grad()
    def _predicted_timing(self, sources: Sequence[BatchSource]) -> list[Tensor]:
        """The timing latents [B, W, Y] that the texts suggest, batch after batch: BERT reads every text once."""
        found, device = [], self.predictor.mean.device
        for source, ids in ((source, ids) for source in sources for ids in source.batches(0)):
            batch = source.load(ids).to(device)
            context, is_pause = self._context(vars(batch), batch.pieces)
            found.append(self.predictor.predict(context, is_pause)[1].cpu())
        return found

    def _lengths(self, sources: Sequence[BatchSource], predicted: list[Tensor], moved: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(frames spoken, frames recorded [2], of words' phones and of pauses; slope [2, Y] of the spoken ones by the kind's timing latents)
        with the predicted timing `moved` [2, Y]."""
        device = self.predictor.mean.device
        spoken, recorded = torch.zeros(2, device=device), torch.zeros(2, device=device)
        slope = torch.zeros(2, self.stage_one.settings.timing_dim, device=device)
        batches = ((source, ids) for source in sources for ids in source.batches(0))
        for (source, ids), timing in zip(batches, predicted, strict=True):
            batch = source.load(ids).to(device)
            with torch.no_grad():
                is_pause = unit_is_pause(batch.phone_to_unit, batch.is_pause, batch.unit_mask.shape[1])
                timing = timing.to(device) + moved[is_pause.long()]
                style = self.stage_one.known_style(batch.style, leave_out=False)
                voice = self.stage_one.voice(batch.speaker, batch.language, style, batch.synthetic)
                encodings = self.stage_one.encoder(batch.phones, batch.stress, batch.phone_mask, voice)
            shift = torch.zeros_like(slope, requires_grad=True)
            with torch.enable_grad():
                latents = gather_rows(timing + shift[is_pause.long()], batch.phone_to_unit)
                log_durations = self.stage_one.duration_model(encodings, batch.phone_mask, voice, latents)
                frames = torch.expm1(log_durations).clamp(min=0)
                for kind, wanted in enumerate((~batch.is_pause, batch.is_pause)):
                    chosen = wanted & batch.phone_mask
                    total = frames[chosen].sum()
                    slope[kind] += torch.autograd.grad(total, shift, retain_graph=True)[0][kind]
                    spoken[kind] += total.detach()
                    recorded[kind] += batch.durations[chosen].sum()
        return spoken, recorded, slope

    @torch.inference_mode()
    def widen(self, source: BatchSource) -> None:
        """Set the predicted Gaussian's width from unseen texts: so wide that draws from recordings' posteriors lie as far from its mean as
        it says."""
        if not isinstance(self.predictor.head, GaussianHead):
            return
        sums = torch.zeros(2, 2, self.predictor.mean.shape[1], device=self.predictor.mean.device)  # of squares, and counts
        self.predictor.widening.fill_(1.0)
        for ids in source.batches(0):
            batch = source.load(ids).to(sums.device)
            context, is_pause = self._context(vars(batch), batch.pieces)
            found = self.predictor.gaussian(context, is_pause)
            squares = ((batch.mean - found.mean).square() + batch.log_variance.exp()) / found.log_variance.exp()
            for kind, wanted in enumerate((~is_pause, is_pause)):
                chosen = squares[wanted & batch.heard]
                sums[0, kind] += chosen.sum(0)
                sums[1, kind] += len(chosen)
        known = sums[1] > 1
        self.predictor.widening[known] = (sums[0] / sums[1].clamp(min=1)).sqrt().clamp(min=0.1)[known]

    def losses(self, batch: PosteriorBatch) -> PredictorLosses:
        context, is_pause = self._context(vars(batch), batch.pieces)
        return PredictorLosses(masked_mean(self.predictor.loss(context, Gaussian(batch.mean, batch.log_variance), is_pause), batch.heard))

    def measures(self, batch: PosteriorBatch) -> dict[str, float]:
        """Share of the latents' variance that is explained, beyond the voice's own mean; 0 is the mean, 1 is perfect."""
        context, is_pause = self._context(vars(batch), batch.pieces)
        predicted = torch.cat(self.predictor.predict(context, is_pause), dim=2)
        kind = is_pause.long()
        centroid = torch.cat([self.stage_one.acoustic_centroid[batch.speaker[:, None], kind],
                              self.stage_one.timing_centroid[batch.speaker[:, None], kind]], dim=2)
        parts = {"acoustic": slice(0, self.predictor.acoustic_dim), "timing": slice(self.predictor.acoustic_dim, None)}
        explained = {f"explained_{name}": float(1 - (batch.mean - predicted)[batch.heard][:, part].square().sum()
                                                / (batch.mean - centroid)[batch.heard][:, part].square().sum().clamp(min=1e-9))
                     for name, part in parts.items()}
        density = self.predictor.gaussian(context, is_pause)
        if density is None:
            return explained
        return {**explained, "nll": float(-masked_mean(log_density(batch.mean, density), batch.heard))}

    def _context(self, part: dict, pieces: PieceBatch | None, style_latent: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """(context [B, W, D], which units are pauses [B, W]); in a style [B, S] that is not the utterances' own where one is given."""
        is_pause = unit_is_pause(part["phone_to_unit"], part["is_pause"], part["unit_mask"].shape[1])
        with torch.no_grad():
            if style_latent is None:
                style_latent = self.stage_one.known_style(part["style"], leave_out=self.training)
            voice = self.stage_one.voice(part["speaker"], part["language"], style_latent, part["synthetic"])
        words = None
        if self.words is not None:
            words = self.words(pieces.ids, pieces.piece_mask, pieces.piece_to_unit, part["unit_mask"].shape[1])
        return self.predictor.context(part["phones"], part["stress"], part["phone_mask"], part["phone_to_unit"], part["unit_mask"], is_pause,
                                      voice, words), is_pause

    # -- use ---------------------------------------------------------------------------------------------------------

    @torch.inference_mode()
    def predict(self, row: PhoneRow, pieces: Pieces | None, temperature: float = 0.0, style_latent: Tensor | None = None) -> WordLatents:
        """The prosody that the text suggests, for one utterance. `temperature` 0 is the mean, larger is more varied (drawn with torch's
        random numbers). `style_latent` [S]: in which style, for a model with styles; the row's own unless given."""
        context, is_pause = self._read(row, pieces, style_latent)
        acoustic, timing = self.predictor.predict(context, is_pause, temperature)
        return WordLatents(acoustic[0], timing[0])

    @torch.inference_mode()
    def density(self, row: PhoneRow, pieces: Pieces | None, style_latent: Tensor | None = None) -> Gaussian | None:
        """The predicted Gaussian [W, Z + Y] of one utterance; None for a flow. `style_latent` as in `predict`."""
        context, is_pause = self._read(row, pieces, style_latent)
        found = self.predictor.gaussian(context, is_pause)
        return None if found is None else Gaussian(found.mean[0], found.log_variance[0])

    def _read(self, row: PhoneRow, pieces: Pieces | None, style_latent: Tensor | None = None) -> tuple[Tensor, Tensor]:
        device = self.predictor.mean.device
        part = {name: tensor.to(device) for name, tensor in pad_rows([row]).items()}
        style = None if style_latent is None else style_latent.to(device)[None]
        return self._context(part, collate([pieces]).to(device) if pieces is not None else None, style)
