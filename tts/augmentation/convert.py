"""One utterance of the supporter in the target's voice: converted, vocoded, listened to and scored."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch

from tts.alignment.align import as_heard
from tts.alignment.aligner import align, load_aligner
from tts.alignment.recogniser import load_recogniser, phone_error_rate, spoken_phones
from tts.augmentation.contours import Contours
from tts.augmentation.f0 import in_hz
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.evaluation.f0 import compare_f0
from tts.features.energy import frame_energy
from tts.features.f0 import F0Track
from tts.features.speaker import heard_voice
from tts.features.store import Features, FeatureStore
from tts.models.backbone.conditions import F0Contour
from tts.models.copycat.model import CopyCat
from tts.models.load import LoadedModel, load_batch, load_model
from tts.vocoder.load import load_vocoder
from tts.vocoder.vocoder import Vocoder

RANGE_MARGIN = 1.3  # F0 is looked for so far beyond the target's range, to see whether it leaves it


@dataclass(frozen=True)
class Tools:
    """Folders of what converts and what judges; a judge that is None does not judge. Opened once by every process."""

    model: Path
    features: Path
    f0_model: Path | None = None  # None: the conversion model's own
    vocoder: str | None = None
    aligner: Path | None = None
    recogniser: Path | None = None


@dataclass(frozen=True)
class Opened:
    loaded: LoadedModel
    f0: LoadedModel  # whose F0 model predicts
    store: FeatureStore
    vocoder: Vocoder
    aligner: object | None
    recogniser: object | None


@dataclass(frozen=True)
class Voices:
    """Vectors of the real voices, by which likeness is judged, and the target's range of F0."""

    target: tuple[float, ...]
    supporter: tuple[float, ...]
    low_hz: float
    high_hz: float


@dataclass(frozen=True)
class Converted:
    """samples [N], features of the sound (mel: the model's own), asked_hz [T] or None, scores by the names of rules.py."""

    samples: np.ndarray
    features: Features
    asked_hz: np.ndarray | None
    scores: dict[str, float | None]


@cache
def open_tools(tools: Tools) -> Opened:
    loaded = load_model(tools.model)
    if not isinstance(loaded.model, CopyCat):
        raise UserError(f"{tools.model}: a model of system {loaded.card['system']!r} converts nothing; expected a copycat (the conversion model of "
                        "recipes/conf/f0_augmentation.yaml)")
    return Opened(
        loaded,
        loaded if tools.f0_model is None else load_model(tools.f0_model),
        FeatureStore(tools.features, expected=loaded.fingerprint),
        load_vocoder(tools.vocoder, loaded.fingerprint, model=tools.model),
        None if tools.aligner is None else load_aligner(tools.aligner),
        None if tools.recogniser is None else load_recogniser(tools.recogniser),
    )


def convert_mel(loaded: LoadedModel, store: FeatureStore, utterance: Utterance, target: str, f0: F0Contour | None) -> np.ndarray:
    """The mel [T, M] of an utterance in the target's voice, with this contour."""
    return loaded.model.convert(load_batch(loaded, store, utterance), loaded.names.index("speakers", target), f0).mel


def convert(opened: Opened, contours: Contours, voices: Voices, utterance: Utterance) -> Converted:
    """The utterance in the target's voice, with what a listener can measure of it."""
    loaded, config = opened.loaded, opened.loaded.features
    f0 = contours.contour(opened.f0, opened.store, utterance)
    mel = convert_mel(loaded, opened.store, utterance, contours.target, f0)
    with torch.inference_mode():
        samples = opened.vocoder(torch.from_numpy(mel)[None])[0].float().numpy()
    track, vector = heard_voice(samples, config, voices.low_hz / RANGE_MARGIN, voices.high_hz * RANGE_MARGIN)
    features = Features(mel, track.f0_hz, track.voiced, frame_energy(samples, config), vector)
    asked = None if f0 is None else in_hz(f0)
    return Converted(samples, features, asked, scores_of(opened, voices, utterance, samples, track, vector, asked))


def scores_of(opened: Opened, voices: Voices, utterance: Utterance, samples: np.ndarray, track: F0Track, vector: np.ndarray,
              asked_hz: np.ndarray | None) -> dict[str, float | None]:
    """What rules.py judges by, rounded; None where there is nothing to judge by."""
    config = opened.loaded.features
    voiced = track.f0_hz[track.voiced]
    scores = {
        "f0_correlation": None if asked_hz is None else compare_f0(asked_hz, track.f0_hz).f0_correlation,
        "likeness": float(vector @ np.array(voices.target, np.float32)),
        "likeness_margin": float(vector @ (np.array(voices.target, np.float32) - np.array(voices.supporter, np.float32))),
        "alignment_loss": None,
        "phone_errors": None,
        "in_range": float(((voiced >= voices.low_hz) & (voiced <= voices.high_hz)).mean()) if len(voiced) else 0.0,
    }
    if opened.aligner is not None and utterance.score is not None:
        scores["alignment_loss"] = _alignment_loss(opened, utterance, samples)
    if opened.recogniser is not None:
        scores["phone_errors"] = phone_error_rate([spoken_phones(utterance)], [opened.recogniser.phones(samples,
                                                                                                        config.sample_rate)])
    return {name: value if value is None else round(value, 4) if math.isfinite(value) else 0.0 for name, value in scores.items()}


def _alignment_loss(opened: Opened, utterance: Utterance, samples: np.ndarray) -> float:
    try:
        return utterance.score - align(opened.aligner, as_heard(samples, opened.loaded.features), utterance.units,
                                       utterance.id).score
    except UserError:  # too short for its phones: no path at all
        return 99.0
