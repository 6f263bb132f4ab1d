"""Speaker vectors: who speaks, as a vector of unit length, whatever is said.

"statistics" is built in and needs nothing trained beside a table: means and spreads of 24 mel-cepstra and of their slopes over
the speech of a recording, with mean and spread of log-F0 and the voiced share, 75 numbers; then centred and whitened by
how such numbers vary *within* speakers (Hatch et al. 2006, within-class covariance normalisation), so that what one voice does
from sentence to sentence counts little and what tells voices apart counts much. `benchmarks/train_speaker_statistics.py`
makes the table. "resemblyzer" is the GE2E network of that package, where it is installed.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Protocol

import numpy as np
import soxr
from safetensors.numpy import load_file

from tts.errors import UserError
from tts.features.config import FeatureConfig
from tts.features.f0 import F0Track, extract_f0
from tts.features.mel import MelSpectrogram

STATISTICS_CONFIG = FeatureConfig(sample_rate=16000, hop_samples=160, window_samples=480, mel_bands=40, mel_low_hz=60.0,
                                  mel_high_hz=7600.0)
CEPSTRA = 24
SPEECH_RANGE = 3.0  # nepers (26 dB) below the loud moments: what is quieter is pause


class SpeakerEncoder(Protocol):
    """A recording [N] → a vector [size] of unit length."""

    name: str
    size: int

    def __call__(self, samples: np.ndarray, rate: int, track: F0Track | None = None) -> np.ndarray:
        """`track` is the recording's F0 if it is known already; it saves measuring it again."""


def recording_statistics(samples: np.ndarray, rate: int, track: F0Track | None = None) -> np.ndarray:
    """The raw numbers [75]: cepstral means, spreads, spreads of slopes, log-F0 mean and spread, voiced share."""
    if track is None:
        hop = 2 * round(rate / 160)  # even, and near the default's 12.5 ms
        config = FeatureConfig(sample_rate=rate, hop_samples=hop, window_samples=4 * hop, mel_high_hz=rate / 2)
        track = extract_f0(samples, config)
    if rate != STATISTICS_CONFIG.sample_rate:
        samples = soxr.resample(samples, rate, STATISTICS_CONFIG.sample_rate)
    log_mel = _statistics_mel().extract(samples)
    level = np.log(np.square(np.exp(log_mel)).sum(axis=1)) / 2
    speech = level > np.quantile(level, 0.95) - SPEECH_RANGE
    cepstra = log_mel @ _cosines()
    slopes = np.zeros_like(cepstra)
    slopes[2:-2] = (cepstra[4:] - cepstra[:-4]) / 4
    log_f0 = np.log(track.f0_hz[track.voiced])
    pitch = [log_f0.mean(), log_f0.std()] if len(log_f0) else [5.0, 0.0]
    return np.concatenate([cepstra[speech].mean(axis=0), cepstra[speech].std(axis=0), slopes[speech].std(axis=0),
                           pitch, [track.voiced.mean()]]).astype(np.float32)


@cache
def _statistics_mel() -> MelSpectrogram:
    return MelSpectrogram(STATISTICS_CONFIG)


@cache
def _cosines() -> np.ndarray:
    """The orthonormal DCT-II from mel bands to cepstra 1..CEPSTRA: [M, CEPSTRA]."""
    bands = STATISTICS_CONFIG.mel_bands
    angles = np.pi * np.arange(1, CEPSTRA + 1)[None] * (np.arange(bands)[:, None] + 0.5) / bands
    return (np.cos(angles) * np.sqrt(2 / bands)).astype(np.float32)


class StatisticsEncoder:
    name = "statistics"
    size = 3 * CEPSTRA + 3

    def __init__(self):
        table = load_file(files("tts").joinpath("data", "speaker_statistics.safetensors"))
        self._mean, self._whitening = table["mean"], table["whitening"]

    def __call__(self, samples: np.ndarray, rate: int, track: F0Track | None = None) -> np.ndarray:
        return _unit((recording_statistics(samples, rate, track) - self._mean) @ self._whitening)


class ResemblyzerEncoder:
    name = "resemblyzer"
    size = 256

    def __init__(self):
        try:
            from resemblyzer import VoiceEncoder
        except ImportError as error:
            raise UserError(f"speaker_encoder: resemblyzer cannot be imported ({error}); pip install --no-deps resemblyzer, "
                            "or set features.speaker_encoder to statistics") from None
        self._encoder = VoiceEncoder("cpu", verbose=False)

    def __call__(self, samples: np.ndarray, rate: int, track: F0Track | None = None) -> np.ndarray:
        if rate != 16000:
            samples = soxr.resample(samples, rate, 16000)
        return _unit(self._encoder.embed_utterance(samples))


ENCODERS = {"statistics": StatisticsEncoder, "resemblyzer": ResemblyzerEncoder}


@cache
def speaker_encoder(name: str) -> SpeakerEncoder:
    """The encoder of that name; loaded once a process."""
    if name not in ENCODERS:
        raise UserError(f"features.speaker_encoder is {name!r}; expected one of {', '.join(ENCODERS)}")
    return ENCODERS[name]()


def heard_voice(samples: np.ndarray, config: FeatureConfig, f0_low_hz: float | None = None, f0_high_hz: float | None = None) -> tuple[F0Track, np.ndarray]:
    """F0 of a sound [N] at the configuration's rate, looked for in its range unless another is given, and the vector [V] of who is heard."""
    track = extract_f0(samples, config, f0_low_hz, f0_high_hz)
    return track, speaker_encoder(config.speaker_encoder)(samples, config.sample_rate, track)


def centroid(vectors: Iterable[np.ndarray]) -> np.ndarray:
    """The mean direction of several recordings' vectors, of unit length: the voice."""
    return _unit(np.mean(list(vectors), axis=0))


def _unit(vector: np.ndarray) -> np.ndarray:
    return (vector / max(float(np.linalg.norm(vector)), 1e-9)).astype(np.float32)
