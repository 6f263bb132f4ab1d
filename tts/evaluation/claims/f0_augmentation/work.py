"""What the worker processes do: convert a recording, or speak a text, and listen to it. Sounds stay in the process."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from tts.alignment.recogniser import load_recogniser, phone_error_rate, spoken_phones
from tts.augmentation.contours import DETAILED, KINDS, ORIGINAL, PREDICTED, Moments
from tts.augmentation.convert import RANGE_MARGIN, Tools, convert_mel, open_tools
from tts.augmentation.f0 import PhoneMeans, in_hz, predict_f0
from tts.corpus.manifest import resolve_audio
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.evaluation.claims.f0_augmentation.pairs import Pair
from tts.evaluation.distribution import F0Histograms, histograms
from tts.evaluation.measure import analyse, compare
from tts.features.audio import load_audio
from tts.features.speaker import heard_voice
from tts.features.store import FeatureStore
from tts.models.backbone.conditions import F0Contour
from tts.models.load import load_model
from tts.synthesis.synthesizer import Synthesizer
from tts.threads import at_most_threads

FLAT, WAVE, RISING = "flat", "sinusoid", "rising"
ASKED = (PREDICTED, DETAILED, ORIGINAL, FLAT, WAVE, RISING)
WAVE_SECONDS = 1.0
RISE_DEVIATIONS = 1.5  # to either side of the mean


@dataclass(frozen=True)
class Ground:
    """Where the corpus lies; can be sent to other processes."""

    features: Path
    audio_root: Path
    recogniser: Path | None


@dataclass(frozen=True)
class Conversion:
    """One sound to make out of a supporter's recording."""

    pair: Pair
    source: Utterance
    kind: str
    stage: str = "tuned"


@dataclass(frozen=True)
class Converted:
    """asked_hz, measured_hz, source_hz [T], 0 where unvoiced (asked: None without F0); vector [V] of who is heard; without F0, what the F0 model expects
    of supporter and target, [T] each."""

    task: Conversion
    asked_hz: np.ndarray | None
    measured_hz: np.ndarray
    source_hz: np.ndarray
    vector: np.ndarray
    expected_hz: tuple[np.ndarray, np.ndarray] | None = None

    @property
    def name(self) -> str:
        return f"{self.task.pair.target}/{self.task.source.id}"


@dataclass(frozen=True)
class Speaking:
    """A target's text to be spoken by one of its voices; None: its recording, to compare with."""

    pair: Pair
    utterance: Utterance
    voice: str | None


@dataclass(frozen=True)
class Spoken:
    """f0 of the sound; vector [V]; phone errors and phones; MCD in dB, warped in time, against the recording."""

    task: Speaking
    f0: F0Histograms
    vector: np.ndarray
    phone_errors: float
    phones: int
    mcd: float

    @property
    def name(self) -> str:
        return f"{self.task.pair.target}/{self.task.utterance.id}"


@dataclass(frozen=True)
class Predicted:
    """F0 in Hz [T] of a target's recording, and what follows from its phones and durations: by the tuned model, the one before,
    phone means."""

    name: str
    measured_hz: np.ndarray
    tuned_hz: np.ndarray
    both_hz: np.ndarray
    means_hz: np.ndarray


@dataclass(frozen=True)
class Melody:
    """F0 in Hz [T] of a target's recording, and what its voices, by name, would give the same phones with the same durations."""

    name: str
    measured_hz: np.ndarray
    voices_hz: dict[str, np.ndarray]


@cache
def open_store(folder: Path) -> FeatureStore:
    return FeatureStore(folder)


@cache
def open_synthesizer(folder: Path) -> Synthesizer:
    return Synthesizer.load(folder, device="cpu")


_recogniser, _model = cache(load_recogniser), cache(load_model)


def range_of(store: FeatureStore, speaker: str) -> tuple[float, float]:
    """A little more than the speaker's own range of F0, the same for every sound of a voice."""
    low, high = store.speakers["speakers"][speaker]["f0_range_hz"]
    return low / RANGE_MARGIN, high * RANGE_MARGIN


