"""The last step of a vocoder: make finished sound have the magnitudes that were meant.

A network at frame rate gets phases and envelopes right. What lies between frames it does not see: windows that overlap interfere, and noise comes and
goes by chance. Here magnitudes through the mel's own window are put together from what the network said, tonal sound and level of the noise,
fitted to the mel, and the sound is projected on waves that have them: Griffin & Lim's iteration in the fast form of Perraudin, Balazs & Søndergaard
(2013), from phases that are nearly right, so that a handful of rounds do what takes Griffin-Lim sixty.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tts.features.config import FeatureConfig
from tts.features.mel import SILENT_POWER, mel_filterbank
from tts.features.stft import Stft

FITTINGS = 4  # of magnitudes to the mel
LARGEST_CHANGE = 10.0  # of a band's level at once
MOMENTUM = 0.99  # of the fast form: how far beyond the last projection the next one starts
TINY = 1e-16  # of a power, so that silence has a phase


class Settling(nn.Module):
    """`rounds` projections; each costs a Fourier transform and its inverse."""

    def __init__(self, features: FeatureConfig, own: Stft, rounds: int):
        super().__init__()
        self.stft, self.floor, self.rounds = Stft(features), features.log_floor, rounds
        filterbank = mel_filterbank(features)
        self.register_buffer("filterbank", filterbank, persistent=False)  # [F, M]
        self.register_buffer("spread", (filterbank / filterbank.sum(1, keepdim=True).clamp(min=1e-8)).T.contiguous(), persistent=False)
        # From powers of the network's shorter window to powers of this one, of sound whose spectrum is smooth: bins between others, and a longer window.
        places = torch.linspace(0, own.window_samples // 2, len(filterbank))
        near = (places[:, None] - torch.arange(own.window_samples // 2 + 1)).abs()
        longer = self.stft.window.square().sum() / own.window.square().sum()
        self.register_buffer("lengthen", ((1 - near).clamp(min=0) * longer).T.contiguous(), persistent=False)

    @property
    def reach(self) -> int:
        """Frames, to either side, of unsettled sound on which a settled frame depends."""
        return 2 * -(-self.stft.margin // self.stft.hop) * self.rounds

    def magnitudes(self, tonal: Tensor, noise_power: Tensor | None, mel: Tensor) -> Tensor:
        """Magnitudes [B, T, F] with about the log-mel [B, T, M] that was asked for: of `tonal` sound [B, T·hop] and even noise whose power [B, T, G],
        through the network's window, is added; None adds nothing."""
        spectrum = self.stft(tonal)
        power = spectrum.real.square() + spectrum.imag.square() + SILENT_POWER
        if noise_power is not None:
            power = power + noise_power @ self.lengthen
        return self.fit(power.sqrt(), mel)

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


@torch.no_grad()
def project(stft: Stft, wave: Tensor, magnitude: Tensor, rounds: int, momentum: float, frame_mask: Tensor | None = None) -> Tensor:
    """Fast Griffin-Lim from the phases of `wave` [B, T·hop] towards `magnitude` [B, T, F]; `momentum` 0 is the plain one. Large intermediate values are
    written over, as to allocate them anew takes longer than to compute them."""
    if frame_mask is not None:
        magnitude = magnitude * frame_mask[..., None]
        heard = frame_mask.repeat_interleave(stft.hop, 1)
    envelope = stft.envelope(magnitude.shape[1], frame_mask)
    previous = squares = power = None
    for _ in range(rounds):
        projected = stft(wave)
        ahead = projected.clone() if previous is None else previous
        parts = torch.view_as_real(ahead)  # complex numbers as pairs: what is done to them takes a fraction of the time
        if previous is not None:
            parts.lerp_(torch.view_as_real(projected), 1 + momentum)
        previous = projected
        squares = torch.mul(parts, parts, out=squares)
        power = torch.add(squares[..., 0], squares[..., 1], out=power)
        wave = stft.inverse(ahead.mul_(power.add_(TINY).rsqrt_().mul_(magnitude)), frame_mask, envelope)
        if frame_mask is not None:
            wave = wave.mul_(heard)
    return wave
