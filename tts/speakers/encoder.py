"""The speaker encoder: a mel → a vector of unit length that says who speaks, whatever is said (as x-vectors, Snyder et al. 2018).

    mel [T, M] ─→ gated convolutions ─→ attentive mean and deviation over time ─→ vector [V]

Trained to tell the corpus's speakers apart by an additive angular margin (Deng et al. 2019): the angle between a vector and its
speaker's own direction must be smaller by a margin than that to any other, which leaves room between voices for those never heard.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.models.layers.convolution import GatedStack
from tts.speakers.config import SpeakerEncoderConfig
from tts.speakers.source import SpeakerBatch
from tts.training.statistics import band_statistics
from tts.training.system import BatchSource, Losses, System


@dataclass
class SpeakerLosses(Losses):
    """Cross-entropy with the margin, nats."""

    total: Tensor


class SpeakerNetwork(System):
    """mel [B, T, M], frame_mask [B, T] → vectors [B, V] of unit length."""

    def __init__(self, speaker_count: int, mel_bands: int, config: SpeakerEncoderConfig):
        super().__init__()
        self.config = config
        self.register_buffer("mel_mean", torch.zeros(mel_bands))
        self.register_buffer("mel_std", torch.ones(mel_bands))
        self.enter = nn.Linear(mel_bands, config.dim)
        self.stack = GatedStack(config.dim, config.layers, config.kernel, config.dropout)
        self.attention = nn.Sequential(nn.Linear(config.dim, config.dim), nn.Tanh(), nn.Linear(config.dim, config.dim))
        self.leave = nn.Linear(2 * config.dim, config.size)
        self.directions = nn.Parameter(torch.randn(speaker_count, config.size))  # of the speakers that it learns from

    def forward(self, mel: Tensor, frame_mask: Tensor) -> Tensor:
        x = self.enter((mel - self.mel_mean) / self.mel_std)
        x = self.stack(x, frame_mask)
        weight = self.attention(x).masked_fill(~frame_mask[..., None], -torch.inf).softmax(dim=1)
        mean = (weight * x).sum(1)
        spread = (weight * (x - mean[:, None]).square()).sum(1).add(1e-5).sqrt()
        return functional.normalize(self.leave(torch.cat([mean, spread], dim=1)), dim=1)

    def prepare(self, source: BatchSource) -> None:
        for kept, found in zip((self.mel_mean, self.mel_std), band_statistics(source, most_batches=50, least_deviation=0.01)):
            kept.copy_(found)

    def losses(self, batch: SpeakerBatch) -> SpeakerLosses:
        mel, frame_mask = self._crop(batch) if self.training else (batch.mel, batch.frame_mask)
        cosines = self._cosines(mel, frame_mask).float().clamp(-1 + 1e-6, 1 - 1e-6)
        own = functional.one_hot(batch.speaker, cosines.shape[1]).bool()
        margin = self.config.margin if self.training else 0.0
        cosines = torch.where(own, torch.cos(torch.acos(cosines) + margin), cosines)
        return SpeakerLosses(functional.cross_entropy(self.config.scale * cosines, batch.speaker))

    def measures(self, batch: SpeakerBatch) -> dict[str, float]:
        """The share of recordings whose speaker is recognised."""
        return {"recognised": float((self._cosines(batch.mel, batch.frame_mask).argmax(1) == batch.speaker).float().mean())}

    def remarks(self, figures: dict[str, float]) -> Iterable[str]:
        yield f"Recognised are the speakers of {100 * figures['recognised']:.1f} % of the recordings."

    def _cosines(self, mel: Tensor, frame_mask: Tensor) -> Tensor:
        return self(mel, frame_mask) @ functional.normalize(self.directions, dim=1).T

    def _crop(self, batch: SpeakerBatch) -> tuple[Tensor, Tensor]:
        """A random stretch of every utterance, a little louder or softer."""
        lengths, crop = batch.frame_mask.sum(1), min(self.config.crop_frames, batch.mel.shape[1])
        start = (torch.rand(len(lengths), device=lengths.device) * (lengths - crop + 1).clamp(min=1)).long()
        place = (start[:, None] + torch.arange(crop, device=lengths.device)).clamp(max=batch.mel.shape[1] - 1)
        mel = batch.mel.gather(1, place[..., None].expand(-1, -1, batch.mel.shape[2]))
        gain = self.config.gain * torch.randn(len(lengths), 1, 1, device=mel.device)
        return mel + gain, batch.frame_mask.gather(1, place)
