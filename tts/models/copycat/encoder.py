"""CopyCat's reference encoder (Karlapati et al. 2020): convolutions that each lose what is stationary (instance norm), a recurrent layer,
and a bottleneck in time.

    forward half of a latent     kept at the last frame of each block of τ     · · · f   · · · f
    backward half                kept at the first                              b · · ·   b · · ·
    both spread over the block                                                  fb→→→→    fb→→→→
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.models.layers.gaussian import gaussian_layer
from tts.models.layers.recurrent import BiGru


class FrameEncoder(nn.Module):
    """what is heard [B, T, ·], phone encodings at frame rate [B, T, D], voice [B, V] → parameters [B, T, 2Z] of a Gaussian per frame."""

    def __init__(self, heard_dim: int, encoding_dim: int, voice_dim: int, latent_dim: int, dim: int, layers: int, recurrent_dim: int,
                 kernel: int, dropout: float):
        super().__init__()
        self.enter = nn.Linear(heard_dim + encoding_dim + voice_dim, dim)
        self.layers = nn.ModuleList(nn.Conv1d(dim, dim, kernel, padding=kernel // 2) for _ in range(layers))
        self.dropout = nn.Dropout(dropout)
        self.recurrent = BiGru(dim, recurrent_dim)
        self.leave = gaussian_layer(2 * recurrent_dim, latent_dim)

    def forward(self, heard: Tensor, encodings: Tensor, voice: Tensor, frame_mask: Tensor) -> Tensor:
        x = self.enter(torch.cat([heard, encodings, voice[:, None].expand(-1, heard.shape[1], -1)], dim=2)).transpose(1, 2)
        mask = frame_mask[:, None].to(x.dtype)
        for layer in self.layers:
            x = self.dropout(functional.relu(instance_norm(layer(x * mask), mask)))
        return self.leave(self.recurrent((x * mask).transpose(1, 2), frame_mask))


def instance_norm(x: Tensor, mask: Tensor) -> Tensor:
    """x [B, D, T] with mean 0 and deviation 1 over each utterance's own frames, channel by channel; mask [B, 1, T]."""
    count = mask.sum(2, keepdim=True).clamp(min=1)
    mean = (x * mask).sum(2, keepdim=True) / count
    variance = ((x - mean).square() * mask).sum(2, keepdim=True) / count
    return (x - mean) * torch.rsqrt(variance + 1e-5) * mask


def bottleneck(latent: Tensor, frame_mask: Tensor, block: int) -> Tensor:
    """latent [B, T, Z] → [B, T, Z]: of every block of `block` frames the forward half's last and the backward half's first state, spread
    over it. The last block of an utterance ends with the utterance, wherever the padding ends."""
    lengths = frame_mask.sum(1)  # [B]
    at = torch.arange(latent.shape[1], device=latent.device)
    first = (at // block * block).expand(len(latent), -1)
    last = torch.minimum(first + block - 1, lengths[:, None] - 1).clamp(min=0)
    forward, backward = latent.chunk(2, dim=2)
    spread = [half.gather(1, place[..., None].expand(-1, -1, half.shape[2])) for half, place in ((forward, last), (backward, first))]
    return torch.cat(spread, dim=2) * frame_mask[..., None]


def kept_frames(frame_mask: Tensor, block: int) -> tuple[Tensor, Tensor]:
    """Masks [B, T] of the frames whose forward half, and whose backward half, passes the bottleneck."""
    lengths = frame_mask.sum(1)
    at = torch.arange(frame_mask.shape[1], device=frame_mask.device).expand_as(frame_mask)
    backward = (at % block == 0) & frame_mask
    forward = ((at % block == block - 1) | (at == lengths[:, None] - 1)) & frame_mask
    return forward, backward
