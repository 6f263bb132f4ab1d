"""The flow itself: mel ↔ z of the same size, given conditions; N(0, I) is the density of z (Biliński et al. 2022, after Merritt et al. 2022).

    mel [T, M] ─ normalise ─┬─ pairs of frames [T/2, 2M] ─ steps 1-4 ─┬─ steps 5-8 ─┬─ steps 9-12 ─┬─→ z
                            │                                         └─ 16 early   └─ 16 early ───┤
                            └─ an odd last frame: a Gaussian, given the frame before ──────────────┘

So any number of frames has an exact likelihood and an exact inverse. Beside the papers' flow, to normalise is a step that hears the conditions: each
band less the mean that they let expect, over the deviation, as ActNorm does with constants. It is what the couplings learn last if left to them. Told F0,
it also knows where harmonics lie.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.features.config import FeatureConfig
from tts.models.backbone.conditions import Conditions
from tts.models.backbone.config import BackboneConfig
from tts.models.backbone.harmonics import Harmonics
from tts.models.flowtts.config import FlowTTSConfig
from tts.models.layers.convolution import GatedStack
from tts.models.layers.flow import MOST_LOG_SCALE, FlowStep, bounded, squeeze, unsqueeze

MOST_AT_ONCE = 2 * MOST_LOG_SCALE  # of what scales a frame once; couplings do several times


@dataclass(frozen=True)
class Encoded:
    """z [B, T, M], zeros in the padding; log_det [B] of the whole map, and log_likelihood [B] of the mels, in nats."""

    z: Tensor
    log_det: Tensor
    log_likelihood: Tensor


@dataclass(frozen=True)
class _Context:
    """What all steps are told: pairs [B, D, T/2] and their mask [B, 1, T/2], the odd last frames' own conditions [B, D] and places [B],
    odd [B], voice [B, V]; what they let expect of the mel."""

    pairs: Tensor
    mask: Tensor
    last: Tensor
    place: Tensor
    odd: Tensor
    voice: Tensor
    expected: tuple[Tensor, Tensor] | None


class FlowDecoder(nn.Module):
    """Conditions of width `decoder_dim` ↔ log mel [B, T, M], in the units of the features."""

    def __init__(self, features: FeatureConfig, config: BackboneConfig, flow: FlowTTSConfig):
        super().__init__()
        self.flow, self.temperature = flow, flow.temperature
        self.context = GatedStack(config.decoder_dim, flow.context_layers, config.kernel, config.dropout, config.voice_dim)
        self.pairs = nn.Linear(2 * config.decoder_dim, flow.dim)
        self.expectation = Expectation(features.mel_bands, config.decoder_dim) if flow.expectation else None
        combs = flow.expectation and config.harmonics and flow.absolute_f0 and {"f0", "voicing"} <= set(flow.conditions)
        self.harmonics = Harmonics(config.decoder_dim, features) if combs else None
        self.last = LastFrame(features.mel_bands, config.decoder_dim)
        self.steps = nn.ModuleList(
            FlowStep(channels, flow.rotation_groups, flow.dim, flow.layers, flow.kernel, config.dropout, config.voice_dim)
            for channels in flow.channels(features.mel_bands))
        # Mean and deviation of every band over the training data: the first, fixed, step.
        self.register_buffer("mel_mean", torch.zeros(features.mel_bands))
        self.register_buffer("mel_std", torch.ones(features.mel_bands))

    # -- mel → z -----------------------------------------------------------------------------------------------------

    def encode(self, mel: Tensor, conditions: Conditions) -> Encoded:
        """mel [B, T, M] → z and the exact likelihood."""
        mask, context = conditions.frame_mask, self._context(conditions)
        x = self._normalised(mel, context) * mask[..., None]
        log_det = -torch.log(self.mel_std).sum() * mask.sum(1)
        if context.expected is not None:
            log_det = log_det - (context.expected[1] * mask[..., None]).sum((1, 2))
        z_last, of_last = self.last(*self._ends(x, context), context.last)
        log_det = log_det + of_last * context.odd
        y, early = squeeze(_even(x)) * context.mask, []
        for number, step in enumerate(self.steps):
            y = self._release(number, y, early)
            y, of_step = step(y, context.mask, context.pairs, context.voice)
            log_det = log_det + of_step
        z = self._with_last(unsqueeze(torch.cat([*early, y], dim=1))[:, :mel.shape[1]], z_last, context)
        log_prior = -0.5 * z.square().sum((1, 2)) - 0.5 * math.log(2 * math.pi) * mel.shape[2] * mask.sum(1).to(mel.dtype)
        return Encoded(z, log_det, log_prior + log_det)

    @torch.no_grad()
    def start(self, mel: Tensor, conditions: Conditions) -> None:
        """Set every ActNorm by these mels, one after the other."""
        context = self._context(conditions)
        y, early = squeeze(_even(self._normalised(mel, context) * conditions.frame_mask[..., None])) * context.mask, []
        for number, step in enumerate(self.steps):
            y = self._release(number, y, early)
            step.norm.start(y, context.mask)
            y, _ = step(y, context.mask, context.pairs, context.voice)

    # -- z → mel -----------------------------------------------------------------------------------------------------

    def decode(self, z: Tensor, conditions: Conditions) -> Tensor:
        """z [B, T, M] → mel [B, T, M]: the inverse of `encode`."""
        mask, context = conditions.frame_mask, self._context(conditions)
        parts = squeeze(_even(z * mask[..., None])) * context.mask
        leaving = [number for number in range(1, len(self.steps)) if self._releases(number)]
        *early, y = parts.split([self.flow.early_channels] * len(leaving) + [parts.shape[1] - self.flow.early_channels * len(leaving)], dim=1)
        for number in reversed(range(len(self.steps))):
            y = self.steps[number].inverse(y, context.mask, context.pairs, context.voice)
            if self._releases(number):
                y = torch.cat([early.pop(), y], dim=1)
        x = unsqueeze(y)[:, :z.shape[1]]
        z_last = self._ends(z, context)[0]
        x = self._with_last(x, self.last.inverse(z_last, self._ends(x, context)[1], context.last), context)
        if context.expected is not None:
            mean, log_deviation = context.expected
            x = x * log_deviation.exp() + mean
        return x * self.mel_std + self.mel_mean

    def forward(self, conditions: Conditions) -> Tensor:
        """A mel [B, T, M] drawn at `temperature`."""
        z = torch.randn(*conditions.frame_mask.shape, len(self.mel_mean), dtype=self.mel_mean.dtype, device=self.mel_mean.device)
        return self.decode(self.temperature * z, conditions)

    # -- parts -------------------------------------------------------------------------------------------------------

    def _normalised(self, mel: Tensor, context: _Context) -> Tensor:
        x = (mel - self.mel_mean) / self.mel_std
        if context.expected is None:
            return x
        mean, log_deviation = context.expected
        return (x - mean) * torch.exp(-log_deviation)

    def _releases(self, number: int) -> bool:
        """Whether channels leave before step `number`."""
        return bool(self.flow.early_channels) and number > 0 and number % self.flow.early_every == 0

    def _release(self, number: int, y: Tensor, early: list[Tensor]) -> Tensor:
        if not self._releases(number):
            return y
        leaving, y = y.split([self.flow.early_channels, y.shape[1] - self.flow.early_channels], dim=1)
        early.append(leaving)
        return y

    def _context(self, conditions: Conditions) -> _Context:
        frames = self.context(conditions.frames, conditions.frame_mask, conditions.voice)
        lengths = conditions.frame_mask.sum(1)
        pair_count = (frames.shape[1] + 1) // 2
        mask = torch.arange(pair_count, device=frames.device) < (lengths // 2)[:, None]
        pairs = self.pairs(squeeze(_even(frames)).transpose(1, 2)).transpose(1, 2) * mask[:, None]
        place = (lengths - 1).clamp(min=0)
        last = frames.gather(1, place[:, None, None].expand(-1, 1, frames.shape[2]))[:, 0]
        dtype = self.mel_mean.dtype  # not that of autocast: the mask is summed
        expected = self.expectation(frames, dtype) if self.expectation is not None else None
        if self.harmonics is not None and conditions.f0 is not None:
            expected = expected[0] + (self.harmonics(frames, conditions.f0) / self.mel_std).to(dtype), expected[1]
        return _Context(pairs, mask[:, None].to(dtype), last, place, (lengths % 2).to(dtype), conditions.voice, expected)

    def _ends(self, x: Tensor, context: _Context) -> tuple[Tensor, Tensor]:
        """The last frame [B, M] of each utterance, and the one before it (zeros if there is none)."""
        def at(place: Tensor) -> Tensor:
            return x.gather(1, place[:, None, None].expand(-1, 1, x.shape[2]))[:, 0]

        return at(context.place), at((context.place - 1).clamp(min=0)) * (context.place > 0)[:, None]

    def _with_last(self, frames: Tensor, last: Tensor, context: _Context) -> Tensor:
        """frames [B, T, M] with `last` [B, M] in the place of every odd last frame."""
        here = torch.arange(frames.shape[1], device=frames.device) == context.place[:, None]
        return torch.where((here & (context.odd[:, None] > 0))[..., None], last[:, None], frames)


class Expectation(nn.Module):
    """Conditions [B, T, D] → what they let expect of a mel that constants have normalised: mean and log-deviation [B, T, M], 0 at first."""

    def __init__(self, bands: int, dim: int):
        super().__init__()
        self.leave = nn.Linear(dim, 2 * bands)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, conditions: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        mean, raw = self.leave(conditions).to(dtype).chunk(2, dim=2)
        return mean, bounded(raw, MOST_AT_ONCE)


class LastFrame(nn.Module):
    """The frame that has no partner, x [B, M] ↔ z [B, M], given the frame before it and its conditions [B, D]."""

    def __init__(self, bands: int, dim: int):
        super().__init__()
        self.enter = nn.Linear(bands + dim, 2 * dim)
        self.leave = nn.Linear(dim, 2 * bands)
        nn.init.zeros_(self.leave.weight)
        nn.init.zeros_(self.leave.bias)

    def forward(self, x: Tensor, before: Tensor, conditions: Tensor) -> tuple[Tensor, Tensor]:
        """(z, log-determinant [B])."""
        log_scale, shift = self._scale_and_shift(before, conditions)
        return x * log_scale.exp() + shift, log_scale.sum(1)

    def inverse(self, z: Tensor, before: Tensor, conditions: Tensor) -> Tensor:
        log_scale, shift = self._scale_and_shift(before, conditions)
        return (z - shift) * torch.exp(-log_scale)

    def _scale_and_shift(self, before: Tensor, conditions: Tensor) -> tuple[Tensor, Tensor]:
        hidden = functional.glu(self.enter(torch.cat([before, conditions.to(before.dtype)], dim=1)), dim=1)
        raw, shift = self.leave(hidden).to(before.dtype).chunk(2, dim=1)
        return bounded(raw, MOST_AT_ONCE), shift


def _even(x: Tensor) -> Tensor:
    """x [B, T, C] with a step of zeros more if T is odd."""
    return functional.pad(x, (0, 0, 0, x.shape[1] % 2))
