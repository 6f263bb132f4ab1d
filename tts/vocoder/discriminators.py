"""What tells a generator's sound from a recording.

    BandDiscriminator     2-D convolutions over log magnitudes at one resolution (after UnivNet, Jang et al. 2021, and Vocos): hears blur, buzz
    PeriodDiscriminator   the wave folded at one period, convolved along every fold (HiFi-GAN, Kong et al. 2020): hears phase

Size `full` is about the usual one and wants a GPU; `light` has few channels and two periods, so that a CPU trains through it. All judge
overlapping stretches of sound; none looks at the mel, so one set serves any features.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import weight_norm

from tts.features.stft import Stft
from tts.features.config import FeatureConfig

SLOPE = 0.1  # of the leaky rectifiers
PERIODS = {"light": (3, 7), "full": (2, 3, 5, 7, 11)}  # samples; prime, so that they see different folds
PERIOD_CHANNELS = {"light": (8, 32, 64), "full": (32, 128, 512, 1024)}
BAND_CHANNELS = {"light": 16, "full": 32}
BAND_WINDOWS_MS = {"light": (20.0, 50.0), "full": (20.0, 40.0, 80.0)}


@dataclass(frozen=True)
class Judgement:
    """score [B, ·], larger is more like a recording; seen: every layer's features."""

    score: Tensor
    seen: list[Tensor]


class BandDiscriminator(nn.Module):
    """Waves [B, N] → Judgement of their log magnitudes."""

    def __init__(self, features: FeatureConfig, channels: int):
        super().__init__()
        self.stft = Stft(features)
        sizes = [1] + [channels] * 4
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(a, b, (3, 9 if i == 0 else 5), stride=(1, 4 if i == 0 else 2), padding=(1, 4 if i == 0 else 2)))
            for i, (a, b) in enumerate(zip(sizes, sizes[1:])))
        self.leave = weight_norm(nn.Conv2d(channels, 1, 3, padding=1))

    def forward(self, wave: Tensor) -> Judgement:
        spectrum = self.stft(wave)
        power = spectrum.real.square() + spectrum.imag.square()
        x = 0.25 * (power + 1e-8).log()[:, None] + 1
        return _through(self.layers, self.leave, x)


class PeriodDiscriminator(nn.Module):
    """Waves [B, N] → Judgement of their folds at `period` samples."""

    def __init__(self, period: int, channels: tuple[int, ...]):
        super().__init__()
        self.period = period
        sizes = (1, *channels)
        self.layers = nn.ModuleList(weight_norm(nn.Conv1d(a, b, 5, stride=3, padding=2)) for a, b in zip(sizes, sizes[1:]))
        self.leave = weight_norm(nn.Conv1d(channels[-1], 1, 3, padding=1))

    def forward(self, wave: Tensor) -> Judgement:
        wave = functional.pad(wave, (0, -wave.shape[1] % self.period))
        folded = wave.view(len(wave), -1, self.period).transpose(1, 2)  # [B, period, N / period]
        return _through(self.layers, self.leave, folded.reshape(-1, 1, folded.shape[2]))


def _through(layers: nn.ModuleList, leave: nn.Module, x: Tensor) -> Judgement:
    seen = []
    for layer in layers:
        x = functional.leaky_relu(layer(x), SLOPE)
        seen.append(x)
    return Judgement(leave(x).flatten(1), seen)


class Discriminators(nn.Module):
    """All of a size; waves [B, N] → a Judgement each."""

    def __init__(self, features: FeatureConfig, size: str):
        super().__init__()
        self.members = nn.ModuleList()
        for window_ms in BAND_WINDOWS_MS[size]:
            hop = round(window_ms / 4000 * features.sample_rate)
            own = FeatureConfig(features.sample_rate, hop, 4 * hop + hop % 2, mel_high_hz=features.sample_rate / 2)
            self.members.append(BandDiscriminator(own, BAND_CHANNELS[size]))
        self.members.extend(PeriodDiscriminator(period, PERIOD_CHANNELS[size]) for period in PERIODS[size])

    def forward(self, wave: Tensor) -> list[Judgement]:
        return [member(wave) for member in self.members]

    def learn(self, whether: bool) -> None:
        """With False gradients still pass through to the wave, and stop there."""
        for parameter in self.parameters():
            parameter.requires_grad_(whether)
