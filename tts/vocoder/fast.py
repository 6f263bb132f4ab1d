"""The same generator, faster: which kind of number its convolutions use on the machine at hand.

    float32    everywhere
    int8       gated convolutions multiply 8-bit integers, of which a processor with VNNI does four times as many; norms, pitch, the last layer and
               transforms stay as they are. Each channel of a convolution's input has a step of its own, from the largest value that it took on
               speech (`measure_peaks`, after training), each output a step for its weights. The difference to float32 is some -40 dB of the sound
               and some -47 dB of its magnitudes (benchmarks/vocoder.py measures it); the last layer decides levels and phases, and would add more.

16-bit floating point is slower than float32 on processors that have VNNI and no AMX, and needs no other path where integers are there; torch.compile takes
a minute and makes the whole a tenth faster (benchmarks/vocoder.py --compile): nothing here uses either. The choice follows from what the processor can
do, not from a race, so that a machine always speaks the same samples.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.models.layers.convolution import ChannelNorm, GatedBlock, GatedStack

if TYPE_CHECKING:
    from tts.vocoder.generator import Generator

PATHS = ("float32", "int8")
LARGEST = 127  # of an 8-bit integer, either way
LEAST_PEAK = 1e-4  # of a channel that says nothing
TINY = 1e-12  # step of weights that are all 0


class IntegerLinear(nn.Module):
    """Normalised states [N, K], integers → [N, J] of a linear layer with weights [J, K] and a bias; `peaks` [K] are the largest values that states have."""

    def __init__(self, weight: Tensor, bias: Tensor, peaks: Tensor):
        super().__init__()
        scaled = weight * peaks / LARGEST
        self.scale = (scaled.abs().amax(1) / LARGEST).clamp(min=TINY)
        self.weight = (scaled / self.scale[:, None]).round().to(torch.int8).T.contiguous()
        self.bias = bias.detach()

    def forward(self, states: Tensor) -> Tensor:
        return torch.addcmul(self.bias, torch._int_mm(states, self.weight).float(), self.scale)


class IntegerNorm(nn.Module):
    """States [B, T, D] → normalised (ChannelNorm), as integers of which LARGEST stands for a channel's peak."""

    def __init__(self, norm: ChannelNorm, peaks: Tensor):
        super().__init__()
        self.gain = norm.gain[:, 0].detach() * LARGEST / peaks

    def forward(self, states: Tensor) -> Tensor:
        scaled = states * torch.rsqrt(states.square().mean(-1, keepdim=True) + 1e-5) * self.gain
        return scaled.round_().clamp_(-LARGEST, LARGEST).to(torch.int8)


class IntegerBlock(nn.Module):
    """GatedBlock: a convolution as one product of matrices, whose rows are the frames that it sees."""

    def __init__(self, block: GatedBlock, peaks: Tensor):
        super().__init__()
        self.norm, conv = IntegerNorm(block.norm, peaks), block.conv
        self.kernel, self.dilation = conv.kernel_size[0], conv.dilation[0]
        self.conv = IntegerLinear(conv.weight.detach().transpose(1, 2).flatten(1), conv.bias, peaks.repeat(self.kernel))

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        reach = self.dilation * (self.kernel // 2)
        padded = functional.pad(self.norm(states), (0, 0, reach, reach))  # zeros where the mask is: states are, and so is what is made of them
        frames = states.shape[1]
        seen = torch.cat([padded[:, tap * self.dilation : tap * self.dilation + frames] for tap in range(self.kernel)], -1)
        answer = self.conv(seen.flatten(0, 1)).view(*states.shape[:2], -1)
        return torch.addcmul(states, functional.glu(answer, -1), mask)


class IntegerStack(nn.Module):
    """A GatedStack: states [B, T, D], mask [B, T] → [B, T, D]; `peaks` [layers, D] of what its convolutions are given."""

    def __init__(self, stack: GatedStack, peaks: Tensor):
        super().__init__()
        self.blocks = nn.ModuleList(IntegerBlock(block, of) for block, of in zip(stack.blocks, peaks))
        self.norm = stack.norm

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        mask = mask[..., None].to(states.dtype)
        states = states * mask
        for block in self.blocks:
            states = block(states, mask)
        return self.norm(states.transpose(1, 2)).transpose(1, 2)


def best_path(generator: Generator) -> str:
    """int8 on a CPU with VNNI, if the generator's peaks are known."""
    fit = generator.device.type == "cpu" and getattr(torch.cpu, "_is_vnni_supported", lambda: False)()
    return "int8" if fit and bool(generator.peaks.all()) else "float32"


def use_path(generator: Generator, path: str) -> None:
    """Let `generator`, whose weights are final, speak by a path."""
    if path == "int8" and not generator.peaks.all():
        raise ValueError(f"{generator.name}: its peaks are not known; measure them on speech first (measure_peaks)")
    generator.integers = [IntegerStack(generator.stack, generator.peaks).eval()] if path == "int8" else []


@torch.inference_mode()
def measure_peaks(generator: Generator, mels: Iterable[tuple[Tensor, Tensor]]) -> None:
    """Note, with the weights of `generator`, the largest values of its convolutions' inputs on speech: log-mels [B, T, M] and masks [B, T]."""
    peaks = torch.zeros_like(generator.peaks)
    norms = [block.norm for block in generator.stack.blocks]

    def note(norm: ChannelNorm, _, made: Tensor) -> None:
        row = peaks[norms.index(norm)]
        row.copy_(torch.maximum(row, made.abs().amax((0, 2))))

    watching = [norm.register_forward_hook(note) for norm in norms]
    try:
        for mel, mask in mels:
            generator.shaped(mel, mask, generator.pitch(generator.normalise(mel), mask) if generator.harmonic else None)
    finally:
        for hook in watching:
            hook.remove()
    generator.peaks.copy_(peaks.clamp(min=LEAST_PEAK))
