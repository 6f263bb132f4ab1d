"""One sound made ready for a listening test: silence around it made equal, low-passed if it is an anchor, its loudness measured.

Loudness is that of ITU-R BS.1770, of the speech without the silence put around it. Anchors are low-passed as BS.1534
asks: at most ±0.1 dB of ripple up to the edge, 25 dB down at 8/7 of it (4 kHz, 8 kHz) and 50 dB at 9/7; the filter here has its
60 dB from 8/7 on, and no delay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tts.errors import UserError
from tts.evaluation.loudness import SHORTEST_SECONDS, integrated_loudness

RATE = 48000
ANCHOR_EDGES_HZ = {"anchor35": 3500, "anchor70": 7000}
FRAME = RATE // 100  # level is looked at in pieces of 10 ms


@dataclass(frozen=True)
class Processing:
    """What is done to every sound. Silence is what lies more than `silence_db` below the loudest 10 ms; of what lies beside the
    speech `margin_ms` are kept, faded, and the speech itself starts exactly `head_ms` after the file."""

    loudness_lufs: float = -23.0
    peak_dbfs: float = -1.0  # no sample is louder: if one would be, the whole test is turned down
    head_ms: int = 300
    tail_ms: int = 300
    silence_db: float = 45.0
    margin_ms: int = 40


@dataclass(frozen=True)
class Cut:
    """Speech with equal silence around it, samples [N] at RATE, and how many seconds were taken away at both ends."""

    samples: np.ndarray
    head_removed_seconds: float
    tail_removed_seconds: float


def speech_span(samples: np.ndarray, silence_db: float) -> tuple[int, int]:
    """First sample and one past the last sample of what is no silence, to 10 ms."""
    count = -(-len(samples) // FRAME)
    frames = np.pad(samples.astype(np.float64), (0, count * FRAME - len(samples))).reshape(count, FRAME)
    power = (frames**2).mean(axis=1)
    if power.max(initial=0.0) == 0.0:
        raise UserError("holds nothing but silence")
    loud = np.flatnonzero(power > power.max() * 10 ** (-silence_db / 10))
    return int(loud[0]) * FRAME, min(int(loud[-1] + 1) * FRAME, len(samples))


def cut(samples: np.ndarray, processing: Processing) -> Cut:
    """The speech in `samples` [N], from `head_ms` on, and `tail_ms` after it."""
    start, end = speech_span(samples, processing.silence_db)
    if end - start < SHORTEST_SECONDS * RATE:
        raise UserError(f"holds {(end - start) / RATE:.2f} s of speech; loudness needs {SHORTEST_SECONDS} s")
    head, tail, margin = (ms * RATE // 1000 for ms in (processing.head_ms, processing.tail_ms, processing.margin_ms))
    before, after = min(margin, start, head), min(margin, len(samples) - end, tail)
    placed = np.zeros(head + end - start + tail)
    placed[head - before : head + end - start + after] = samples[start - before : end + after]
    placed[head - before : head] *= np.linspace(0, 1, before, endpoint=False)
    placed[head + end - start : head + end - start + after] *= np.linspace(1, 0, after, endpoint=False)
    return Cut(placed, start / RATE, (len(samples) - end) / RATE)


def low_pass(samples: np.ndarray, edge_hz: float) -> np.ndarray:
    """The samples [N] without what lies above `edge_hz`: unchanged below, gone from 8/7 of it on, not shifted in time."""
    from scipy.signal import firwin, kaiserord, oaconvolve

    width_hz = edge_hz / 7
    taps, beta = kaiserord(70.0, width_hz / (RATE / 2))
    return oaconvolve(samples, firwin(taps | 1, edge_hz + width_hz / 2, window=("kaiser", beta), fs=RATE), mode="same")


def loudness_lufs(samples: np.ndarray) -> float:
    """Integrated loudness of samples [N] at RATE."""
    loudness = integrated_loudness(samples, RATE)
    if not np.isfinite(loudness):
        raise UserError("is too quiet for its loudness to be measured (BS.1770 counts nothing below -70 LUFS)")
    return loudness


def speech_part(placed: np.ndarray, processing: Processing) -> np.ndarray:
    """`Cut.samples` without the silence put around the speech."""
    head, tail = processing.head_ms * RATE // 1000, processing.tail_ms * RATE // 1000
    return placed[head : len(placed) - tail]
