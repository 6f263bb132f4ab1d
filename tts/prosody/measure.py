"""Five numbers per word, as a person would describe its prosody: length, height, range and slope of the melody, and loudness.

All are relative to the utterance's own: F0 in semitones above the utterance's median, energy in dB above the level of its words.
So they can be compared between voices. Octave jumps (more than 9 semitones between neighbouring frames) are faults of the tracker
and left out. A pause has a length and an energy, but no F0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np

from tts.corpus.utterance import Unit
from tts.features.config import FeatureConfig
from tts.features.energy import ENERGY_FLOOR, frame_energy
from tts.features.f0 import extract_f0

JUMP_ST = 9.0  # semitones between neighbouring voiced frames that no voice makes
FEWEST_FOR_MEAN, FEWEST_FOR_SLOPE = 3, 5  # voiced frames
DB_PER_NEPER = 20 / math.log(10)


@dataclass(frozen=True)
class Measured:
    """One word or pause. None is what could not be measured.

    duration_ms    length
    f0_st          mean F0 over voiced frames, semitones above the utterance's median; None below 3 voiced frames
    f0_range_st    90th minus 10th percentile of the same frames, semitones
    f0_slope_st_s  straight line through them, semitones per second, positive rises; None below 5 voiced frames
    energy_db      mean power, dB above the level of the utterance's words; None for a unit without frames
    """

    duration_ms: float
    f0_st: float | None
    f0_range_st: float | None
    f0_slope_st_s: float | None
    energy_db: float | None


MEASURES = tuple(field.name for field in fields(Measured))


@dataclass(frozen=True)
class MeasuredSound:
    """A sound's units, and what they are relative to: `median_hz` (None if nothing is voiced), `level_db` of full scale."""

    units: list[Measured]
    median_hz: float | None
    level_db: float


def without_octave_jumps(f0_hz: np.ndarray) -> np.ndarray:
    """F0 [T] with 0 where a stretch of voiced frames leaves, by a jump, the height that its longest part has."""
    kept = np.array(f0_hz, dtype=np.float64)
    voiced = np.flatnonzero(kept > 0)
    for stretch in np.split(voiced, np.flatnonzero(np.diff(voiced) > 1) + 1):
        semitones = 12 * np.log2(kept[stretch])
        parts = np.split(np.arange(len(stretch)), np.flatnonzero(np.abs(np.diff(semitones)) > JUMP_ST) + 1)
        height = np.median(semitones[max(parts, key=len)]) if len(parts) > 1 else 0.0
        for part in parts if len(parts) > 1 else ():
            if abs(np.median(semitones[part]) - height) > JUMP_ST:
                kept[stretch[part]] = 0.0
    return kept


def median_f0(f0_hz: np.ndarray) -> float | None:
    """Median of the voiced frames of F0 [T], Hz; None if there are none."""
    f0_hz = without_octave_jumps(f0_hz)
    return float(np.median(f0_hz[f0_hz > 0])) if (f0_hz > 0).any() else None


def speech_level(units: list[Unit], energy: np.ndarray) -> float:
    """Mean power of the words' frames in dB of full scale, from energy [T] as `tts.features.energy` gives it."""
    in_word = np.repeat([not unit.is_pause for unit in units], [unit.frames for unit in units])
    return _power_db(energy[in_word]) if in_word.any() else DB_PER_NEPER * math.log(ENERGY_FLOOR)


def measure_units(units: list[Unit], f0_hz: np.ndarray, energy: np.ndarray, frame_seconds: float, median_hz: float | None,
                  level_db: float) -> list[Measured]:
    """One `Measured` per aligned unit, from F0 [T] in Hz (0 where unvoiced) and energy [T] (ln RMS)."""
    frames = [unit.frames for unit in units]
    if not sum(frames) == len(f0_hz) == len(energy):
        raise ValueError(f"units of {sum(frames)} frames do not fit F0 of {len(f0_hz)} and energy of {len(energy)}")
    f0_hz = without_octave_jumps(f0_hz)
    ends = np.cumsum(frames)
    parts = [slice(end - length, end) for length, end in zip(frames, ends)]
    return [_measure(f0_hz[part], energy[part], frame_seconds, None if unit.is_pause else median_hz, level_db)
            for unit, part in zip(units, parts)]


def measure_sound(samples: np.ndarray, units: list[Unit], config: FeatureConfig, f0_range_hz: tuple[float, float] | None = None,
                  median_hz: float | None = None) -> MeasuredSound:
    """Measure samples [N] at the configuration's rate against their aligned units. `median_hz`: what F0 is relative to, the
    sound's own median unless given."""
    f0_hz = extract_f0(samples, config, *(f0_range_hz or ())).f0_hz
    energy = frame_energy(samples, config)
    median_hz, level_db = median_hz or median_f0(f0_hz), speech_level(units, energy)
    return MeasuredSound(measure_units(units, f0_hz, energy, config.frame_seconds, median_hz, level_db), median_hz, level_db)


def _measure(f0_hz: np.ndarray, energy: np.ndarray, frame_seconds: float, median_hz: float | None, level_db: float) -> Measured:
    mean = spread = slope = None
    voiced = np.flatnonzero(f0_hz > 0)
    if median_hz and len(voiced) >= FEWEST_FOR_MEAN:
        semitones = 12 * np.log2(f0_hz[voiced] / median_hz)
        mean, spread = float(semitones.mean()), float(np.subtract(*np.percentile(semitones, (90, 10))))
        if len(voiced) >= FEWEST_FOR_SLOPE:
            slope = float(np.polyfit(voiced * frame_seconds, semitones, 1)[0])
    return Measured(1000 * frame_seconds * len(f0_hz), mean, spread, slope, _power_db(energy) - level_db if len(energy) else None)


def _power_db(energy: np.ndarray) -> float:
    """Mean power in dB of frames whose ln RMS is `energy` [T]."""
    return float(10 * np.log10(np.mean(np.exp(2 * energy.astype(np.float64)))))
