"""One utterance of the listening page, ready to draw: its sounds on one time axis, with spectrogram, words, F0, scores, and below
them melodies laid over each other (melody.py). Sound and pictures become data addresses; places are percent.
"""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass

import numpy as np
import soundfile

from tts.corpus.utterance import Unit, Utterance
from tts.evaluation.measure import mel_of
from tts.report.melody import Melody, Track, Word, f0_curve, f0_limits, hertz_scale, lay_over, words_of
from tts.evaluation.metrics import METRICS
from tts.evaluation.results import Row
from tts.features.config import FeatureConfig
from tts.features.f0 import extract_f0
from tts.prosody.measure import median_f0

RANGE_DB = 70  # of the spectrograms, below the loudest point of an utterance's sounds
SCORES = ("mcd", "f0_rmse_cents", "f0_correlation", "voicing_decision_error", "per", "wer")  # those that stand beside a sound


@dataclass(frozen=True)
class Take:
    """A sound that goes on a card: samples [N] with their timed units.

    system  its kind, which gives it its colour
    name    what it is called there
    detail  what else is to be known of it
    row     its scores
    marked  units that stand out
    f0_range_hz  where its voice speaks
    """

    system: str
    samples: np.ndarray
    units: list[Unit]
    name: str
    detail: str = ""
    row: Row | None = None
    marked: tuple[int, ...] = ()
    f0_range_hz: tuple[float, float] | None = None


@dataclass(frozen=True)
class Overlay:
    """Two takes, by system, whose melodies are to be laid over each other, with what the legend says of them. `medians`: the
    systems from whose medians semitones are counted; None: the drawing is in Hz. `marked`: units of the first that stand out."""

    first: str
    second: str
    names: tuple[str, str]
    notes: list[str]
    medians: tuple[str, str] | None = None
    marked: tuple[int, ...] = ()


@dataclass(frozen=True)
class Sound:
    """One sound of a card, ready to draw. `width` is its share of the card's time axis, in percent; `curve` an SVG path."""

    system: str
    name: str
    detail: str
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
    """One utterance."""

    id: str
    text: str
    speaker: str
    language: str
    style: str
    sounds: list[Sound]
    melodies: list[Melody]
    time_ticks: list[tuple[str, float]]


def make_card(utterance: Utterance, takes: list[Take], overlays: list[Overlay], config: FeatureConfig) -> Card:
    """The card of one utterance from its sounds."""
    mels = {take.system: mel_of(take.samples, config).numpy() for take in takes}
    tracks = {
        take.system: Track(take.system, take.units, extract_f0(take.samples, config, *(take.f0_range_hz or ())).f0_hz) for take in takes
    }
    medians = {system: median_f0(track.f0_hz) for system, track in tracks.items()}
    seconds = {take.system: len(take.samples) / config.sample_rate for take in takes}
    longest, loudest = max(seconds.values()), max(float(mel.max()) for mel in mels.values())
    scale = hertz_scale(*f0_limits([track.f0_hz for track in tracks.values()]))

    def sound(take: Take) -> Sound:
        frames, length = len(mels[take.system]), seconds[take.system]
        return Sound(
            system=take.system,
            name=take.name,
            detail=take.detail,
            audio=flac(take.samples, config.sample_rate),
            spectrogram=spectrogram(mels[take.system], loudest),
            seconds=length,
            width=100 * length / longest,
            words=words_of(take.units, frames, take.marked),
            curve=f0_curve(np.arange(frames) + 0.5, tracks[take.system].f0_hz, frames, scale.low, scale.high),
            scores=scores_of(take.row),
            description=f"Mel spectrogram of the {take.name}, {length:.1f} seconds",
        )

    def melody(overlay: Overlay) -> Melody:
        first, second, width = tracks[overlay.first], tracks[overlay.second], 100 * seconds[overlay.first] / longest
        if overlay.medians is None:
            height = {"scale": scale}
        else:
            height = {"medians_hz": tuple(medians[system] for system in overlay.medians)}
        return lay_over(first, second, overlay.names, overlay.notes, width, marked=overlay.marked, **height)

    return Card(
        id=utterance.id,
        text=utterance.text,
        speaker=utterance.speaker,
        language=utterance.language,
        style=utterance.style,
        sounds=[sound(take) for take in takes],
        melodies=[melody(overlay) for overlay in overlays],
        time_ticks=time_ticks(longest),
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


def time_ticks(seconds: float) -> list[tuple[str, float]]:
    """Labels and places in percent, at most nine of them."""
    step = next(step for step in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 3600) if seconds / step <= 8)
    times = [i * step for i in range(int(seconds / step) + 1) if i * step < 0.95 * seconds]
    return [(f"{time:g} s", 100 * time / seconds) for time in times]
