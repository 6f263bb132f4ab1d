"""Whether a recording can be read for its prosody at all, in one sentence if not: before it is loaded, and before it is aligned.

A recording whose sound is speech but not of its text is found by the aligner's score, not here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
import soxr

from tts.errors import UserError
from tts.features.config import FeatureConfig
from tts.features.energy import frame_energy
from tts.prosody.measure import DB_PER_NEPER

LONGEST_SECONDS, SHORTEST_SECONDS = 120.0, 0.1
SILENCE_DB = -60.0  # the loudest frame of speech is above, even of a whisper far from the microphone (-39 dB)
# Frames count that lie within 25 dB of the loudest and repeat themselves after one period of their F0. Of noise none does, be it
# white, pink or brown, steady or not; of 532 recordings of real speech 6 % and more, mostly 30 to 90 %; of a whisper none.
LOUD_DB, PERIODIC, FEWEST_PERIODIC = 25.0, 0.4, 0.03
PERIODICITY_RATE, PERIODICITY_SECONDS = 6000, 0.04
# 5th to 95th percentile of the level: 19 dB and more in the same recordings; steady noise 1 to 7, a hum or a held chord below 4.
STEADY_DB = 6.0


def check_recording(path: str | Path) -> float:
    """Seconds of a recording, looked up without loading it; one that is missing, unreadable, empty or too long is refused."""
    path = Path(path)
    if not path.is_file():
        raise UserError(f"{path}: no such recording; check the path")
    try:
        info = soundfile.info(path)
    except soundfile.SoundFileError as error:
        raise UserError(f"{path}: not readable as sound ({error}); expected WAV, FLAC, OGG, Opus or MP3; convert it") from None
    seconds = info.frames / info.samplerate
    if seconds > LONGEST_SECONDS:
        raise UserError(f"{path}: {_length(seconds)} long; expected one utterance of at most {LONGEST_SECONDS:.0f} seconds; cut "
                        "it into sentences, each with its own text")
    if seconds < SHORTEST_SECONDS:
        raise UserError(f"{path}: {seconds:.2f} seconds long; expected at least {SHORTEST_SECONDS:g}: a word; record it again")
    return seconds


def check_sound(name: str | Path, samples: np.ndarray, f0_hz: np.ndarray, config: FeatureConfig) -> None:
    """Refuse samples [N] that hold no speech: silence, a steady sound, noise. `f0_hz` [T] is 0 where unvoiced."""
    level = DB_PER_NEPER * frame_energy(samples, config)
    loudest = float(level.max())
    if loudest < SILENCE_DB:
        raise UserError(f"{name}: silence (its loudest moment is at {loudest:.0f} dB of full scale); expected speech above "
                        f"{SILENCE_DB:.0f} dB; record it again, louder")
    changing = float(np.subtract(*np.percentile(level, (95, 5))))
    if changing < STEADY_DB:
        raise UserError(f"{name}: a steady sound (its level varies by {changing:.0f} dB), not speech; expected a recording of "
                        "the text")
    periodic = float((periodicity(samples, f0_hz, config)[level > loudest - LOUD_DB] > PERIODIC).mean())
    if periodic < FEWEST_PERIODIC:
        raise UserError(f"{name}: {100 * periodic:.0f} % of its loud moments have a pitch; expected at least "
                        f"{100 * FEWEST_PERIODIC:.0f} %: this is noise or a whisper, and a melody cannot be read from it; use a "
                        "recording of plain speech")


def periodicity(samples: np.ndarray, f0_hz: np.ndarray, config: FeatureConfig) -> np.ndarray:
    """How well the sound [N] repeats itself after one period of F0 [T]: the correlation [T] of 40 ms with the 40 ms one period
    later, 0 where unvoiced. The tracker answers with the best pitch there is, in noise too; this says how good it is."""
    found = np.zeros(len(f0_hz))
    voiced = np.flatnonzero(f0_hz > 0)
    # Below 3 kHz, where voices are periodic, and without the tilt that makes rumble look periodic.
    sound = np.diff(soxr.resample(samples, config.sample_rate, PERIODICITY_RATE), prepend=0).astype(np.float64)
    window = round(PERIODICITY_SECONDS * PERIODICITY_RATE)
    sound = np.pad(sound, PERIODICITY_RATE // 10)
    middles = ((voiced + 0.5) * config.frame_seconds * PERIODICITY_RATE + PERIODICITY_RATE // 10).astype(int)
    for shift in (-1, 0, 1):  # the period in whole samples is off by up to one
        lags = np.rint(PERIODICITY_RATE / f0_hz[voiced]).astype(int) + shift
        first = (middles - (window + lags) // 2)[:, None] + np.arange(window)
        a, b = sound[first], sound[first + lags[:, None]]
        correlation = (a * b).sum(axis=1) / np.sqrt(np.square(a).sum(axis=1) * np.square(b).sum(axis=1) + 1e-12)
        found[voiced] = np.maximum(found[voiced], correlation)
    return found


def _length(seconds: float) -> str:
    if seconds < 600:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 7200 else f"{seconds / 3600:.1f} hours"
