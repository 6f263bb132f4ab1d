"""One utterance of the listening page, ready to draw: its sounds on one time axis, with spectrogram, words, F0, scores, and the
F0 of the synthesis warped phone by phone onto the recording's time. Sound and pictures become data addresses; places are percent.
"""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass

import numpy as np
import soundfile

from tts.corpus.utterance import PAUSES, Unit, Utterance
from tts.evaluation.measure import METRICS, mel_of
from tts.evaluation.recipe import COPY, RECORDING, SYNTHESIS
from tts.evaluation.results import Row
from tts.features.config import FeatureConfig
from tts.features.f0 import extract_f0

RANGE_DB = 70  # of the spectrograms, below the loudest point of an utterance's three sounds
F0_HEIGHT, F0_WIDTH = 100, 1000  # of the drawing's own coordinates
TICKS_HZ = (60, 80, 100, 150, 200, 300, 400, 500)
SCORES = ("mcd", "f0_rmse_cents", "f0_correlation", "vde", "per", "wer")  # those that stand beside a sound


@dataclass(frozen=True)
class Word:
    """A word on the time axis: percent of the card's width."""

    text: str
    left: float
    width: float


@dataclass(frozen=True)
class Sound:
    """One sound of a card, ready to draw. `width` is its share of the card's time axis, in percent; `curve` an SVG path."""

    system: str
    audio: str
    spectrogram: str
    seconds: float
    width: float
    words: list[Word]
    curve: str
    scores: list[tuple[str, str]]
    description: str


@dataclass(frozen=True)
class Card:
    """One utterance. `overlay` holds the curves of the F0 drawing by system, in the recording's time; ticks: label, percent."""

    id: str
    text: str
    speaker: str
    language: str
    style: str
    sounds: list[Sound]
    overlay: list[tuple[str, str]]
    overlay_words: list[Word]
    overlay_description: str
    time_ticks: list[tuple[str, float]]
    f0_ticks: list[tuple[str, float]]


def make_card(utterance: Utterance, spoken: Utterance, sounds: dict[str, np.ndarray], rows: dict[str, Row | None],
              config: FeatureConfig) -> Card:
    """The card of one utterance from its sounds [N] by system."""
    mels = {system: mel_of(samples, config).numpy() for system, samples in sounds.items()}
    tracks = {system: extract_f0(samples, config).f0_hz for system, samples in sounds.items()}
    seconds = {system: len(samples) / config.sample_rate for system, samples in sounds.items()}
    longest, loudest = max(seconds.values()), max(float(mel.max()) for mel in mels.values())
    low_hz, high_hz = f0_limits(list(tracks.values()))
    units = {RECORDING: utterance.units, COPY: utterance.units, SYNTHESIS: spoken.units}

    def sound(system: str) -> Sound:
        frames = len(mels[system])
        return Sound(
            system=system,
            audio=flac(sounds[system], config.sample_rate),
            spectrogram=spectrogram(mels[system], loudest),
            seconds=seconds[system],
            width=100 * seconds[system] / longest,
            words=words_of(units[system], frames),
            curve=f0_curve(np.arange(frames) + 0.5, tracks[system], frames, low_hz, high_hz),
            scores=scores_of(rows[system]),
            description=f"Mel spectrogram of the {system}, {seconds[system]:.1f} seconds",
        )

    frames = len(mels[RECORDING])
    warped = warp_times(spoken.units, utterance.units)
    overlay = [(RECORDING, f0_curve(np.arange(frames) + 0.5, tracks[RECORDING], frames, low_hz, high_hz))]
    if warped is not None:
        length = min(len(warped), len(tracks[SYNTHESIS]))
        overlay.append((SYNTHESIS, f0_curve(warped[:length], tracks[SYNTHESIS][:length], frames, low_hz, high_hz)))
    return Card(
        id=utterance.id,
        text=utterance.text,
        speaker=utterance.speaker,
        language=utterance.language,
        style=utterance.style,
        sounds=[sound(system) for system in sounds],
        overlay=overlay,
        overlay_words=words_of(utterance.units, frames),
        overlay_description="F0 curves. " + "; ".join(f"{s}: {f0_in_words(tracks[s])}" for s in (RECORDING, SYNTHESIS)),
        time_ticks=time_ticks(longest),
        f0_ticks=[(f"{hz}", f0_height(hz, low_hz, high_hz)) for hz in TICKS_HZ if low_hz * 1.05 < hz < high_hz / 1.05],
    )


