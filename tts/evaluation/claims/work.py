"""What the worker processes do: listen to a recording of the corpus, render a sound and listen to that. Sounds never leave the
process; what comes back is small: values of words, a speaker vector, scores.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, partial

import numpy as np

from tts.corpus.parallel import ordered_map
from tts.corpus.utterance import PAUSES, Unit, Utterance
from tts.errors import UserError
from tts.evaluation.claims.system import ClaimSystem, Latents, Opener, Rendered, Systems
from tts.evaluation.claims.words import Words, measure_words
from tts.evaluation.measure import analyse, compare
from tts.features.config import FeatureConfig
from tts.features.f0 import extract_f0
from tts.features.speaker import heard_voice
from tts.threads import at_most_threads

# What is rendered. In another voice than the recording's: these; "predicted" is the voice's own synthesis of the text.
TRANSFER, CENTROID, OTHER, PREDICTED, ACOUSTIC_ONLY, TIMING_ONLY = (
    "transfer",
    "centroid",
    "other utterance",
    "predicted",
    "acoustic only",
    "timing only",
)
FRAME_LEVEL = "frame-level: "  # and the baseline's name
# In the recording's own voice, beside "centroid" and "predicted": its own latents, with one word's replaced, with one edited.
OWN, ONE_WORD, EDITED, BASE, COPY = "own latents", "one word replaced", "one word edited", "base", "copy-synthesis"
COMPARED = {PREDICTED, OWN, CENTROID, BASE, COPY}  # with the recording, when in its own voice


@dataclass(frozen=True)
class Task:
    """One sound to render. latents: None where the system finds them by itself; semitones [W] are added to F0."""

    kind: str
    utterance: Utterance
    voice: str
    latents: Latents | None = None
    semitones: np.ndarray | None = None

    @property
    def name(self) -> str:
        return f"{self.kind} {self.utterance.id} {self.voice}"


@dataclass(frozen=True)
class Heard:
    """A rendered sound: its words, speaker vector [V], and scores against the recording where it was compared."""

    kind: str
    id: str
    speaker: str
    voice: str
    words: Words
    vector: np.ndarray
    scores: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Learned:
    """What the encoders say of a recording. is_pause [W]; frame_level: the baselines' latents by name, averaged per unit [W, Z];
    vector [V]."""

    utterance: Utterance
    is_pause: np.ndarray
    latents: Latents
    frame_level: dict[str, np.ndarray]
    vector: np.ndarray


@dataclass(frozen=True)
class Listened(Learned):
    """A recording to judge by: also its words, and what the text alone and the voice alone say of it (None for a voice
    unknown)."""

    words: Words
    predicted: Latents | None
    centroid: Latents | None


@dataclass(frozen=True)
class Failure:
    """Something that could not be done, and why."""

    name: str
    reason: str


def in_processes(work: Callable, opener: Opener, items: list, jobs: int, what: str) -> tuple[list, dict[str, str]]:
    """`work(systems, item)` for every item, in order; what failed comes apart, reason by name."""
    results = list(ordered_map(partial(_do, work, opener), items, jobs, what, len(items)))
    failures = {r.name: r.reason for r in results if isinstance(r, Failure)}
    return [r for r in results if not isinstance(r, Failure)], failures


def _do(work: Callable, opener: Opener, item):
    try:
        with at_most_threads(1):  # sums in one order, whatever the number of processes
            return work(_opened(opener), item)
    except UserError as error:
        return Failure(item.id if isinstance(item, Utterance) else item.name, str(error))


@cache
def _opened(opener: Opener) -> Systems:
    return opener.open()


def learn(systems: Systems, utterance: Utterance) -> Learned:
    """A recording's latents and speaker vector."""
    ours = systems.ours
    frames = [unit.frames for unit in utterance.units]
    frame_level = {name: per_unit(baseline.latents(utterance), frames) for name, baseline in systems.frame_level.items()}
    is_pause = np.array([unit.is_pause for unit in utterance.units])
    samples = ours.recording(utterance)
    _, vector = heard_voice(samples, ours.features, *ours.f0_range_hz(utterance.speaker))
    return Learned(utterance, is_pause, ours.source(utterance), frame_level, vector)


