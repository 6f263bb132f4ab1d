"""The last step of a vocoder: make finished sound have the magnitudes that were meant.

A network at frame rate gets phases and envelopes right. What lies between frames it does not see: windows that overlap interfere, and noise comes and
goes by chance. Here magnitudes through the mel's own window are put together from what the network said, tonal sound and level of the noise,
fitted to the mel, and the sound is projected on waves that have them (projection.py), from phases that are nearly right, so that a handful of rounds
do what takes Griffin-Lim sixty.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.features.config import FeatureConfig
from tts.features.mel import SILENT_POWER, mel_filterbank
from tts.features.stft import Stft
from tts.vocoder.projection import BLOCK_FRAMES, MOMENTUM, project

FITTINGS = 4  # of magnitudes to the mel
LARGEST_CHANGE = 10.0  # of a band's level at once


class Settling(nn.Module):
    """`rounds` projections; each costs a Fourier transform and its inverse."""

    def __init__(self, features: FeatureConfig, own: Stft, rounds: int):
        super().__init__()
        self.stft, self.floor, self.rounds = Stft(features), features.log_floor, rounds
        filterbank = mel_filterbank(features)
        self.register_buffer("filterbank", filterbank, persistent=False)  # [F, M]
        self.register_buffer("spread", (filterbank / filterbank.sum(1, keepdim=True).clamp(min=1e-8)).T.contiguous(), persistent=False)
        self.longer = float(self.stft.window.square().sum() / own.window.square().sum())

    @property
    def reach(self) -> int:
        """Frames, to either side, of unsettled sound on which a settled frame depends."""
        return 2 * -(-self.stft.margin // self.stft.hop) * self.rounds

    def magnitudes(self, tonal: Tensor, noise_power: Tensor | None, mel: Tensor) -> Tensor:
        """Magnitudes [B, T, F] with about the log-mel [B, T, M] that was asked for: of `tonal` sound [B, T·hop] and even noise whose power [B, T, G],
        through the network's window, is added; None adds nothing."""
        padded, hop, blocks = functional.pad(tonal, (self.stft.margin, self.stft.margin)), self.stft.hop, []
        for begin in range(0, mel.shape[1], BLOCK_FRAMES):
            end = min(begin + BLOCK_FRAMES, mel.shape[1])
            spectrum = self.stft.of_padded(padded[:, begin * hop : end * hop + 2 * self.stft.margin])
            squares = torch.view_as_real(spectrum).square()
            power = squares[..., 0] + squares[..., 1] + SILENT_POWER
            if noise_power is not None:
                power = power + self.lengthened(noise_power[:, begin:end])
            blocks.append(self.fit(power.sqrt(), mel[:, begin:end]))
        return torch.cat(blocks, 1)

    def lengthened(self, power: Tensor) -> Tensor:
        """From powers [B, T, G] through the network's shorter window to powers [B, T, F] through this one, of sound whose spectrum is smooth: bins
        between others, and a longer window."""
        return functional.interpolate(power, size=self.stft.window_samples // 2 + 1, mode="linear", align_corners=True) * self.longer

    def fit(self, magnitude: Tensor, mel: Tensor) -> Tensor:
        """Multiply magnitudes [B, T, F] until their mel is `mel`, or nearly."""
        target = mel.float().exp()
        for _ in range(FITTINGS):
            change = target / (magnitude @ self.filterbank).clamp(min=self.floor)
            magnitude = magnitude * (change.clamp(1 / LARGEST_CHANGE, LARGEST_CHANGE) @ self.spread)
        return magnitude

    def forward(self, wave: Tensor, magnitude: Tensor, frame_mask: Tensor | None = None) -> Tensor:
        """`wave` [B, T·hop] with magnitudes as near to those given as waves can have; what `frame_mask` [B, T] calls padding stays silent."""
        return project(self.stft, wave, magnitude, self.rounds, MOMENTUM, frame_mask)

