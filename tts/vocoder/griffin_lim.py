"""Griffin-Lim: a wave from a mel without any training, fit to judge an acoustic model by and to compare vocoders with.

Three steps, each chosen by measurement (benchmarks/griffin_lim.py):

    mel → magnitudes   multiplicative (Richardson-Lucy) updates, which keep magnitudes positive and reach the mel in a few steps;
                       the harmonics that broad mel bands have blurred are put back first (harmonics.py)
    first phases       every spectral peak goes on as a sinusoid from frame to frame (Beauregard, Harish & Wyse 2015)
    consistent phases  fast Griffin-Lim (Perraudin, Balazs & Søndergaard 2013): project on real waves, overshoot, put the
                       magnitudes back

Nothing is drawn at random and utterances never meet, so the same mel gives the same samples alone or in any batch.
"""

from __future__ import annotations

import numba
import numpy as np
import torch
from torch import Tensor

from tts.features.config import FeatureConfig
from tts.features.fingerprint import Fingerprint, fingerprint
from tts.features.mel import mel_filterbank
from tts.features.stft import Stft
from tts.threads import at_most_threads
from tts.vocoder.harmonics import comb_kernels, fundamental_hz, harmonic_shape
from tts.vocoder.projection import project
from tts.vocoder.vocoder import Vocoder

TINY = 1e-8


class GriffinLim(Vocoder):
    """More `iterations` sound cleaner and cost more; 0 keeps the first phases. `momentum` 0 is plain Griffin-Lim; above 1 it may
    not settle."""

    def __init__(self, config: FeatureConfig, iterations: int = 32, momentum: float = 0.99, magnitude_updates: int = 8):
        super().__init__()
        self.name = "Griffin-Lim"
        self.config, self.iterations, self.momentum, self.magnitude_updates = config, iterations, momentum, magnitude_updates
        self.fingerprint: Fingerprint = fingerprint(config)
        self.stft = Stft(config)
        filterbank = mel_filterbank(config)
        frequencies_hz = torch.linspace(0, config.sample_rate / 2, len(filterbank))
        self.register_buffer("filterbank", filterbank, persistent=False)  # [F, M]
        spread = (filterbank / (filterbank.sum(dim=1, keepdim=True) + TINY)).T.contiguous()
        self.register_buffer("spread", spread, persistent=False)  # [M, F] from bands back to bins; what reaches a bin sums to 1
        self.register_buffer("frequencies_hz", frequencies_hz, persistent=False)
        self.register_buffer("kernels", comb_kernels(frequencies_hz), persistent=False)
        self.lobe_hz = 2 * config.sample_rate / config.window_samples  # half the main lobe of a Hann window

    @torch.inference_mode()
    def forward(self, mel: Tensor, frame_mask: Tensor | None = None) -> Tensor:
        wave = mel.new_zeros(mel.shape[0], mel.shape[1] * self.config.hop_samples, dtype=torch.float32)
        with at_most_threads(1):  # transforms of one utterance are too small to share
            for b, item in enumerate(mel.float()):
                frames = len(item) if frame_mask is None else int(frame_mask[b].sum())
                if frames:
                    wave[b, : frames * self.config.hop_samples] = self._speak(item[:frames])
        return wave

    def magnitudes(self, mel: Tensor) -> Tensor:
        """Magnitudes [T, F] of which `mel` [T, M] is the mel spectrogram."""
        target = mel.exp()
        blurred = self.blurred_magnitudes(mel)
        f0_hz = fundamental_hz(blurred, self.kernels)
        shape = harmonic_shape(f0_hz, self.frequencies_hz, self.lobe_hz)
        return self._fit(blurred.mul_(shape), target, self.magnitude_updates)

    def blurred_magnitudes(self, mel: Tensor) -> Tensor:
        """Smooth magnitudes [T, F] with about that mel, whose fine structure is only what the bands resolve."""
        target = mel.exp()
        return self._fit((target / self.filterbank.sum(dim=0)) @ self.spread + TINY, target, self.magnitude_updates // 2)

    def _fit(self, magnitude: Tensor, target: Tensor, updates: int) -> Tensor:
        """Multiply magnitudes [T, F] until their mel is `target` [T, M]; what the mel does not decide stays as it is."""
        for _ in range(updates):
            magnitude = magnitude.mul_((target / (magnitude @ self.filterbank).add_(TINY)) @ self.spread)
        return magnitude

    def _speak(self, mel: Tensor) -> Tensor:
        magnitude = self.magnitudes(mel)
        phase = torch.from_numpy(_sinusoidal_phase(magnitude.cpu().numpy(), self.config.hop_samples)).to(mel.device)
        first = self.stft.inverse(torch.polar(magnitude, phase)[None])
        return project(self.stft, first, magnitude[None], self.iterations, self.momentum)[0]


@numba.njit("f4[:, ::1](f4[:, ::1], i8)", cache=True)
def _sinusoidal_phase(magnitude, hop):
    """Phases [T, F] with which every spectral peak of magnitudes [T, F] moves on as a sinusoid of its interpolated frequency.

    The bins of a peak, down to the valleys on both sides, share its phase at the window's centre; relative to the window's start,
    where a Fourier transform counts from, that is half a turn a bin.
    """
    frames, bins = magnitude.shape
    window = 2 * (bins - 1)
    phase = np.zeros((frames, bins), np.float32)
    centre = np.zeros(bins)  # phase at the previous frame's centre
    for t in range(frames):
        row = magnitude[t]
        following = np.zeros(bins)
        for k in range(1, bins - 1):
            if row[k] > row[k - 1] and row[k] >= row[k + 1]:
                bend = row[k - 1] - 2 * row[k] + row[k + 1]
                offset = 0.5 * (row[k - 1] - row[k + 1]) / bend if bend < 0 else 0.0
                turned = (centre[k] + 2 * np.pi * hop * (k + offset) / window) % (2 * np.pi)
                low = k
                while low > 0 and row[low - 1] < row[low]:
                    low -= 1
                high = k
                while high < bins - 1 and row[high + 1] < row[high]:
                    high += 1
                following[low : high + 1] = turned
        centre = following
        for k in range(bins):
            phase[t, k] = centre[k] - np.pi * (k % 2)
    return phase
