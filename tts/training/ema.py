"""An exponential moving average of the weights: smoother than the last step, and what validation and release use."""

from __future__ import annotations

from contextlib import contextmanager

import torch
from torch import Tensor, nn


class Ema:
    """Holds the average of a module's floating-point parameters; its pace starts fast and settles at `decay`."""

    def __init__(self, module: nn.Module, decay: float):
        self.decay = decay
        self.average: dict[str, Tensor] = {name: p.detach().clone() for name, p in module.named_parameters()}

    @torch.no_grad()
    def update(self, module: nn.Module, step: int) -> None:
        decay = min(self.decay, (1 + step) / (10 + step))
        current = [p.detach() for p in module.parameters()]
        torch._foreach_lerp_(list(self.average.values()), current, 1 - decay)

    @contextmanager
    def applied(self, module: nn.Module):
        """The module carries the averaged weights inside the block and its own again after it."""
        own = {name: p.detach().clone() for name, p in module.named_parameters()}
        self._put(module, self.average)
        try:
            yield
        finally:
            self._put(module, own)

    @staticmethod
    @torch.no_grad()
    def _put(module: nn.Module, values: dict[str, Tensor]) -> None:
        for name, parameter in module.named_parameters():
            parameter.copy_(values[name])
