"""What a voice is made of before the mouth shapes it: pulses at F0, and noise.

The phase of the pulses is the integral of F0, known in closed form at every sample, so it runs on unbroken through frames, and through
chunks when the phase at a chunk's border is handed on. It starts anew wherever voicing does, so no rounding error outlives a voiced
stretch. Both kinds have a flat spectrum of the same power: whatever envelope they are given is what is heard.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from tts.features.config import FeatureConfig
from tts.features.stft import Stft

NOISE_FRAMES = 256  # then the noise comes again: some seconds, too long to be noticed
NOISE_SEED = 2
EVENING_STEPS = 120
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
    total = functional.pad(((f0[:, 1:] + f0[:, :-1]) * (0.5 * frame_seconds)).cumsum(1), (1, 0))
    onset = voiced & ~torch.cat([torch.ones_like(voiced[:, :1]), voiced[:, :-1]], 1)
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


def noise_spectrum(stft: Stft, noise: Tensor) -> Tensor:
    """The spectrum [NOISE_FRAMES, F] (complex) of noise [NOISE_FRAMES·hop] that repeats without a seam."""
    margin = -(-stft.margin // stft.hop) * stft.hop
    around = torch.cat([noise[-margin:], noise, noise[:margin]]) if margin else noise
    skip = margin // stft.hop
    return stft(around[None])[0, skip : skip + NOISE_FRAMES]


def white_noise(hop: int) -> Tensor:
    """Normally distributed, of unit power [NOISE_FRAMES·hop]."""
    return torch.randn(NOISE_FRAMES * hop, generator=torch.Generator().manual_seed(NOISE_SEED))


@torch.enable_grad()
def even_noise(features: FeatureConfig) -> Tensor:
    """Noise of unit power [NOISE_FRAMES·hop] whose magnitudes, through the window of the mel, are as near to constant as a wave allows.

    White noise comes and goes in every band by chance. So did the noise that was recorded, and its mel shows how: under an envelope that was read
    off a mel white noise would come and go twice. Found by descent on the magnitudes' deviation, from white noise.
    """
    stft = Stft(dataclasses.replace(features, hop_samples=features.hop_samples // 2))
    scale = stft.window.square().sum().sqrt()
    noise = white_noise(features.hop_samples).requires_grad_()
    descent = torch.optim.Adam([noise])
    margin = stft.window_samples
    for step in range(EVENING_STEPS):
        descent.param_groups[0]["lr"] = 0.05 * (1 - step / EVENING_STEPS) + 1e-3
        spectrum = stft.of_padded(torch.cat([noise[-margin:], noise, noise[:margin]])[None]) / scale
        magnitude = (spectrum.real.square() + spectrum.imag.square() + 1e-6).sqrt()
        descent.zero_grad()
        (magnitude - 1).square().mean().backward()
        descent.step()
    noise = noise.detach()
    return noise / noise.square().mean().sqrt()
