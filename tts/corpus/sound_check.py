"""What is odd about a recording, by the sound alone: read and measure it once, hold the measures against the limits.

Silence is what lies 40 dB below the loudest 50 ms, so neither the level nor trimming changes what counts as silence. Levels
are taken from stretches of 5 ms without their straight line, which takes rumble and offset out: hum between two words is
silence still.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from tts.corpus.hashing import hash64
from tts.corpus.rules import Limits

STRETCH_SECONDS = 0.005
SILENCE_DB = 40.0  # below the loudest
SILENT_FILE_DB = -60.0  # of full scale: nothing was recorded
FULL_SCALE = 0.9995
RUN = 3  # samples at full scale in a row


@dataclass(frozen=True)
class Sound:
    """Measures of one recording, times in seconds; of one that is too long or not finite, or that is nothing, only the first."""

    seconds: float
    sample_rate: int
    channels: int
    finite: bool = True
    level_db: float = -120.0  # of the loudest 50 ms
    speech_start: float = 0.0
    speech_end: float = 0.0
    inner_silence: float = 0.0
    clipped_samples: int = 0
    offset: float = 0.0
    rumble_share: float = 0.0
    digest: int = 0  # of the samples between speech_start and speech_end; equal sound, equal digest

    @property
    def speech_seconds(self) -> float:
        return self.speech_end - self.speech_start


def measure(path: Path, limits: Limits) -> Sound:
    """Read a sound file; raises soundfile.SoundFileError if it cannot be read."""
    header = soundfile.info(path)
    if header.duration > limits.longest_seconds:
        return Sound(header.duration, header.samplerate, header.channels)
    channels, rate = soundfile.read(path, dtype="float32", always_2d=True)
    seconds = len(channels) / rate
    if not np.isfinite(channels).all():
        return Sound(seconds, rate, channels.shape[1], finite=False)
    clipped = sum(_clipped(channels[:, i]) for i in range(channels.shape[1]))
    samples = channels[:, 0] if channels.shape[1] == 1 else channels.mean(axis=1, dtype=np.float32)
    power, rumble = _frame_power(samples, rate)
    frame = 2 * _stretch_samples(rate) / rate
    smooth = np.convolve(power, np.full(5, 0.2), mode="same") if len(power) >= 5 else power
    loudest = float(smooth.max(initial=0.0))
    loud = np.flatnonzero(power > loudest * 10 ** (-SILENCE_DB / 10)) if loudest > 0 else np.zeros(0, dtype=int)
    if len(loud) == 0:  # nothing but zeros, or shorter than a frame
        return Sound(seconds, rate, channels.shape[1])
    start, end = int(loud[0]) * frame, min((int(loud[-1]) + 1) * frame, seconds)
    speech = samples[round(start * rate): round(end * rate)]
    return Sound(seconds, rate, channels.shape[1], level_db=10 * np.log10(loudest), speech_start=start, speech_end=end,
                 inner_silence=float((np.diff(loud).max(initial=1) - 1) * frame), clipped_samples=clipped,
                 offset=float(samples.mean()), rumble_share=rumble,
                 digest=hash64(np.rint(speech * 32768).astype(np.int32).tobytes()))


def _stretch_samples(rate: int) -> int:
    return max(2, round(rate * STRETCH_SECONDS))


def _frame_power(samples: np.ndarray, rate: int) -> tuple[np.ndarray, float]:
    """Power of every two stretches (10 ms) without what is too slow to bend in them; the share of energy below about 60 Hz."""
    length = _stretch_samples(rate)
    count = len(samples) // length // 2 * 2
    if count == 0:
        return np.zeros(0), 0.0
    stretches = samples[: count * length].reshape(count, length)
    line = np.linspace(-1, 1, length, dtype=np.float32)
    line /= np.sqrt((line ** 2).sum())
    total = np.einsum("ij,ij->i", stretches, stretches) / length
    straight = stretches.mean(axis=1) ** 2 + (stretches @ line) ** 2 / length
    power = np.maximum(total - straight, 0).reshape(-1, 2).mean(axis=1)
    slow = np.convolve(stretches.mean(axis=1), np.full(2, 0.5), mode="same")  # over 10 ms: half the amplitude at 60 Hz
    return power, float((slow ** 2).sum() / max(total.sum(), 1e-12))


def _clipped(samples: np.ndarray) -> int:
    """Samples that begin a run of RUN or more at full scale."""
    full = np.abs(samples) >= FULL_SCALE
    return int((full[:-2] & full[1:-1] & full[2:]).sum()) if len(full) >= RUN and full.any() else 0


def check_sound(sound: Sound, seconds: float | None, limits: Limits) -> Iterator[tuple[str, str]]:
    """(rule, found) for everything odd about one recording; `seconds` is what the manifest says."""
    if sound.channels > 1:
        yield "several-channels", f"{sound.channels} channels"
    if limits.sample_rate and sound.sample_rate != limits.sample_rate:
        yield "wrong-rate", f"{sound.sample_rate} Hz"
    if not sound.finite:
        yield "not-finite", "NaN or infinite samples"
        return
    if sound.seconds > limits.longest_seconds:
        yield "too-long", f"{sound.seconds:.1f} s"
        return
    if seconds is not None and abs(seconds - sound.seconds) > 0.02:
        yield "wrong-seconds", f"{seconds:.3f} s in the manifest, {sound.seconds:.3f} s in the file"
    if sound.level_db < SILENT_FILE_DB and sound.seconds > 0:
        yield "silent", f"{sound.seconds:.2f} s, the loudest at {sound.level_db:.0f} dB of full scale"
        return
    if sound.speech_seconds < limits.shortest_seconds:
        yield "too-short", f"{sound.speech_seconds:.2f} s of speech in {sound.seconds:.2f} s"
    if sound.seconds > limits.long_seconds:
        yield "long-audio", f"{sound.seconds:.1f} s"
    edges = sound.speech_start, sound.seconds - sound.speech_end
    if max(edges) > limits.edge_silence_seconds:
        yield "edge-silence", f"{edges[0]:.2f} s before and {edges[1]:.2f} s after"
    if sound.inner_silence > limits.inner_silence_seconds:
        yield "inner-silence", f"a pause of {sound.inner_silence:.2f} s"
    if sound.clipped_samples >= limits.clipped_samples:
        yield "clipping", f"{sound.clipped_samples} samples"
    if abs(sound.offset) > limits.offset:
        yield "offset", f"{sound.offset:+.3f}"
    if sound.rumble_share > limits.rumble_share:
        yield "rumble", f"{sound.rumble_share:.0%}"
