"""Mel-cepstral distortion, and the path in time along which two utterances are compared.

    wave ─ CheapTrick (WORLD, at our frames and F0) ─→ smooth power spectrum ─ ln, inverse Fourier ─→ cepstrum
         ─ all-pass frequency warping ─→ mel-cepstrum c₀ … c_order

    MCD = 10 / ln 10 · mean over the path of √( 2 Σ_{d ≥ 1} (c_d - c'_d)² )     in dB; c₀, the loudness, is left out

Order and warping by sample rate are ESPnet's. Power is floored 90 dB below the utterance's loudest bin, where nothing is heard:
without that, digital silence decides the score (nearly twice that of the generated corpus, 5 % more on real recordings).
Other conventions (with c₀, other orders) give other scales: only numbers made the same way can be compared.
"""

from __future__ import annotations

import math
import warnings
from functools import cache

import numpy as np

from tts.errors import UserError
from tts.features.config import FeatureConfig

ORDER_AND_WARPING = {16000: (23, 0.42), 22050: (34, 0.45), 24000: (34, 0.46), 44100: (39, 0.53), 48000: (39, 0.55)}
FLOOR_DB = 90


def mel_cepstra(samples: np.ndarray, f0_hz: np.ndarray, config: FeatureConfig) -> np.ndarray:
    """Mel-cepstra [T, order + 1] of samples [N] with F0 [T] at our frames, 0 where unvoiced."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="pkg_resources")  # which pyworld imports
            import pyworld
    except ImportError as error:
        raise UserError(
            f"mel-cepstra need pyworld, which cannot be imported ({error}); pip install pyworld 'setuptools<82'"
        ) from None
    if config.sample_rate not in ORDER_AND_WARPING:
        raise UserError(
            f"mel-cepstra: no order and warping are agreed for {config.sample_rate} Hz; "
            f"expected one of {', '.join(map(str, ORDER_AND_WARPING))}"
        )
    order, warping = ORDER_AND_WARPING[config.sample_rate]
    middles = (np.arange(len(f0_hz)) + 0.5) * config.frame_seconds
    power = pyworld.cheaptrick(samples.astype(np.float64), f0_hz.astype(np.float64), middles, config.sample_rate)
    floor = max(power.max(initial=0.0) * 10 ** (-FLOOR_DB / 10), np.finfo(np.float64).tiny)
    return spectrum_to_mel_cepstrum(np.maximum(power, floor), order, warping)


def spectrum_to_mel_cepstrum(power: np.ndarray, order: int, warping: float) -> np.ndarray:
    """Mel-cepstra [T, order + 1] of power spectra [T, F], as SPTK's sp2mc gives them."""
    cepstrum = np.fft.irfft(np.log(power), axis=1)[:, : power.shape[1]]
    cepstrum[:, 0] /= 2
    return cepstrum @ warping_matrix(power.shape[1], order, warping).T


@cache
def warping_matrix(length: int, order: int, warping: float) -> np.ndarray:
    """The linear map [order + 1, length] that warps a cepstrum's frequency axis: the recursion of Oppenheim & Johnson (1972), run
    on unit vectors."""
    row = np.zeros((order + 1, length))
    for i in range(length - 1, -1, -1):
        before = row.copy()
        row[0] = warping * before[0]
        row[0, i] += 1
        if order >= 1:
            row[1] = (1 - warping**2) * before[0] + warping * before[1]
        for m in range(2, order + 1):
            row[m] = before[m - 1] + warping * (before[m] - row[m - 1])
    return row


def align(reference: np.ndarray, hypothesis: np.ndarray) -> np.ndarray:
    """The cheapest monotonic path [L, 2] of frame pairs through both (exact dynamic time warping), by c₁ … c_order."""
    from librosa.sequence import dtw

    _, path = dtw(reference[:, 1:].T, hypothesis[:, 1:].T, metric="euclidean")
    return path[::-1]


def mel_cepstral_distortion(reference: np.ndarray, hypothesis: np.ndarray, path: np.ndarray | None = None) -> float:
    """MCD in dB of mel-cepstra [T, order + 1], frame by frame or along a path."""
    if path is not None:
        reference, hypothesis = reference[path[:, 0]], hypothesis[path[:, 1]]
    squares = np.square(reference[:, 1:] - hypothesis[:, 1:]).sum(axis=1)
    return float(10 / math.log(10) * np.sqrt(2 * squares).mean())
