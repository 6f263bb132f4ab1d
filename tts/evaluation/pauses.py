"""Pauses found by sound alone, for recordings that nobody aligned.

A frame of 10 ms speaks if its level is at most 35 dB below the loud moments (the 95th percentile). Silence of at least 150 ms
between the first and the last speech is a pause; shorter gaps are closures of plosives. In noise that lies higher than that,
no pause is found.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FRAME_SECONDS = 0.01
SPEECH_RANGE_DB = 35
SHORTEST_PAUSE_SECONDS = 0.15


@dataclass(frozen=True)
class Pauses:
    """pause_seconds: the length of each; speech_seconds: from the first to the last speech, pauses included."""

    pause_seconds: tuple[float, ...]
    speech_seconds: float

    def scores(self) -> dict[str, float]:
        """By the names of METRICS; no mean length where there is no pause."""
        if self.speech_seconds <= 0:
            return {}
        found = {
            "pause_share": sum(self.pause_seconds) / self.speech_seconds,
            "pauses_per_minute": 60 * len(self.pause_seconds) / self.speech_seconds,
        }
        if self.pause_seconds:
            found["pause_mean_ms"] = 1000 * float(np.mean(self.pause_seconds))
        return found


def pauses_by_energy(samples: np.ndarray, rate: int) -> Pauses:
    """The pauses of samples [N]."""
    length = round(FRAME_SECONDS * rate)
    frames = samples[: len(samples) // length * length].astype(np.float64).reshape(-1, length)
    power = np.square(frames).mean(axis=1) if len(frames) else np.zeros(0)
    if not power.any():
        return Pauses((), 0.0)
    speech = np.flatnonzero(power >= np.quantile(power, 0.95) * 10 ** (-SPEECH_RANGE_DB / 10))
    gaps = (np.diff(speech) - 1) * FRAME_SECONDS
    return Pauses(
        tuple(float(gap) for gap in gaps[gaps >= SHORTEST_PAUSE_SECONDS - 1e-9]), (speech[-1] - speech[0] + 1) * FRAME_SECONDS
    )
