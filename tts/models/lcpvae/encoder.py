"""The primary encoder of LCPVAE: a recording and its style → one Gaussian per utterance. It is told neither the speaker nor the language:
the decoder knows both, so a latent need not carry them."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.models.layers.convolution import GatedStack
from tts.models.layers.gaussian import Gaussian


class StyleEncoder(nn.Module):
    """frames [B, T, ·], frame_mask [B, T], style [B] → Gaussian [B, Z]. `styles` 0: it is not told the style."""

    def __init__(self, enter_dim: int, styles: int, latent_dim: int, dim: int, layers: int, kernel: int, dropout: float,
                 first_log_variance: float):
        super().__init__()
        self.styles = styles
        self.enter = nn.Linear(enter_dim + styles, dim)
        self.stack = GatedStack(dim, layers, kernel, dropout)
        self.leave = nn.Linear(2 * dim, 2 * latent_dim)
        nn.init.normal_(self.leave.weight, std=0.01)  # at first every utterance is as expected
        nn.init.zeros_(self.leave.bias)
        nn.init.constant_(self.leave.bias[latent_dim:], first_log_variance)

    def forward(self, frames: Tensor, frame_mask: Tensor, style: Tensor) -> Gaussian:
        if self.styles:
            told = functional.one_hot(style, self.styles).to(frames.dtype)
            frames = torch.cat([frames, told[:, None].expand(-1, frames.shape[1], -1)], dim=2)
        states = self.stack(self.enter(frames), frame_mask)
        return Gaussian.from_parameters(self.leave(mean_and_deviation(states, frame_mask)))


def mean_and_deviation(states: Tensor, mask: Tensor) -> Tensor:
    """states [B, T, D], mask [B, T] → [B, 2D]: over each utterance's own frames."""
    weight = mask[..., None].to(states.dtype)
    count = weight.sum(1).clamp(min=1)
    mean = (states * weight).sum(1) / count
    variance = ((states - mean[:, None]).square() * weight).sum(1) / count
    return torch.cat([mean, (variance + 1e-5).sqrt()], dim=1)