def drawn(kind: str, pair: Pair, opened, source: Utterance, frame_seconds: float) -> F0Contour | None:
    """The contour that a conversion asks for; the drawn ones are voiced where the predicted one is."""
    if kind in KINDS:
        return pair.contours(kind).contour(opened.f0, opened.store, source)
    predicted = pair.contours(PREDICTED).contour(opened.f0, opened.store, source)
    return F0Contour(line(kind, predicted.log_f0.shape[1], frame_seconds, pair.contours(PREDICTED).wanted)[None], predicted.voiced)


def line(kind: str, frames: int, frame_seconds: float, voice: Moments) -> Tensor:
    """log-F0 [T] of a contour that nobody would speak, about a voice's mean."""
    time = torch.arange(frames) * frame_seconds
    shape = {FLAT: torch.zeros_like(time), WAVE: math.sqrt(2) * torch.sin(2 * math.pi * time / WAVE_SECONDS),
             RISING: RISE_DEVIATIONS * (2 * time / max(float(time[-1]), frame_seconds) - 1)}[kind]
    return voice.mean + voice.deviation * shape


def convert(ground: Ground, task: Conversion) -> Converted:
    with at_most_threads(1):
        pair, source = task.pair, task.source
        opened = open_tools(Tools(pair.conversion(task.kind, task.stage), ground.features, pair.f0_model()))
        config = opened.loaded.features
        f0 = drawn(task.kind, pair, opened, source, config.frame_seconds)
        mel = convert_mel(opened.loaded, opened.store, source, pair.target, f0)
        with torch.inference_mode():
            samples = opened.vocoder(torch.from_numpy(mel)[None])[0].float().numpy()
        track, vector = heard_voice(samples, config, *range_of(opened.store, pair.target))
        found = Converted(task, None if f0 is None else in_hz(f0), track.f0_hz, opened.store[source.id].f0_hz, vector)
        if f0 is not None:
            return found
        expected = tuple(in_hz(predict_f0(opened.f0, source, who)) for who in (pair.supporter, pair.target))
        return replace(found, expected_hz=expected)


def speak(ground: Ground, task: Speaking) -> Spoken | None:
    """None if the voice cannot say it."""
    with at_most_threads(1):
        pair, utterance, features = task.pair, task.utterance, open_synthesizer(task.pair.voice("alone")).loaded.features
        recording = load_audio(resolve_audio(ground.audio_root / "manifest.jsonl", utterance), features.sample_rate)
        samples = recording
        if task.voice is not None:
            try:
                samples = open_synthesizer(pair.voice(task.voice)).say(utterance.text, pair.target, utterance.language,
                                                                       units=utterance.units).samples
            except UserError:
                return None
        span = range_of(open_store(ground.features), pair.target)
        track, vector = heard_voice(samples, features, *span)
        wanted, errors = spoken_phones(utterance), math.nan
        if ground.recogniser is not None:
            heard = _recogniser(ground.recogniser).phones(samples, features.sample_rate)
            errors = phone_error_rate([wanted], [heard]) * len(wanted)
        mcd = math.nan if task.voice is None else compare(analyse(recording, features, *span), analyse(samples, features, *span),
                                                          warp=True)["mcd"]
        return Spoken(task, histograms(track.f0_hz), vector, errors, len(wanted), mcd)


def predict(ground: Ground, means: PhoneMeans, task: Speaking) -> Predicted:
    """The F0 model by itself on a recording of the target, with the recording's durations."""
    with at_most_threads(1):
        pair, utterance = task.pair, task.utterance
        tuned, both = (in_hz(predict_f0(_model(pair.f0_model(stage)), utterance, pair.target)) for stage in ("tuned", "both"))
        return Predicted(f"{pair.target}/{utterance.id}", open_store(ground.features)[utterance.id].f0_hz, tuned, both,
                         means.predict(utterance))


def melody(ground: Ground, voices: tuple[str, ...], task: Speaking) -> Melody:
    """What each voice's F0 model makes of a recording of the target, with the recording's durations."""
    with at_most_threads(1):
        pair, utterance = task.pair, task.utterance
        found = {voice: in_hz(predict_f0(_model(pair.voice(voice)), utterance, pair.target)) for voice in voices}
        return Melody(f"{pair.target}/{utterance.id}", open_store(ground.features)[utterance.id].f0_hz, found)


def f0_of_corpus(folder: Path) -> list[F0Histograms]:
    """Of every utterance of an augmented corpus."""
    store = FeatureStore(folder / "features")
    return [histograms(store[row.id].f0_hz) for row in store.rows()]
