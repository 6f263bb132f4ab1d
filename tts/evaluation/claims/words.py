"""What is measured of each word, and how words of two sounds of the same text go together.

    f0          mean F0 of the word in semitones; unknown with fewer than 3 voiced frames
    duration    ln of its length
    energy      mean power in dB
    pause       ln of a pause's length plus one frame (a pause may have none)

Values are compared after their utterance's mean is taken away, over words known on both sides, so that neither the voice's height
nor its tempo nor its level counts: only which words stand out. Correlations are pooled over the words of all utterances.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tts.corpus.utterance import Unit
from tts.evaluation.figure import Figure, correlation_of
from tts.features.config import FeatureConfig
from tts.features.energy import frame_energy
from tts.features.f0 import F0Track
from tts.prosody.measure import measure_units

REFERENCE_HZ = 100.0  # of the semitone scale; differences do not depend on it
MEASURES = ("f0", "duration", "energy")  # of words


@dataclass(frozen=True)
class Words:
    """Values of a sound's words in order, f0, duration, energy [words], and pause [pauses]. NaN where unknown."""

    f0: np.ndarray
    duration: np.ndarray
    energy: np.ndarray
    pause: np.ndarray

    def __getitem__(self, measure: str) -> np.ndarray:
        return getattr(self, measure)


def measure_words(samples: np.ndarray, units: list[Unit], track: F0Track, config: FeatureConfig) -> Words:
    """The words of a sound [N] whose units' frames and F0 are known."""
    measured = measure_units(units, track.f0_hz, frame_energy(samples, config), config.frame_seconds, REFERENCE_HZ, 0.0)
    words = [m for m, unit in zip(measured, units) if not unit.is_pause]
    pauses = [m for m, unit in zip(measured, units) if unit.is_pause]
    frame_ms = 1000 * config.frame_seconds
    return Words(
        np.array([np.nan if m.f0_st is None else m.f0_st for m in words]),
        np.log([max(m.duration_ms, frame_ms / 2) for m in words]),
        np.array([np.nan if m.energy_db is None else m.energy_db for m in words], dtype=np.float64),
        np.log([m.duration_ms + frame_ms for m in pauses]),
    )


def centred(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both sides' values of the entries known in both, each without its mean."""
    both = np.isfinite(a) & np.isfinite(b)
    a, b = a[both], b[both]
    return (a - a.mean(), b - b.mean()) if len(a) else (a, b)


def correlation(pairs: Iterable[tuple[str, Words, Words]], measure: str) -> Figure:
    """Pooled Pearson of a measure; pairs are (utterance id, one side, other side)."""
    return correlation_of((name, *centred(a[measure], b[measure])) for name, a, b in pairs)


def utterance_correlation(a: Words, b: Words, measure: str) -> float:
    """The same within one utterance; NaN with fewer than three words."""
    x, y = centred(a[measure], b[measure])
    return float(np.corrcoef(x, y)[0, 1]) if len(x) > 2 and x.std() > 1e-6 and y.std() > 1e-6 else float("nan")
