"""F0 and voicing at the middle of every frame, by one of several methods behind one function.

    "correlation"   our own tracker (f0_tracker.py): the most accurate in noise, needs nothing installed
    "dio"           WORLD's DIO and StoneMask (Morise 2009), voicing by whether DIO found a pitch
    "harvest"       WORLD's Harvest (Morise 2017): slow, calls many frames voiced

The last two come from pyworld. benchmarks/f0_accuracy.py compares them on sounds whose F0 is known. In extraction each speaker
gets a range of their own (statistics.py), which is what `low_hz` and `high_hz` are for.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from tts.errors import UserError
from tts.features import f0_tracker
from tts.features.config import FeatureConfig
from tts.features.frames import frames_to_samples, samples_to_frames

SHORTEST_HOP, LONGEST_HOP = 0.007, 0.016  # seconds between frames that the tracker was trained for
SILENCE = 1e-5  # peak to peak, -100 dB: nothing to find a pitch in


@dataclass(frozen=True)
class F0Track:
    """F0 in Hz [T] float32, 0 where unvoiced, and voicing [T] bool."""

    f0_hz: np.ndarray
    voiced: np.ndarray


def extract_f0(samples: np.ndarray, config: FeatureConfig, low_hz: float | None = None, high_hz: float | None = None) -> F0Track:
    """F0 of samples [N] at the times (t + ½)·hop, T = ceil(N / hop); the range is the configuration's unless given."""
    if config.f0_method not in METHODS:
        raise UserError(f"features.f0_method is {config.f0_method!r}; expected one of {', '.join(METHODS)}")
    total_frames = samples_to_frames(len(samples), config)
    low_hz, high_hz = low_hz or config.f0_low_hz, high_hz or config.f0_high_hz
    if total_frames == 0 or np.ptp(samples) < SILENCE:
        return F0Track(np.zeros(total_frames, np.float32), np.zeros(total_frames, bool))
    samples = np.pad(samples, (0, frames_to_samples(total_frames, config) - len(samples)))  # zeros fill the last frame
    f0_hz = METHODS[config.f0_method](samples, config, total_frames, low_hz, high_hz).astype(np.float32)
    return F0Track(f0_hz, f0_hz > 0)


def _correlation(samples: np.ndarray, config: FeatureConfig, total_frames: int, low_hz: float, high_hz: float) -> np.ndarray:
    if not SHORTEST_HOP <= config.frame_seconds <= LONGEST_HOP:
        raise UserError(f"features.hop_samples {config.hop_samples} at {config.sample_rate} Hz is {1000 * config.frame_seconds:.1f} ms; "
                        f"f0_method correlation takes {1000 * SHORTEST_HOP:.0f} to {1000 * LONGEST_HOP:.0f} ms; use f0_method dio")
    middles = (np.arange(total_frames) + 0.5) * config.frame_seconds
    f0_hz, voicing = f0_tracker.track(samples, config.sample_rate, middles, low_hz, high_hz)
    return np.where(voicing > 0.5, f0_hz, 0.0)


def _dio(samples: np.ndarray, config: FeatureConfig, total_frames: int, low_hz: float, high_hz: float) -> np.ndarray:
    def measure(pyworld, sound, **common):
        rough, times = pyworld.dio(sound, config.sample_rate, low_hz, high_hz, speed=4, **common)  # search in every 4th sample
        return pyworld.stonemask(sound, rough, times, config.sample_rate)

    return _by_world(measure, samples, config, total_frames)


def _harvest(samples: np.ndarray, config: FeatureConfig, total_frames: int, low_hz: float, high_hz: float) -> np.ndarray:
    return _by_world(lambda pyworld, sound, **common: pyworld.harvest(sound, config.sample_rate, low_hz, high_hz, **common)[0],
                     samples, config, total_frames)


def _by_world(measure, samples: np.ndarray, config: FeatureConfig, total_frames: int) -> np.ndarray:
    """Run one of pyworld's trackers at our frames. Its frame k lies at k·hop, ours at (k + ½)·hop: so half a hop goes before."""
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
            import pyworld
    except ImportError as error:
        raise UserError(f"features.f0_method {config.f0_method} needs pyworld, which cannot be imported ({error}); "
                        "pip install pyworld 'setuptools<82', or set features.f0_method to correlation") from None
    before = config.hop_samples - config.hop_samples // 2
    sound = np.zeros(before + (total_frames + 1) * config.hop_samples)
    sound[before : before + len(samples)] = samples
    return measure(pyworld, sound, frame_period=1000 * config.frame_seconds)[1 : total_frames + 1]


METHODS = {"correlation": _correlation, "dio": _dio, "harvest": _harvest}


def interpolate_f0(f0_hz: np.ndarray, voiced: np.ndarray) -> np.ndarray:
    """F0 in Hz [T] without gaps: linear in log-F0 through unvoiced frames, held at both ends; all 0 if nothing is voiced."""
    if not voiced.any():
        return np.zeros_like(f0_hz)
    where = np.flatnonzero(voiced)
    return np.exp(np.interp(np.arange(len(f0_hz)), where, np.log(f0_hz[where]))).astype(f0_hz.dtype)