def listen(systems: Systems, utterance: Utterance) -> Listened:
    """The same, with the recording's words and what text and voice would say."""
    ours = systems.ours
    samples = fit_length(ours.recording(utterance), utterance.units, ours.features)
    track = extract_f0(samples, ours.features, *ours.f0_range_hz(utterance.speaker))
    words = measure_words(samples, utterance.units, track, ours.features)
    known = utterance.speaker in ours.voices
    predicted = ours.predicted(utterance, utterance.speaker) if known else None
    centroid = ours.centroid(utterance, utterance.speaker) if known else None
    return Listened(**vars(learn(systems, utterance)), words=words, predicted=predicted, centroid=centroid)


def hear(systems: Systems, task: Task) -> Heard:
    """Render a task's sound and listen to it."""
    ours, utterance = systems.ours, task.utterance
    rendered = render(systems, task)
    if [u.text for u in rendered.units if not u.is_pause] != [u.text for u in utterance.words]:
        raise UserError(f"{task.name}: spoken with other words than the utterance has; its units must be spoken as they are")
    samples = fit_length(rendered.samples, rendered.units, ours.features)
    low_hz, high_hz = ours.f0_range_hz(task.voice)
    if task.semitones is not None and high_hz:  # the edit may lead out of the range
        factor = 2 ** (np.abs(task.semitones).max() / 12)
        low_hz, high_hz = low_hz / factor, high_hz * factor
    track, vector = heard_voice(samples, ours.features, low_hz, high_hz)
    words = measure_words(samples, rendered.units, track, ours.features)
    compared = task.kind in COMPARED and task.voice == utterance.speaker
    scores = against_recording(ours, task, rendered, samples) if compared else {}
    return Heard(task.kind, utterance.id, utterance.speaker, task.voice, words, vector, scores)


def render(systems: Systems, task: Task) -> Rendered:
    """The sound that a task asks for."""
    ours, utterance, voice = systems.ours, task.utterance, task.voice
    if task.kind.startswith(FRAME_LEVEL):
        return systems.frame_level[task.kind.removeprefix(FRAME_LEVEL)].speak(utterance, voice)
    if task.kind == BASE:
        return systems.base.say(utterance, voice)
    if task.kind == COPY:
        return ours.copy(utterance)
    latents = task.latents
    if latents is None:
        latents = ours.predicted(utterance, voice) if task.kind == PREDICTED else ours.centroid(utterance, voice)
    return ours.speak(utterance, voice, latents, task.semitones)


def against_recording(ours: ClaimSystem, task: Task, rendered: Rendered, samples: np.ndarray) -> dict[str, float]:
    """MCD and F0 errors along a path in time, and how far phones' lengths are off, pauses left out."""
    f0_range = ours.f0_range_hz(task.voice)
    recording, spoken = (analyse(sound, ours.features, *f0_range) for sound in (ours.recording(task.utterance), samples))
    scores = compare(recording, spoken, warp=True)
    lengths = [_phone_ms(units, ours.features) for units in (task.utterance.units, rendered.units)]
    same = len(lengths[0]) == len(lengths[1])
    scores["duration_rmse_ms"] = float(np.sqrt(np.mean((lengths[0] - lengths[1]) ** 2))) if same else math.nan
    return {name: scores[name] for name in ("mcd", "f0_rmse_cents", "f0_correlation", "duration_rmse_ms")}


def _phone_ms(units: list[Unit], config: FeatureConfig) -> np.ndarray:
    phones = [p for u in units for p in u.phones if p.symbol not in PAUSES]
    return np.array([p.frames for p in phones]) * config.frame_seconds * 1000


def fit_length(samples: np.ndarray, units: Iterable[Unit], config: FeatureConfig) -> np.ndarray:
    """Samples cut or filled with zeros to exactly the units' frames."""
    wanted = sum(unit.frames for unit in units) * config.hop_samples
    return np.pad(samples[:wanted], (0, max(0, wanted - len(samples))))


def per_unit(frames: np.ndarray, lengths: list[int]) -> np.ndarray:
    """Vectors per frame [T, Z] averaged over each unit's frames [W, Z]; zeros for a unit without frames."""
    ends = np.cumsum(lengths)
    return np.array(
        [frames[max(0, end - n) : end].mean(axis=0) if n else np.zeros(frames.shape[1]) for end, n in zip(ends, lengths)]
    )


def by_key(heard: Iterable[Heard]) -> dict[tuple[str, str, str], Heard]:
    """Heard sounds by kind, utterance id and voice."""
    return {(h.kind, h.id, h.voice): h for h in heard}
