"""From times in seconds to integer mel frames: silences become pauses, phones get at least a frame, the sum is the mel's length.

    found      j   ɛ    s  ·(30 ms)·  f   ɔː      a short silence is shared by its neighbours
    found      j   ɛ    s  ·(80 ms)·  f   ɔː      a long one becomes a pause unit "_" between the words
    found      j   ɛ    s  ·(80 ms)·  k   ʌ       but before a plosive it is the closure, and belongs to it
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tts.alignment.aligner import Alignment
from tts.corpus.utterance import PAUSES, Phone, Unit
from tts.features.config import FeatureConfig
from tts.features.frames import seconds_to_boundary

PLOSIVES = "pbtdkɡgqcʔɟʈɖɢ"  # and the affricates that begin like them
CLOSURE_SECONDS = 0.06  # so much longer must a silence before a plosive be to count as a pause


@dataclass(frozen=True)
class Placed:
    """Units with frames; `starts_seconds` [P] are the unrounded starts of their phones; how many pauses were put in."""

    units: list[Unit]
    starts_seconds: np.ndarray
    inserted: int


def place(units: list[Unit], alignment: Alignment, total_frames: int, pause_seconds: float, config: FeatureConfig) -> Placed:
    """Copies of `units` whose phones have frames that sum to `total_frames`, with pauses where speakers made them.

    Raises ValueError when there are more phones than frames.
    """
    row, edges = alignment.row, []
    for index, unit in enumerate(units):
        if not unit.is_pause:
            entries = np.flatnonzero(row.unit == index)
            edges.append(np.append(alignment.starts[entries], alignment.ends[entries[-1]]))
    return place_words(units, edges, float(alignment.ends[-1]), total_frames, pause_seconds, config)


def place_words(units: list[Unit], word_edges: list[np.ndarray], end: float, total_frames: int, pause_seconds: float,
                config: FeatureConfig) -> Placed:
    """As `place`, from the edges in seconds of every word's phones ([P+1] each), whoever found them; `end` is the sound's."""
    placed, starts, inserted = [], [], 0
    words, previous_end = iter(word_edges), 0.0
    for unit in units:
        after_pause = not placed or placed[-1].is_pause
        copy = Unit(unit.text, unit.span, [Phone(phone.symbol, phone.stress) for phone in unit.phones])
        if unit.is_pause:
            starts.append(np.nan if placed and after_pause else previous_end)
            placed.append(copy)
            continue
        edges = np.array(next(words), dtype=float)
        silence = edges[0] - previous_end
        closes = copy.phones[0].symbol[0] in PLOSIVES
        if not after_pause and silence >= pause_seconds + CLOSURE_SECONDS * closes:
            border = placed[-1].span[1]
            placed.append(Unit("_", (border, border), [Phone("_")]))
            starts.append(previous_end)
            inserted += 1
        elif not after_pause:
            edges[0] -= silence if closes else silence / 2
        placed.append(copy)
        starts.extend(edges[:-1])
        previous_end = float(edges[-1])
    return with_frames(placed, _fill(np.array(starts, dtype=float), end), total_frames, config, inserted)


def _fill(times: np.ndarray, end: float) -> np.ndarray:
    """Starts that are unknown (a pause after a pause, which gets nothing) become those of what follows."""
    for place in range(len(times) - 1, -1, -1):
        if np.isnan(times[place]):
            times[place] = times[place + 1] if place + 1 < len(times) else end
    return times


def with_frames(units: list[Unit], starts_seconds: np.ndarray, total_frames: int, config: FeatureConfig,
                inserted: int = 0) -> Placed:
    """`units` with the frames between their phones' start times, each phone but pauses at least one, in sum `total_frames`."""
    phones = [phone for unit in units for phone in unit.phones]
    least = np.array([0 if phone.symbol in PAUSES else 1 for phone in phones])
    if least.sum() > total_frames:
        raise ValueError(f"{least.sum()} phones in {total_frames} frames")
    edges = np.array([0, *(seconds_to_boundary(s, config) for s in starts_seconds[1:]), total_frames])
    soonest = np.concatenate([[0], np.cumsum(least)])
    # Each edge leaves room for the phones before it and after it; subtracting the least lengths makes "at least" plain order.
    slack = np.clip(np.maximum.accumulate(edges - soonest), 0, total_frames - soonest[-1])
    slack[0], slack[-1] = 0, total_frames - soonest[-1]
    for phone, frames in zip(phones, np.diff(slack + soonest)):
        phone.frames = int(frames)
    return Placed(units, starts_seconds, inserted)
