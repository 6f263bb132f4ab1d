"""Sounds whose F0 and voicing are known: tones, glides, and speech that WORLD made from a contour we chose.

Speech: two trackers (Harvest and DIO) say where a recording is voiced; where both agree, and only there, WORLD is given the
contour to follow, so that the voicing and the F0 of the resynthesised sound are facts and no opinion. `f0_scale` moves the
contour to other voices; noise is added at a stated ratio over the whole utterance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyworld

from tts.features.config import FeatureConfig
from tts.features.frames import samples_to_frames

PERIOD_MS = 5.0  # WORLD's own frame shift
LOWEST_HZ = 55.0
QUIETEST_DB = 25.0  # below the mean level: what is quieter is given no voice


@dataclass(frozen=True)
class Truth:
    """Samples [N] float32 with the F0 [T] (0 where unvoiced) at the middle of each frame of the configuration."""

    name: str
    samples: np.ndarray
    f0_hz: np.ndarray


def frame_times(samples: int, config: FeatureConfig) -> np.ndarray:
    return (np.arange(samples_to_frames(samples, config)) + 0.5) * config.frame_seconds


def glide(start_hz: float, end_hz: float, seconds: float, config: FeatureConfig, harmonics: int = 12,
          silence: float = 0.2) -> Truth:
    """A harmonic sound whose pitch moves exponentially from start to end (a tone when they are equal), between two silences."""
    rate = config.sample_rate
    count, lead = int(seconds * rate), int(silence * rate)
    f0 = start_hz * (end_hz / start_hz) ** (np.arange(count) / count)
    phase = 2 * np.pi * np.cumsum(f0) / rate
    orders = np.arange(1, harmonics + 1)[:, None]
    sound = (np.sin(orders * phase) / orders * (orders * f0 < 0.45 * rate)).sum(axis=0)
    contour = np.concatenate([np.zeros(lead), f0, np.zeros(lead)])
    samples = np.concatenate([np.zeros(lead), 0.1 * sound, np.zeros(lead)]).astype(np.float32)
    middles = (frame_times(len(samples), config) * rate).astype(int).clip(max=len(samples) - 1)
    return Truth(f"{start_hz:.0f}-{end_hz:.0f} Hz", samples, contour[middles])


@dataclass(frozen=True)
class Analysis:
    """A recording as WORLD sees it: contour, spectral envelope, aperiodicity, a row every `PERIOD_MS`."""

    samples: int
    contour_hz: np.ndarray
    envelope: np.ndarray
    aperiodicity: np.ndarray


def agreed_contour(samples: np.ndarray, config: FeatureConfig) -> np.ndarray:
    """F0 in Hz every `PERIOD_MS` where Harvest and DIO agree, 0 elsewhere. At the lower end of their range they agree on the hum
    of mains and rooms; no voice of these corpora speaks there, so that is not believed."""
    sound = samples.astype(np.float64)
    harvest, _ = pyworld.harvest(sound, config.sample_rate, LOWEST_HZ, 600, frame_period=PERIOD_MS)
    dio, _ = pyworld.dio(sound, config.sample_rate, LOWEST_HZ, 600, frame_period=PERIOD_MS, speed=4)
    agreed = (harvest > 1.15 * LOWEST_HZ) & (dio > 0) & (np.abs(np.log(np.maximum(harvest, 1) / np.maximum(dio, 1))) < 0.1)
    return np.where(agreed, harvest, 0.0)


def analyse(samples: np.ndarray, agreed_hz: np.ndarray, config: FeatureConfig,
            quietest_db: float = QUIETEST_DB) -> Analysis | None:
    """WORLD's view of a recording, with the contour that it will be spoken on; None if hardly anything is voiced.

    Voiced are runs of 30 ms and more that are agreed on and no more than `quietest_db` below the recording's mean level: what
    lies deeper is mostly the hum of a room, and 10 dB of noise would bury it anyway.
    """
    rate = config.sample_rate
    sound = samples.astype(np.float64)
    times = np.arange(len(agreed_hz)) * PERIOD_MS / 1000
    window = np.hanning(int(0.025 * rate))
    level = np.convolve(sound**2, window / window.sum(), mode="same")[(times * rate).astype(int).clip(max=len(sound) - 1)]
    loud = level > np.mean(sound**2) * 10 ** (-quietest_db / 10)
    contour = np.where(_long_runs((agreed_hz > 0) & loud, 6), agreed_hz, 0.0)
    if np.mean(contour > 0) < 0.1:
        return None
    envelope = pyworld.cheaptrick(sound, contour, times, rate)
    aperiodicity = pyworld.d4c(sound, contour, times, rate, threshold=0.0)  # 0: no second voicing decision hidden in there
    return Analysis(len(sound), contour, envelope, aperiodicity)


def resynthesise(name: str, analysis: Analysis, config: FeatureConfig, f0_scale: float = 1.0,
                 formant_scale: float = 1.0) -> Truth:
    """The recording spoken again by WORLD on a known contour; the scales make other voices of it (larger is higher)."""
    rate = config.sample_rate
    voiced = analysis.contour_hz > 0
    target = np.where(voiced, np.clip(analysis.contour_hz * f0_scale, 60.0, 760.0), 0.0)
    bins = np.arange(analysis.envelope.shape[1]) / formant_scale
    low = np.minimum(bins.astype(int), analysis.envelope.shape[1] - 1)
    envelope = np.ascontiguousarray(analysis.envelope[:, low])
    made = pyworld.synthesize(target, envelope, analysis.aperiodicity, rate, frame_period=PERIOD_MS)[: analysis.samples]
    made = np.pad(made, (0, analysis.samples - len(made)))
    middles = np.rint(frame_times(len(made), config) * 1000 / PERIOD_MS - 1e-6).astype(int).clip(max=len(target) - 1)
    return Truth(name, made.astype(np.float32), target[middles])


def add_noise(samples: np.ndarray, snr_db: float | None, tilt_db: float, seed: int) -> np.ndarray:
    """The samples with noise `snr_db` below their own mean power (None: as they are); it falls by `tilt_db` an octave above
    20 Hz: 0 is white noise, 3 is pink."""
    if snr_db is None:
        return samples
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(len(samples)))
    spectrum /= np.maximum(np.arange(len(spectrum)), 20 * len(samples) / 24000) ** (tilt_db / 6.02)
    noise = np.fft.irfft(spectrum, len(samples))
    gain = np.sqrt(np.mean(np.square(samples, dtype=np.float64)) / np.mean(np.square(noise)) / 10 ** (snr_db / 10))
    return (samples + gain * noise).astype(np.float32)


def _long_runs(mask: np.ndarray, shortest: int) -> np.ndarray:
    """The mask without its runs of True that are shorter than `shortest`."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    result = np.zeros_like(mask)
    for start, end in edges.reshape(-1, 2):
        result[start:end] = end - start >= shortest
    return result
