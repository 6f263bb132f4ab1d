"""The network that hears phones: log-mel frames in, a score for every phone in every frame out.

    mel [B, T, M] -> convolution, stride 2 -> residual dilated convolutions [B, T/2, D] -> T/2 × `per_step` scores

Inside there is one vector per 12.5 ms; the aligner takes two scores out of each (one per 6.25 ms), the recogniser one. Vectors
are normalised frame by frame, so an utterance has the same scores alone and in a batch.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.alignment.config import NetworkConfig


class DilatedBlock(nn.Module):
    """x + what a convolution over x's normalised neighbours adds."""

    def __init__(self, dim: int, dilation: int, dropout: float):
        super().__init__()
        self.spread = nn.Conv1d(dim, dim, 3, padding=dilation, dilation=dilation)
        self.mix = nn.Conv1d(dim, dim, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """`x` [B, D, T], `mask` [B, 1, T]."""
        normal = x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-5)
        return x + self.dropout(self.mix(F.relu(self.spread(normal * mask))))


class PhoneNetwork(nn.Module):
    """Mel [B, T, M] and the number of real frames [B] → logits [B, ceil(T / 2) · per_step, classes]."""

    def __init__(self, bands: int, classes: int, per_step: int, config: NetworkConfig):
        super().__init__()
        self.classes, self.per_step = classes, per_step
        self.front = nn.Conv1d(bands, config.dim, 6, stride=2, padding=2)
        self.blocks = nn.ModuleList(DilatedBlock(config.dim, dilation, config.dropout) for dilation in config.dilations)
        self.head = nn.Conv1d(config.dim, classes * per_step, 1)
        self.register_buffer("deviation", torch.ones(bands))  # of the training data around each utterance's own mean

    def forward(self, mel: Tensor, frames: Tensor) -> Tensor:
        x = (mel / self.deviation).transpose(1, 2)
        x = F.pad(x, (0, x.shape[-1] % 2))
        steps = x.shape[-1] // 2
        mask = (torch.arange(steps, device=x.device) < (frames[:, None] + 1) // 2)[:, None].to(x.dtype)
        x = F.relu(self.front(x))
        for block in self.blocks:
            x = block(x, mask)
        logits = self.head(x).view(len(x), self.per_step, self.classes, steps)
        return logits.permute(0, 3, 1, 2).reshape(len(x), steps * self.per_step, self.classes)


class ShortSighted(nn.Module):
    """Mel [B, T, M] → logits [B, T, classes] from no more than `context` frames around each."""

    def __init__(self, bands: int, classes: int, dim: int = 128, context: int = 5):
        super().__init__()
        self.layers = nn.Sequential(nn.Conv1d(bands, dim, context, padding=context // 2), nn.ReLU(),
                                    nn.Conv1d(dim, dim, 1), nn.ReLU(), nn.Conv1d(dim, classes, 1))

    def forward(self, mel: Tensor) -> Tensor:
        return self.layers(mel.transpose(1, 2)).transpose(1, 2)


def hide_patches(mel: Tensor, frames: Tensor, patches: int = 2, bands: int = 6, length: int = 12) -> Tensor:
    """SpecAugment: in every utterance set random stripes of bands and of frames to the mean (0). Park et al. 2019."""
    batch, total, count = mel.shape
    hidden = torch.zeros(batch, total, count, dtype=torch.bool)
    time, band = torch.arange(total), torch.arange(count)
    for _ in range(patches):
        width = torch.randint(0, bands + 1, (batch, 1))
        first = (torch.rand(batch, 1) * (count - width)).long()
        hidden |= ((band >= first) & (band < first + width))[:, None]
        width = torch.randint(0, length + 1, (batch, 1))
        first = (torch.rand(batch, 1) * (frames.cpu()[:, None] - width).clamp(min=1)).long()
        hidden |= ((time >= first) & (time < first + width))[:, :, None]
    return mel.masked_fill(hidden.to(mel.device), 0.0)
