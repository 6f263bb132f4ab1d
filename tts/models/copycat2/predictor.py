"""Stage II of CopyCat2: prosody from text. BERT word vectors, the phone stream and the speaker → a distribution over both latents of every
word and pause.

    words ──→ BERT pieces, averaged to units ─┐
    phones ─→ PhoneStream, averaged to units ─┼─→ gated convolutions ─→ BiGru ─→ head ─→ latents
    speaker (of stage I, frozen) ─────────────┘

Three heads behind one interface, by `predictor.loss`:
    kl       a Gaussian, trained by KL(predicted ‖ posterior) (Kathaka 2020, section 3)
    l2-mean  the posterior means, trained by squared error (W-VAE 2023); it has no spread of its own
    flow     affine couplings over the latents, trained by the likelihood of posterior draws (eCat 2023)
Latents are predicted as deviations from the mean latent of all words (or pauses), in deviations of each number.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import torch
from torch import Tensor, nn

from tts.models.copycat2.config import PredictorConfig
from tts.models.layers.convolution import GatedStack
from tts.models.layers.gaussian import LOG_2_PI, Gaussian, kl_between
from tts.models.layers.pooling import pool_segments, segment_lengths
from tts.models.layers.recurrent import BiGru


class ProsodyPredictor(nn.Module):
    """Both latents of a sentence as one vector [B, W, Z + Y] per unit."""

    def __init__(self, phone_count: int, voice_dim: int, word_dim: int, acoustic_dim: int, timing_dim: int, config: PredictorConfig):
        """`word_dim` is the size of BERT's word vectors, 0 where there are none."""
        super().__init__()
        self.acoustic_dim, size = acoustic_dim, acoustic_dim + timing_dim
        self.phones = PhoneStream(phone_count, voice_dim, config) if config.phones else None
        self.words = nn.Linear(word_dim, config.dim) if word_dim else None
        self.kind = nn.Embedding(2, config.dim)  # word or pause
        self.dropout = nn.Dropout(config.dropout)
        self.stack = GatedStack(config.dim, config.word_layers, 3, config.dropout, voice_dim)
        self.recurrent = BiGru(config.dim, config.recurrent_dim)
        self.head = HEADS[config.loss](2 * config.recurrent_dim, size, config)
        # Mean and deviation of words' [0] and pauses' [1] latents over the training data; the timing's means are moved at last, so that
        # texts last as long as their recordings (TextProsody.balance_lengths).
        self.register_buffer("mean", torch.zeros(2, size))
        self.register_buffer("std", torch.ones(2, size))
        # By how much the Gaussian head's own deviation is too small, found on unseen texts: KL(predicted ‖ posterior) teaches it the width
        # of posteriors, not how little the text tells.
        self.register_buffer("widening", torch.ones(2, size))

    def context(self, phones: Tensor, stress: Tensor, phone_mask: Tensor, phone_to_unit: Tensor, unit_mask: Tensor, is_pause: Tensor,
                voice: Tensor, words: Tensor | None) -> Tensor:
        """What the text says of every unit [B, W, D]. is_pause [B, W] of units; words [B, W, H] from BERT, or None."""
        x = self.kind(is_pause.long())
        if self.phones is not None:
            x = x + self.phones(phones, stress, phone_mask, phone_to_unit, unit_mask, voice)
        if self.words is not None:
            x = x + self.words(self.dropout(words))
        x = self.stack(x * unit_mask[..., None], unit_mask, voice)
        return self.dropout(self.recurrent(x, unit_mask))

    def loss(self, context: Tensor, target: Gaussian, is_pause: Tensor) -> Tensor:
        """How badly the posteriors [B, W, Z + Y] are predicted, per unit [B, W]."""
        mean, std = self.mean[is_pause.long()], self.std[is_pause.long()]
        return self.head.loss(context, Gaussian((target.mean - mean) / std, target.log_variance - 2 * std.log()))

    def predict(self, context: Tensor, is_pause: Tensor, temperature: float = 0.0) -> tuple[Tensor, Tensor]:
        """Acoustic [B, W, Z] and timing [B, W, Y] latents; temperature 0 gives the mean, larger is more varied."""
        kind = is_pause.long()
        latents = self.head.draw(context, temperature, self.widening[kind]) * self.std[kind] + self.mean[kind]
        return latents[..., :self.acoustic_dim], latents[..., self.acoustic_dim:]

    def gaussian(self, context: Tensor, is_pause: Tensor) -> Gaussian | None:
        """The predicted Gaussian [B, W, Z + Y]; None where the head has no density in closed form."""
        found = self.head.gaussian(context)
        if found is None:
            return None
        kind = is_pause.long()
        return Gaussian(found.mean * self.std[kind] + self.mean[kind], found.log_variance + 2 * (self.std * self.widening).log()[kind])


