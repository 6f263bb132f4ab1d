"""What a system must be able to do so that its claims can be checked. The checks know nothing else of it: behind these few
methods stands a trained model (adapter.py) or, in tests, a fake whose answers are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from tts.corpus.utterance import Unit, Utterance
from tts.features.config import FeatureConfig


@dataclass(frozen=True)
class Latents:
    """Word latents of one utterance's W units (words and pauses). acoustic [W, Z], timing [W, Y]: means, and their log-variances
    where they are known."""

    acoustic: np.ndarray
    timing: np.ndarray
    acoustic_log_variance: np.ndarray | None = None
    timing_log_variance: np.ndarray | None = None


@dataclass(frozen=True)
class Rendered:
    """A sound [N] and the units with their frames; of the time it took, what the vocoder and BERT took, NaN where it is not
    known."""

    samples: np.ndarray
    units: list[Unit]
    vocoder_seconds: float = float("nan")
    bert_seconds: float = 0.0


class ClaimSystem(Protocol):
    """Word-level prosody that can be read from a recording, spoken in a voice, and predicted from text."""

    voices: list[str]
    features: FeatureConfig
    speaker_vectors: str  # what the model knows voices by: "table", or the encoder's vectors ("features")

    def language_of(self, voice: str) -> str: ...

    def f0_range_hz(self, voice: str) -> tuple[float | None, float | None]:
        """The voice's own range; None, None for a voice that is not known."""

    def recording(self, utterance: Utterance) -> np.ndarray:
        """The samples [N] of an utterance of the corpus."""

    def copy(self, utterance: Utterance) -> Rendered:
        """The recording through mel and vocoder: what these alone cost."""

    def source(self, utterance: Utterance) -> Latents:
        """Posterior means and log-variances of an aligned utterance of the corpus."""

    def centroid(self, utterance: Utterance, voice: str) -> Latents:
        """The voice's mean latents over its training data, of words for words and of pauses for pauses: its unmoved prosody."""

    def predicted(self, utterance: Utterance, voice: str) -> Latents | None:
        """Means and log-variances from the text alone; None where the model has no predictor."""

    def speak(self, utterance: Utterance, voice: str, latents: Latents, semitones: np.ndarray | None = None) -> Rendered:
        """The utterance's units in a voice with these latents; `semitones` [W] are added to F0, unit by unit."""

    def say(self, utterance: Utterance, voice: str) -> Rendered:
        """The utterance's units in a voice, with whatever prosody the system gives a text. It is timed."""

    def extract(self, utterance: Utterance) -> None:
        """Read the prosody from the sound file, alignment included, as a user would. It is timed."""


class FrameLevelSystem(Protocol):
    """A frame-level baseline: the prosody of a recording in another voice, frame by frame."""

    description: str  # of its latents

    def speak(self, utterance: Utterance, voice: str) -> Rendered: ...

    def latents(self, utterance: Utterance) -> np.ndarray:
        """[T, Z], a vector per frame of the recording."""


class BaseSystem(Protocol):
    """Text to speech without any of this."""

    def say(self, utterance: Utterance, voice: str) -> Rendered: ...


@dataclass(frozen=True)
class Systems:
    """The system whose claims are checked and those it is compared with; a missing one leaves its claims unmeasured."""

    ours: ClaimSystem
    frame_level: Mapping[str, FrameLevelSystem] = field(default_factory=dict)  # by name
    base: BaseSystem | None = None


class Opener(Protocol):
    """A small thing that can be sent to another process and opens the systems there. Hashable: each process opens once."""

    def open(self) -> Systems: ...