def scores_of(row: Row | None) -> list[tuple[str, str]]:
    """Short labels and values of an utterance's scores."""
    found = {} if row is None else {m: row.scores[m] for m in SCORES if math.isfinite(row.scores.get(m, math.nan))}
    scores = []
    for metric, value in found.items():
        about = METRICS[metric]
        unit = "" if about.unit == "r" else f" {about.unit}"
        scores.append((about.short, f"{value * about.scale:.{about.digits}f}{unit}"))
    return scores


# -- pieces ------------------------------------------------------------------------------------------------------------


def flac(samples: np.ndarray, sample_rate: int) -> str:
    """Samples as a data address of FLAC, 16 bit."""
    buffer = io.BytesIO()
    soundfile.write(buffer, np.clip(samples, -1, 1), sample_rate, format="FLAC", subtype="PCM_16")
    return "data:audio/flac;base64," + base64.b64encode(buffer.getvalue()).decode()


def spectrogram(mel: np.ndarray, loudest: float) -> str:
    """A log-mel [T, M] as a data address of a grey PNG, dark where loud, low bands below."""
    from PIL import Image

    decibels = (mel - loudest) * (20 / math.log(10))
    grey = 255 * (1 - np.clip(1 + decibels / RANGE_DB, 0, 1) ** 1.3)
    buffer = io.BytesIO()
    Image.fromarray(np.flipud(grey.T).astype(np.uint8)).save(buffer, format="PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def words_of(units: list[Unit], frames: int) -> list[Word]:
    """Words as percent of a sound of `frames` frames; none if the units are not aligned."""
    if any(phone.frames is None for unit in units for phone in unit.phones):
        return []
    words, at = [], 0
    for unit in units:
        if not unit.is_pause:
            words.append(Word(unit.text, 100 * at / frames, 100 * unit.frames / frames))
        at += unit.frames
    return words


def f0_limits(tracks: list[np.ndarray]) -> tuple[float, float]:
    """The range of Hz that shows nearly all of the contours, at least an octave."""
    voiced = np.concatenate([track[track > 0] for track in tracks])
    if len(voiced) == 0:
        return 60.0, 300.0
    low, high = np.percentile(voiced, [1, 99])
    low, high = low / 1.15, high * 1.15
    middle = math.sqrt(low * high)
    return min(low, middle / math.sqrt(2)), max(high, middle * math.sqrt(2))


def f0_height(hz: float | np.ndarray, low_hz: float, high_hz: float):
    """Height in percent from the top, logarithmic."""
    return 100 * (1 - np.log(hz / low_hz) / math.log(high_hz / low_hz))


def f0_curve(times: np.ndarray, f0_hz: np.ndarray, frames: int, low_hz: float, high_hz: float) -> str:
    """An SVG path of a contour [T] at `times` [T] (in frames of a drawing `frames` wide), broken where unvoiced."""
    x, y = times * F0_WIDTH / frames, np.clip(f0_height(np.maximum(f0_hz, 1.0), low_hz, high_hz), 0, 100) * F0_HEIGHT / 100
    parts, pen_up = [], True
    for t, hz in enumerate(f0_hz):
        if hz > 0:
            parts.append(f"{'M' if pen_up else 'L'}{x[t]:.1f} {y[t]:.1f}" + ("h.1" if pen_up else ""))
        pen_up = hz <= 0
    return "".join(parts)


def warp_times(spoken: list[Unit], recorded: list[Unit]) -> np.ndarray | None:
    """For every spoken frame its time in the recording, in frames: linear within each phone, and within what lies between two phones
    (a pause may be on one side only). None if the phones differ."""
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


def time_ticks(seconds: float) -> list[tuple[str, float]]:
    """Labels and places in percent, at most nine of them."""
    step = next(step for step in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 3600) if seconds / step <= 8)
    times = [i * step for i in range(int(seconds / step) + 1) if i * step < 0.95 * seconds]
    return [(f"{time:g} s", 100 * time / seconds) for time in times]
