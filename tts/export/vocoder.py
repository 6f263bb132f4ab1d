"""The neural vocoder in real numbers: what ONNX can say. Complex numbers become pairs, and Fourier transforms convolutions with a kernel per
frequency, which also cut the wave into frames and lay frames over each other. The same samples as `Generator`, to rounding."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.features.mel import SILENT_POWER
from tts.features.stft import Stft
from tts.vocoder.excitation import NOISE_FRAMES, frame_cycles, pulses
from tts.vocoder.generator import LARGEST_LOG, Generator, mix
from tts.vocoder.projection import MOMENTUM, TINY
from tts.vocoder.settling import Settling


class RealStft(nn.Module):
    """Wave [B, N] ↔ (real, imaginary) parts, each [B, T, F], as `Stft`."""

    def __init__(self, stft: Stft):
        super().__init__()
        size, window = stft.window_samples, stft.window.double()
        self.hop, self.margin = stft.hop, stft.margin
        # One revolution is `size` steps: reducing the product first keeps every angle exact.
        steps = torch.arange(size // 2 + 1)[:, None] * torch.arange(size) % size
        angle = steps.double() * (2 * torch.pi / size)
        forward = torch.cat([angle.cos(), -angle.sin()]) * window
        twice = torch.full((size // 2 + 1, 1), 2.0, dtype=torch.float64)  # frequencies below 0 are those above, mirrored
        twice[0] = twice[-1] = 1
        self.register_buffer("forward_kernel", forward[:, None].float())
        self.register_buffer("inverse_kernel", (torch.cat([twice * angle.cos(), -twice * angle.sin()]) * window / size)[:, None].float())
        self.register_buffer("squares", window.square()[None, None].float())

    def forward(self, wave: Tensor) -> tuple[Tensor, Tensor]:
        padded = functional.pad(wave, (self.margin, self.margin))[:, None]
        return functional.conv1d(padded, self.forward_kernel, stride=self.hop).transpose(1, 2).chunk(2, 2)

    def inverse(self, real: Tensor, imaginary: Tensor) -> Tensor:
        frames = torch.cat([real, imaginary], 2).transpose(1, 2)
        wave = functional.conv_transpose1d(frames, self.inverse_kernel, stride=self.hop)
        envelope = functional.conv_transpose1d(torch.ones_like(frames[:, :1]), self.squares, stride=self.hop)
        end = self.margin + real.shape[1] * self.hop
        return (wave / envelope.clamp(min=1e-8))[:, 0, self.margin : end]


class RealSettling(nn.Module):
    """As `Settling`."""

    def __init__(self, settling: Settling):
        super().__init__()
        self.stft, self.settling = RealStft(settling.stft), settling

    def forward(self, wave: Tensor, tonal: Tensor, noise_power: Tensor | None, mel: Tensor) -> Tensor:
        real, imaginary = self.stft(tonal)
        power = real.square() + imaginary.square() + SILENT_POWER
        if noise_power is not None:
            power = power + self.settling.lengthened(noise_power)
        magnitude, previous = self.settling.fit(power.sqrt(), mel), None
        for _ in range(self.settling.rounds):
            projected = torch.cat(self.stft(wave), 0)
            ahead = projected if previous is None else torch.lerp(previous, projected, 1 + MOMENTUM)
            previous = projected
            wave = self.stft.inverse(*(ahead * ((ahead.square().sum(0, keepdim=True) + TINY).rsqrt() * magnitude)).chunk(2, 0))
        return wave


class RealGenerator(nn.Module):
    """Log-mel [1, T, M] → wave [1, T·hop]."""

    def __init__(self, generator: Generator):
        super().__init__()
        self.generator, self.stft = generator, RealStft(generator.stft)
        self.settling = RealSettling(generator.settling) if generator.settling.rounds else None

    def forward(self, mel: Tensor) -> Tensor:
        generator = self.generator
        mask = torch.ones_like(mel[..., 0], dtype=torch.bool)
        seen, envelope = generator.normalise(mel), mel @ generator.spread + generator.shift
        if generator.harmonic:
            pitch = generator.pitch(seen, mask)
            height = torch.log2(pitch.f0_hz / 150.0).float()
            seen = torch.cat([seen, torch.stack([height, pitch.voicing.sigmoid()], -1)], -1)
        out = generator.leave(generator.stack(generator.enter(seen), mask))
        if not generator.harmonic:
            loudness, phase = out.chunk(2, -1)
            amplitude = (loudness + envelope).clamp(max=LARGEST_LOG).exp()
            wave = tonal = self.stft.inverse(amplitude * phase.cos(), amplitude * phase.sin())
            noise_power = None
        else:
            harmonic, noise, phase = out.chunk(3, -1)
            amplitude, loudness = mix(harmonic + envelope, noise + envelope, pitch.voicing)
            cosine, sine = amplitude * phase.cos(), amplitude * phase.sin()
            real, imaginary = self.stft(self._pulses(pitch))
            hiss = generator.noise[torch.arange(mel.shape[1], device=mel.device) % NOISE_FRAMES][None]
            tonal = self.stft.inverse(cosine * real - sine * imaginary, cosine * imaginary + sine * real)
            wave, noise_power = tonal + self.stft.inverse(loudness * hiss[..., 0], loudness * hiss[..., 1]), loudness.square()
        return wave if self.settling is None else self.settling(wave, tonal, noise_power, mel)

    def _pulses(self, pitch) -> Tensor:
        features = self.generator.features
        cycles = frame_cycles(pitch.f0_hz, pitch.voicing > 0, features.frame_seconds)
        return pulses(pitch.f0_hz.float(), cycles, features.sample_rate, features.hop_samples) * self.generator.excitation_scale
