"""Loudness as broadcasters measure it (ITU-R BS.1770-4: K-weighting, blocks of 400 ms, gates at -70 LUFS and 10 LU below the
mean), the peak, and how much of a sound is clipped. One channel, as all of our sound.

Loudness is measured at 48 kHz, for which the Recommendation gives its filters; other rates are resampled to it.
"""

from __future__ import annotations

import math
import warnings

import numpy as np

from tts.errors import UserError

RATE = 48000
SHORTEST_SECONDS = 0.4  # a block
FULL = 1 - 1.5 / 32768  # of full scale; 16 bits reach 1 - 1/32768 upwards
SHORTEST_CLIP = 2  # samples in a row: one may just have touched full scale


def integrated_loudness(samples: np.ndarray, rate: int) -> float:
    """LUFS of samples [N]; -inf for silence. An error below 0.4 s, for which loudness is not defined."""
    try:
        from pyloudnorm import Meter
    except ImportError as error:
        raise UserError(f"loudness needs pyloudnorm, which cannot be imported ({error}); pip install pyloudnorm") from None
    import soxr

    if len(samples) < SHORTEST_SECONDS * rate:
        raise UserError(f"{len(samples) / rate:.2f} s is too short for a loudness; expected at least {SHORTEST_SECONDS} s")
    samples = np.asarray(samples, dtype=np.float64)
    if not samples.any():
        return -math.inf
    if rate != RATE:
        samples = soxr.resample(samples, rate, RATE, quality="VHQ")
        samples = np.pad(samples, (0, max(0, math.ceil(SHORTEST_SECONDS * RATE) - len(samples))))
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        warnings.filterwarnings("ignore", message="Mean of empty slice|invalid value")  # nothing is above the gate
        return float(Meter(RATE, filter_class="DeMan").integrated_loudness(samples))  # De Man's are the Recommendation's


def peak_dbfs(samples: np.ndarray) -> float:
    """The largest sample in dB of full scale; -inf for silence."""
    peak = float(np.abs(samples).max(initial=0.0))
    return 20 * math.log10(peak) if peak > 0 else -math.inf


def clipping_share(samples: np.ndarray) -> float:
    """The share of samples that lie in runs of at least two at full scale."""
    full = np.concatenate([[False], np.abs(samples) >= FULL, [False]])
    runs = np.flatnonzero(full[1:] != full[:-1]).reshape(-1, 2)
    lengths = runs[:, 1] - runs[:, 0]
    return float(lengths[lengths >= SHORTEST_CLIP].sum() / max(len(samples), 1))
