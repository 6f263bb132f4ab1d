"""The same generator, faster: which kind of number its convolutions use on the machine at hand.

    float32    everywhere
    bfloat16   convolutions and the last layer take and give 16-bit numbers; pitch, excitation and transforms stay as they are. Faster on
               CPUs that multiply tiles of them (AMX); on others, even those that have vector instructions for them (AVX-512 BF16), slower. The difference
               to float32 is some -45 dB of the sound and some -50 dB of its magnitudes (benchmarks/vocoder.py measures it).

torch.compile takes a minute and makes it a tenth faster (benchmarks/vocoder.py --compile), so nothing here uses it. The choice follows from what the
processor can do, not from a race, so that a machine always speaks the same samples.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from tts.vocoder.generator import Generator

PATHS = ("float32", "bfloat16")


class Sixteen(nn.Module):
    """A stack and the layer after it, in bfloat16: states [B, T, D], mask [B, T] → [B, T, ·], in float32."""

    def __init__(self, stack: nn.Module, leave: nn.Module):
        super().__init__()
        self.stack, self.leave = (copy.deepcopy(part).bfloat16() for part in (stack, leave))

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        return self.leave(self.stack(states.bfloat16(), mask)).float()


def best_path(device: torch.device) -> str:
    """bfloat16 on a CPU with AMX."""
    return "bfloat16" if device.type == "cpu" and getattr(torch.cpu, "_is_amx_tile_supported", lambda: False)() else "float32"


def use_path(generator: Generator, path: str) -> None:
    """Let `generator`, whose weights are final, speak by a path."""
    generator.sixteen = [Sixteen(generator.stack, generator.leave).eval()] if path == "bfloat16" else []
