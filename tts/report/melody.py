"""The drawing of two melodies over each other: the F0 of a second sound is warped, phone by phone, onto the time of a first.

Recording and synthesis are drawn in Hz. What is spoken by two voices is drawn in semitones from each one's own median, so that
one sees whether the melody is the same; octave jumps, which are faults of the tracker, are left out there. Places are percent, curves SVG paths.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from tts.corpus.utterance import PAUSES, Unit
from tts.prosody.measure import without_octave_jumps

F0_HEIGHT, F0_WIDTH = 100, 1000  # of the drawing's own coordinates
TICKS_HZ = (60, 80, 100, 150, 200, 300, 400, 500)
TICKS_ST = (-12, -6, 0, 6, 12)


@dataclass(frozen=True)
class Word:
    """A word on the time axis: percent of the sound's length."""

    text: str
    left: float
    width: float
    marked: bool = False


@dataclass(frozen=True)
class Track:
    """F0 [T] of a sound in Hz, 0 where unvoiced, and its timed units."""

    system: str
    units: list[Unit]
    f0_hz: np.ndarray


@dataclass(frozen=True)
class Scale:
    """What the height of a drawing means, from low to high; ticks: label and place."""

    low: float
    high: float
    ticks: list[tuple[str, float]]


@dataclass(frozen=True)
class Melody:
    """A drawing. curves: SVG path by system; legend: text by system, and notes below it; words of the first sound, some marked;
    width: its share of the card's time axis in percent; description: for those who do not see it."""

    curves: list[tuple[str, str]]
    legend: list[tuple[str, str]]
    notes: list[str]
    words: list[Word]
    ticks: list[tuple[str, float]]
    width: float
    description: str


def lay_over(first: Track, second: Track, names: tuple[str, str], notes: list[str], width: float, scale: Scale | None = None,
             medians_hz: tuple[float | None, float | None] = (None, None), marked: Collection[int] = ()) -> Melody:
    """Both melodies in the first one's time: in Hz on a given scale, or in semitones from `medians_hz`. Where their phones differ
    only the first is drawn, and a note says so. `marked`: units of the first."""
    tracks = first.f0_hz, second.f0_hz
    if scale is None:
        tracks = tuple(without_octave_jumps(track) / (median or 1.0) for track, median in zip(tracks, medians_hz))
        scale = semitone_scale(*f0_limits(list(tracks)))
    frames, limits = len(tracks[0]), (scale.low, scale.high)
    curves = [(first.system, f0_curve(np.arange(frames) + 0.5, tracks[0], frames, *limits))]
    times = warp_times(second.units, first.units)
    if times is None:
        names, notes = names[:1], [f"no {second.system} here: its phones differ"]
    else:
        length = min(len(times), len(tracks[1]))
        curves.append((second.system, f0_curve(times[:length], tracks[1][:length], frames, *limits)))
    description = "F0 curves. " + "; ".join(f"{track.system}: {f0_in_words(track.f0_hz)}" for track in (first, second))
    legend = list(zip((first.system, second.system), names))
    return Melody(curves, legend, notes, words_of(first.units, frames, marked), scale.ticks, width, description)


def hertz_scale(low: float, high: float) -> Scale:
    ticks = [(f"{hz}", f0_height(hz, low, high)) for hz in TICKS_HZ if low * 1.05 < hz < high / 1.05]
    return Scale(low, high, [(f"{label} Hz" if i == len(ticks) - 1 else label, place) for i, (label, place) in enumerate(ticks)])


def semitone_scale(low: float, high: float) -> Scale:
    """For F0 as a multiple of a median."""
    ratios = [(f"{st:+d} st" if st else "median", 2 ** (st / 12)) for st in TICKS_ST]
    return Scale(low, high, [(label, f0_height(r, low, high)) for label, r in ratios if low * 1.05 < r < high / 1.05])


# -- pieces ------------------------------------------------------------------------------------------------------------


def words_of(units: list[Unit], frames: int, marked: Collection[int] = ()) -> list[Word]:
    """Words as percent of a sound of `frames` frames; none if the units are not aligned. `marked`: positions of units."""
    if any(phone.frames is None for unit in units for phone in unit.phones):
        return []
    words, at = [], 0
    for position, unit in enumerate(units):
        if not unit.is_pause:
            words.append(Word(unit.text, 100 * at / frames, 100 * unit.frames / frames, position in marked))
        at += unit.frames
    return words


def f0_limits(tracks: list[np.ndarray]) -> tuple[float, float]:
    """The range that shows nearly all of the contours, at least an octave."""
    voiced = np.concatenate([track[track > 0] for track in tracks])
    if len(voiced) == 0:
        return 60.0, 300.0
    low, high = np.percentile(voiced, [1, 99])
    low, high = low / 1.15, high * 1.15
    middle = math.sqrt(low * high)
    return min(low, middle / math.sqrt(2)), max(high, middle * math.sqrt(2))


def f0_height(f0: float | np.ndarray, low: float, high: float):
    """Height in percent from the top, logarithmic."""
    return 100 * (1 - np.log(f0 / low) / math.log(high / low))


def f0_curve(times: np.ndarray, f0: np.ndarray, frames: int, low: float, high: float) -> str:
    """An SVG path of a contour [T], in Hz or as multiples of a median, at `times` [T] (in frames of a drawing `frames` wide),
    broken where it is 0."""
    x, y = times * F0_WIDTH / frames, np.clip(f0_height(np.maximum(f0, 1e-6), low, high), 0, 100) * F0_HEIGHT / 100
    parts, pen_up = [], True
    for t, value in enumerate(f0):
        if value > 0:
            parts.append(f"{'M' if pen_up else 'L'}{x[t]:.1f} {y[t]:.1f}" + ("h.1" if pen_up else ""))
        pen_up = value <= 0
    return "".join(parts)


def warp_times(spoken: list[Unit], recorded: list[Unit]) -> np.ndarray | None:
    """For every spoken frame its time in the recording, in frames: linear within each phone, and within what lies between two
    phones (a pause may be on one side only). None if the phones differ."""
    ours, theirs = ([p for u in units for p in u.phones] for units in (spoken, recorded))
    if any(p.frames is None for p in [*ours, *theirs]):
        return None
    ends = np.cumsum([p.frames for p in theirs])
    sounds = [(int(end) - p.frames, int(end)) for p, end in zip(theirs, ends) if p.symbol not in PAUSES]
    if [p.symbol for p in ours if p.symbol not in PAUSES] != [p.symbol for p in theirs if p.symbol not in PAUSES]:
        return None
    edges, times = [(0, 0), *sounds, (int(ends[-1]),) * 2], []
    place = 0  # sounds passed so far
    for phone in ours:
        if phone.symbol in PAUSES:
            start, end = edges[place][1], edges[place + 1][0]
        else:
            place += 1
            start, end = edges[place]
        times.append(start + (np.arange(phone.frames) + 0.5) * (end - start) / max(phone.frames, 1))
    return np.concatenate(times)


def f0_in_words(f0_hz: np.ndarray) -> str:
    voiced = f0_hz[f0_hz > 0]
    if len(voiced) == 0:
        return "nothing voiced"
    return f"median {np.median(voiced):.0f} Hz, from {voiced.min():.0f} to {voiced.max():.0f} Hz"