class PhoneStream(nn.Module):
    """Phones and stress [B, P] → a vector per unit [B, W, D]."""

    def __init__(self, phone_count: int, voice_dim: int, config: PredictorConfig):
        super().__init__()
        self.symbol = nn.Embedding(phone_count, config.dim)
        self.stress = nn.Embedding(3, config.dim)
        self.stack = GatedStack(config.dim, config.phone_layers, 5, config.dropout, voice_dim)
        self.leave = nn.Linear(config.dim + 1, config.dim)

    def forward(self, phones: Tensor, stress: Tensor, phone_mask: Tensor, phone_to_unit: Tensor, unit_mask: Tensor, voice: Tensor) -> Tensor:
        x = self.stack(self.symbol(phones) + self.stress(stress), phone_mask, voice)
        counts = segment_lengths(phone_to_unit, phone_mask.long(), unit_mask.shape[1])
        return self.leave(torch.cat([pool_segments(x, counts, "mean"), torch.log1p(counts.to(x.dtype))[..., None]], dim=2))


class Head(nn.Module, ABC):
    """Context [B, W, D] → a distribution over latents [B, W, Z], in deviations."""

    @abstractmethod
    def loss(self, context: Tensor, target: Gaussian) -> Tensor:
        """Per unit [B, W], against the posterior."""

    @abstractmethod
    def draw(self, context: Tensor, temperature: float, widening: Tensor) -> Tensor:
        """Latents [B, W, Z]; temperature 0 is the mean (or the flow's middle). A Gaussian is widened by `widening` [B, W, Z]."""

    def gaussian(self, context: Tensor) -> Gaussian | None:
        return None


class GaussianHead(Head):
    def __init__(self, dim: int, size: int, config: PredictorConfig):
        super().__init__()
        self.least_log_variance = 2 * math.log(max(config.least_spread, 1e-4))
        self.leave = nn.Linear(dim, 2 * size)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def gaussian(self, context: Tensor) -> Gaussian:
        return Gaussian.from_parameters(self.leave(context))

    def loss(self, context: Tensor, target: Gaussian) -> Tensor:
        return kl_between(self.gaussian(context), Gaussian(target.mean, target.log_variance.clamp(min=self.least_log_variance)))

    def draw(self, context: Tensor, temperature: float, widening: Tensor) -> Tensor:
        found = self.gaussian(context)
        if not temperature:
            return found.mean
        return Gaussian(found.mean, found.log_variance + 2 * widening.log()).sample(temperature)


class MeanHead(Head):
    def __init__(self, dim: int, size: int, config: PredictorConfig):
        super().__init__()
        self.leave = nn.Linear(dim, size)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def loss(self, context: Tensor, target: Gaussian) -> Tensor:
        return (self.leave(context) - target.mean).square().sum(-1)

    def draw(self, context: Tensor, temperature: float, widening: Tensor) -> Tensor:
        return self.leave(context)


class FlowHead(Head):
    """Affine couplings after Dinh et al. 2017, each conditioned on the context; the base is N(0, I). The last act of drawing is a shift and
    a scale of all numbers by the context alone: without couplings this would be a Gaussian."""

    def __init__(self, dim: int, size: int, config: PredictorConfig):
        super().__init__()
        self.size = size
        self.affine = nn.Linear(dim, 2 * size)
        self.couplings = nn.ModuleList(nn.Sequential(nn.Linear(dim + size, config.dim), nn.SiLU(), nn.Linear(config.dim, 2 * size))
                                       for _ in range(config.flow_steps))
        for layer in (self.affine, *(coupling[-1] for coupling in self.couplings)):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        alternate = torch.stack([(torch.arange(size) + step) % 2 for step in range(config.flow_steps)]).float()
        self.register_buffer("kept", alternate, persistent=False)  # [K, Z] 1 where a step leaves a number as it is

    def _scale_and_shift(self, step: int, x: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        log_scale, shift = self.couplings[step](torch.cat([context, x * self.kept[step]], dim=2)).chunk(2, dim=2)
        changed = 1 - self.kept[step]
        return 2 * torch.tanh(log_scale / 2) * changed, shift * changed

    def to_base(self, x: Tensor, context: Tensor) -> tuple[Tensor, Tensor]:
        """(x [B, W, Z] as a draw of N(0, I), log-determinant [B, W] of the way there)."""
        log_scale, shift = self._affine(context)
        x, log_determinant = (x - shift) * (-log_scale).exp(), -log_scale.sum(-1)
        for step in range(len(self.couplings)):
            log_scale, shift = self._scale_and_shift(step, x, context)
            x = x * log_scale.exp() + shift
            log_determinant = log_determinant + log_scale.sum(-1)
        return x, log_determinant

    def loss(self, context: Tensor, target: Gaussian) -> Tensor:
        x, log_determinant = self.to_base(target.sample() if self.training else target.mean, context)
        return 0.5 * (x.square() + LOG_2_PI).sum(-1) - log_determinant

    def draw(self, context: Tensor, temperature: float, widening: Tensor) -> Tensor:
        shape = (*context.shape[:2], self.size)
        x = temperature * torch.randn(shape, device=context.device, dtype=context.dtype) if temperature else context.new_zeros(shape)
        for step in reversed(range(len(self.couplings))):
            log_scale, shift = self._scale_and_shift(step, x, context)
            x = (x - shift) * (-log_scale).exp()
        log_scale, shift = self._affine(context)
        return x * log_scale.exp() + shift

    def _affine(self, context: Tensor) -> tuple[Tensor, Tensor]:
        log_scale, shift = self.affine(context).chunk(2, dim=2)
        return 2 * torch.tanh(log_scale / 2), shift


HEADS = {"kl": GaussianHead, "l2-mean": MeanHead, "flow": FlowHead}
