"""Steps of a normalising flow over sequences (Kingma and Dhariwal 2018, Miao et al. 2020): each is a bijection whose log-determinant
is exact, and padding never changes what is real.

    x ── ActNorm ── Rotation ──┬── a ─────────────────────────┬── y      a, b: halves of the channels
                               │    └→ gated convolutions ─→ s, t
                               └── b ──────→ b · exp(s) + t ──┘

The 1×1 convolution is a rotation: its log-determinant is 0, its inverse its transpose, and an error is never made larger, which keeps
a dozen steps invertible to the last digits of float32; ActNorm and the couplings do the scaling.
Inside, tensors are channel first [B, C, T]; the mask [B, 1, T] is 1 where real.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tts.models.layers.convolution import ChannelNorm, GatedBlock

MOST_LOG_SCALE = 2.0  # of one coupling, either way


def squeeze(x: Tensor) -> Tensor:
    """Two neighbouring time steps become one: x [B, T, C] with T even → [B, 2C, T/2]."""
    return x.reshape(x.shape[0], x.shape[1] // 2, 2 * x.shape[2]).transpose(1, 2)


def unsqueeze(x: Tensor) -> Tensor:
    """What `squeeze` was given: [B, 2C, T/2] → [B, T, C]."""
    return x.transpose(1, 2).reshape(x.shape[0], 2 * x.shape[2], x.shape[1] // 2)


def bounded(raw: Tensor, most: float) -> Tensor:
    """The log of a scale, softly kept within ±`most`."""
    return most * torch.tanh(raw / most)


class ActNorm(nn.Module):
    """A scale and a shift per channel; `start` sets them so that what it is given leaves with mean 0 and deviation 1."""

    def __init__(self, channels: int):
        super().__init__()
        self.shift = nn.Parameter(torch.zeros(channels, 1))
        self.log_scale = nn.Parameter(torch.zeros(channels, 1))

    @torch.no_grad()
    def start(self, x: Tensor, mask: Tensor) -> None:
        real = x.transpose(1, 2)[mask[:, 0] > 0].double()
        self.shift.copy_(-real.mean(0)[:, None])
        self.log_scale.copy_(-torch.log(real.std(0, correction=0).clamp(min=1e-2))[:, None])

    def forward(self, x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(y, log-determinant per utterance [B])."""
        return (x + self.shift) * self.log_scale.exp() * mask, self.log_scale.sum() * mask.sum((1, 2))

    def inverse(self, y: Tensor, mask: Tensor) -> Tensor:
        return (y * torch.exp(-self.log_scale) - self.shift) * mask


class Rotation(nn.Module):
    """An invertible 1×1 convolution: an orthogonal matrix (Cayley's form of a skew-symmetric one) over all channels, or, in `groups`, over
    every group of channels that lie `groups` apart."""

    def __init__(self, channels: int, groups: int = 1):
        super().__init__()
        size = channels // groups
        self.groups = groups
        self.skew = nn.Parameter(torch.randn(groups, size, size) / (2 * size) ** 0.5)
        self._kept: tuple | None = None

    def matrix(self) -> Tensor:
        """[groups, size, size]; worked out once where nothing learns."""
        if torch.is_grad_enabled():
            return self._matrix()
        of = (self.skew.data_ptr(), self.skew._version, self.skew.dtype, self.skew.device)
        if self._kept is None or self._kept[0] != of:
            self._kept = (of, self._matrix())
        return self._kept[1]

    def _matrix(self) -> Tensor:
        skew = self.skew - self.skew.transpose(1, 2)
        one = torch.eye(skew.shape[1], dtype=skew.dtype, device=skew.device)
        return torch.linalg.solve(one + skew, one - skew)

    def forward(self, x: Tensor) -> Tensor:
        return self._turn(self.matrix(), x)

    def inverse(self, y: Tensor) -> Tensor:
        return self._turn(self.matrix().transpose(1, 2), y)

    def _turn(self, matrix: Tensor, x: Tensor) -> Tensor:
        if self.groups == 1:
            return torch.matmul(matrix, x)
        apart = x.view(x.shape[0], -1, self.groups, x.shape[2])  # [B, size, groups, T]
        return torch.einsum("gij,bjgt->bigt", matrix, apart).reshape(x.shape)


class Coupling(nn.Module):
    """Half of the channels pass; with the conditions [B, D, T] and the voice [B, V] they say how the other half is scaled and shifted."""

    def __init__(self, channels: int, dim: int, layers: int, kernel: int, dropout: float, voice_dim: int):
        super().__init__()
        self.half = channels // 2
        self.enter = nn.Conv1d(self.half, dim, 1)
        self.conditions = nn.Conv1d(dim, dim, 1)
        self.blocks = nn.ModuleList(GatedBlock(dim, kernel, 2 ** layer, dropout, voice_dim) for layer in range(layers))
        self.norm = ChannelNorm(dim)
        self.leave = nn.Conv1d(dim, 2 * self.half, 1)
        nn.init.zeros_(self.leave.weight)  # starts as the identity
        nn.init.zeros_(self.leave.bias)

    def forward(self, x: Tensor, mask: Tensor, conditions: Tensor, voice: Tensor) -> tuple[Tensor, Tensor]:
        """(y, log-determinant per utterance [B])."""
        kept, changed = x.split(self.half, dim=1)
        log_scale, shift = self._scale_and_shift(kept, mask, conditions, voice)
        return torch.cat([kept, (changed * log_scale.exp() + shift) * mask], dim=1), (log_scale * mask).sum((1, 2))

    def inverse(self, y: Tensor, mask: Tensor, conditions: Tensor, voice: Tensor) -> Tensor:
        kept, changed = y.split(self.half, dim=1)
        log_scale, shift = self._scale_and_shift(kept, mask, conditions, voice)
        return torch.cat([kept, (changed - shift) * torch.exp(-log_scale) * mask], dim=1)

    def _scale_and_shift(self, kept: Tensor, mask: Tensor, conditions: Tensor, voice: Tensor) -> tuple[Tensor, Tensor]:
        x = (self.enter(kept) + self.conditions(conditions)) * mask
        for block in self.blocks:
            x = block(x, mask, voice)
        raw, shift = self.leave(self.norm(x)).to(kept.dtype).chunk(2, dim=1)
        return bounded(raw, MOST_LOG_SCALE), shift


class FlowStep(nn.Module):
    """ActNorm, rotation, coupling: x [B, C, T] ↔ y [B, C, T]. Its arithmetic keeps the precision of x, whatever autocast does to the
    convolutions within."""

    def __init__(self, channels: int, groups: int, dim: int, layers: int, kernel: int, dropout: float, voice_dim: int):
        super().__init__()
        self.norm = ActNorm(channels)
        self.rotation = Rotation(channels, groups)
        self.coupling = Coupling(channels, dim, layers, kernel, dropout, voice_dim)

    def forward(self, x: Tensor, mask: Tensor, conditions: Tensor, voice: Tensor) -> tuple[Tensor, Tensor]:
        """(y, log-determinant per utterance [B])."""
        with torch.autocast(x.device.type, enabled=False):
            x, of_norm = self.norm(x, mask)
            x = self.rotation(x)
        y, of_coupling = self.coupling(x, mask, conditions, voice)
        return y, of_norm + of_coupling

    def inverse(self, y: Tensor, mask: Tensor, conditions: Tensor, voice: Tensor) -> Tensor:
        x = self.coupling.inverse(y, mask, conditions, voice)
        with torch.autocast(x.device.type, enabled=False):
            return self.norm.inverse(self.rotation.inverse(x), mask)
