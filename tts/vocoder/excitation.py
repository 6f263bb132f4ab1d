"""What a voice is made of before the mouth shapes it: pulses at F0, and noise.

The phase of the pulses is the integral of F0, known in closed form at every sample, so it runs on unbroken through frames, and through
chunks when the phase at a chunk's border is handed on. It starts anew wherever voicing does, so no rounding error outlives a voiced
stretch. Both kinds have a flat spectrum of the same power: whatever envelope they are given is what is heard.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from tts.features.stft import Stft

NOISE_FRAMES = 256  # then the noise comes again: some seconds, too long to be noticed
NOISE_SEED = 2
HIGHEST_HARMONIC = 0.97  # as a share of half the sample rate


@dataclass(frozen=True)
class Anchor:
    """The phase, in cycles, at the middle of one frame: where a chunk goes on."""

    frame: int
    cycles: float


def frame_cycles(f0_hz: Tensor, voiced: Tensor, frame_seconds: float, anchor: Anchor | None = None) -> Tensor:
    """Cycles [B, T] (float64) done at the middle of each frame, since voicing last began or since the start; F0 [B, T] goes on through
    unvoiced frames. With an anchor, frames before it mean nothing."""
    f0 = f0_hz.double()
    total = torch.zeros_like(f0)
    total[:, 1:] = ((f0[:, 1:] + f0[:, :-1]) * (0.5 * frame_seconds)).cumsum(1)
    onset = torch.zeros_like(voiced)
    onset[:, 1:] = voiced[:, 1:] & ~voiced[:, :-1]
    first = torch.zeros_like(total[:, :1])
    if anchor is not None:
        onset[:, : anchor.frame + 1] = False
        first = total[:, anchor.frame : anchor.frame + 1] - anchor.cycles
    # `total` only grows, so the largest value at an onset so far is that of the latest one.
    return total - torch.where(onset, total, first).cummax(1).values


def pulses(f0_hz: Tensor, cycles: Tensor, sample_rate: int, hop: int) -> Tensor:
    """The wave [B, T·hop]: all harmonics of F0 [B, T] below half the rate, equally strong, unit power. F0 is linear between frames."""
    before = torch.cat([f0_hz[:, :1], f0_hz[:, :-1]], 1)
    after = torch.cat([f0_hz[:, 1:], f0_hz[:, -1:]], 1)
    at = (torch.arange(hop, device=f0_hz.device, dtype=f0_hz.dtype) + 0.5) / hop - 0.5  # hops from the frame's middle
    rise = torch.where(at < 0, (f0_hz - before)[..., None], (after - f0_hz)[..., None])
    turns = f0_hz[..., None] * at + 0.5 * rise * at.square()
    phase = (cycles % 1).to(f0_hz.dtype)[..., None] + turns * (hop / sample_rate)
    phase = phase - phase.round()  # [B, T, hop], -½ to ½: near 0 stands the pulse
    count = (0.5 * HIGHEST_HARMONIC * sample_rate / f0_hz).floor().clamp(min=1)[..., None]
    # Σ cos(2πkφ), k = 1 … K, in closed form (Dirichlet's kernel)
    below = torch.sin(torch.pi * phase)
    tiny = below.abs() < 1e-4
    kernel = torch.sin((2 * count + 1) * torch.pi * phase) / torch.where(tiny, torch.ones_like(below), below)
    wave = 0.5 * (torch.where(tiny, 2 * count + 1, kernel) - 1) * (2 / count).sqrt()
    return wave.flatten(1)


def noise_spectrum(stft: Stft) -> Tensor:
    """The spectrum [NOISE_FRAMES, F] (complex) of white noise of unit power that repeats without a seam."""
    generator = torch.Generator().manual_seed(NOISE_SEED)
    noise = torch.randn(1, NOISE_FRAMES * stft.hop, generator=generator)
    margin = -(-stft.margin // stft.hop) * stft.hop
    around = torch.cat([noise[:, -margin:], noise, noise[:, :margin]], 1) if margin else noise
    skip = margin // stft.hop
    return stft(around)[0, skip : skip + NOISE_FRAMES]
