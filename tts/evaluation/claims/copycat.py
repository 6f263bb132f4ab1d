"""The claims of F0-conditioned conversion that one model can make by itself, without the corpora and voices of an augmentation: does speech follow the
F0 that is asked for, who is heard, is it understood? Test recordings, each in one other voice of its language, by a conversion model (a copycat that
is told F0) or a studio.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from tts.alignment.recogniser import PhoneRecogniser, load_recogniser, spoken_phones
from tts.augmentation.contours import ORIGINAL, Moments, moments, recorded_contour
from tts.augmentation.f0 import in_hz
from tts.corpus.manifest import read_manifest
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.evaluation.claims.adapter import CPU, load_batch
from tts.evaluation.claims.claims import Check, Judged, Places, above_zero, at_least, stated
from tts.evaluation.claims.evidence import speakers_in_turn
from tts.evaluation.claims.f0_augmentation.control import FOLLOWS, THE_PAPER, follow_checks
from tts.evaluation.claims.f0_augmentation.work import FLAT, RISING, WAVE, line, range_of
from tts.evaluation.claims.likeness import NEARLY_ALWAYS, closest
from tts.evaluation.claims.work import in_processes
from tts.evaluation.figure import Figure, mean_of, ratio_of
from tts.evaluation.intelligibility import edits
from tts.features.speaker import centroid, heard_voice
from tts.features.store import FeatureStore
from tts.models.backbone.conditions import F0Contour
from tts.models.copycat.model import CopyCat
from tts.models.load import LoadedModel, load_model
from tts.models.studio.model import Studio
from tts.vocoder.load import load_vocoder
from tts.vocoder.vocoder import Vocoder

KINDS = (ORIGINAL, WAVE, RISING, FLAT)
KNOWN_BY = 40  # training recordings, at most, that say how a speaker sounds and how high


@dataclass(frozen=True)
class Converters:
    """Folders; opens the model in whichever process it is sent to."""

    model: Path
    features: Path
    recogniser: Path | None = None

    def open(self) -> Opened:
        loaded = load_model(self.model, device=CPU)
        told = isinstance(loaded.model, (CopyCat, Studio)) and loaded.model.f0_model is not None
        if not told:
            raise UserError(f"{self.model}: a model of system {loaded.card['system']!r}; expected a copycat that is told F0 (model.f0_layers at least 1), or a "
                            "studio")
        recogniser = load_recogniser(self.recogniser) if self.recogniser is not None else None
        return Opened(loaded, FeatureStore(self.features, expected=loaded.fingerprint), load_vocoder(None, loaded.fingerprint, model=self.model), recogniser)


@dataclass(frozen=True)
class Opened:
    loaded: LoadedModel
    store: FeatureStore
    vocoder: Vocoder
    recogniser: PhoneRecogniser | None


@dataclass(frozen=True)
class Task:
    """A recording to convert with a contour; `here` and `there`: log-F0 of its speaker and of the target in training."""

    utterance: Utterance
    target: str
    kind: str
    here: Moments
    there: Moments

    @property
    def name(self) -> str:
        return f"{self.utterance.id} as {self.target}, {self.kind}"


@dataclass(frozen=True)
class Heard:
    """asked_hz, measured_hz [T], 0 where unvoiced; vector [V] of who is heard; misheard phones of so many (NaN: not listened for)."""

    task: Task
    asked_hz: np.ndarray
    measured_hz: np.ndarray
    vector: np.ndarray
    errors: float = float("nan")
    phones: int = 0


def judge_model(places: Places, model: Path) -> Judged:
    """All checks of the model in a folder."""
    recogniser = places.recogniser if places.recogniser is not None and (places.recogniser / "model.safetensors").is_file() else None
    opener = Converters(model, places.features, recogniser)
    opened, parts = opener.open(), defaultdict(list)
    for utterance in read_manifest(places.manifest):
        if utterance.speaker in opened.loaded.names.speakers and utterance.id in opened.store:
            parts[utterance.split or "train"].append(utterance)
    test, training = speakers_in_turn(parts[places.split], places.limit), defaultdict(list)
    if not test:
        raise UserError(f"{places.manifest}: no utterance of the model's speakers has split {places.split!r}; split the corpus (tts corpus split), or name "
                        "another --split")
    for utterance in parts["train"]:
        training[utterance.speaker].append(utterance)
    heights = {name: moments(recorded_contour(opened.store, u) for u in rows[:KNOWN_BY]) for name, rows in training.items()}
    tasks = conversions(test, heights, {name: rows[0].language for name, rows in training.items()})
    if not tasks:
        raise UserError(f"{places.manifest}: no two speakers of one language have recordings in training and in {places.split!r}; conversion needs another voice")
    heard, failures = in_processes(convert, opener, tasks, places.jobs, "converting")
    voices = {name: centroid(opened.store[u.id].speaker_vector for u in rows[:KNOWN_BY]) for name, rows in training.items()}
    return Judged([*control_checks(heard), *likeness_checks(heard, voices)], [row_of(h) for h in heard], facts_of(test, opened), failures)


def conversions(test: Iterable[Utterance], heights: dict[str, Moments], languages: dict[str, str]) -> list[Task]:
    """Every utterance with every contour to one other voice of its language, another one each time."""
    tasks, turns = [], defaultdict(int)
    for utterance in test:
        others = [name for name, language in languages.items() if language == utterance.language and name != utterance.speaker]
        if not others or utterance.speaker not in heights:
            continue
        target = others[turns[utterance.speaker] % len(others)]
        turns[utterance.speaker] += 1
        tasks += [Task(utterance, target, kind, heights[utterance.speaker], heights[target]) for kind in KINDS]
    return tasks


def convert(opened: Opened, task: Task) -> Heard:
    """A task's sound, listened to."""
    loaded, config, utterance = opened.loaded, opened.loaded.features, task.utterance
    own = recorded_contour(opened.store, utterance)
    log_f0 = own.log_f0 - task.here.mean + task.there.mean if task.kind == ORIGINAL else line(task.kind, own.log_f0.shape[1], config.frame_seconds, task.there)[None]
    asked = F0Contour(log_f0, own.voiced)
    target = torch.tensor([loaded.names.index("speakers", task.target)])
    mel = loaded.model.convert(load_batch(loaded, opened.store, utterance), target, f0=asked).mel
    with torch.inference_mode():
        samples = opened.vocoder(torch.from_numpy(mel)[None])[0].float().numpy()
    track, vector = heard_voice(samples, config, *range_of(opened.store, task.target))
    found = Heard(task, in_hz(asked), track.f0_hz, vector)
    if opened.recogniser is None or task.kind != ORIGINAL:
        return found
    wanted = spoken_phones(utterance)
    return replace(found, errors=float(edits(wanted, opened.recogniser.phones(samples, config.sample_rate))), phones=len(wanted))


# -- checks ------------------------------------------------------------------------------------------------------------


def control_checks(heard: list[Heard]) -> list[Check]:
    """Asked against measured, contour by contour."""
    checks = []
    for kind in KINDS:
        items = [(h.task.name, h.task.there.mean, h.asked_hz, h.measured_hz) for h in heard if h.task.kind == kind]
        checks += follow_checks(kind, items, "recordings in another voice", at_least(FOLLOWS), THE_PAPER if kind == ORIGINAL else "")
    return checks


def likeness_checks(heard: list[Heard], voices: dict[str, np.ndarray]) -> list[Check]:
    """Who is heard with the recording's own contour, and how much is understood."""
    sounds = [h for h in heard if h.task.kind == ORIGINAL]

    def mean(value: Callable[[Heard], float]) -> Figure:
        return mean_of((h.task.name, value(h)) for h in sounds)

    target, source = mean(lambda h: float(h.vector @ voices[h.task.target])), mean(lambda h: float(h.vector @ voices[h.task.utterance.speaker]))
    understood = [(h.task.name, h.errors, float(h.phones)) for h in sounds if h.phones]
    return [
        Check("likeness", "more like the target than the source", "likeness to the target minus that to the source's speaker", "cos", above_zero(),
              target - source, "", {"target": target, "source": source}),
        Check("likeness", "the nearest speaker is the target", "share of sounds whose nearest of all speakers is the target", "%",
              at_least(NEARLY_ALWAYS, "≥ 95 %"), mean(lambda h: float(closest(h.vector, voices) == h.task.target))),
        Check("likeness", "phones misheard", "by the recogniser, with the recording's own contour", "%", stated(), ratio_of(understood) if understood else None,
              "" if understood else "there is no recogniser (exp/recogniser)"),
    ]


# -- what is written ---------------------------------------------------------------------------------------------------


def row_of(heard: Heard) -> dict:
    """A row per sound."""
    task = heard.task
    return {"kind": task.kind, "id": task.utterance.id, "speaker": task.utterance.speaker, "voice": task.target}


def facts_of(test: list[Utterance], opened: Opened) -> dict:
    """What a reader must know of how these numbers came about."""
    return {"utterances": len(test), "notes": [
        "Recordings, each in one other voice of its language; contours are voiced where the recording is, its own moved to the target's mean, the others about it.",
        f"Likeness: cosine by the encoder {opened.loaded.features.speaker_encoder!r} with training recordings.",
    ]}
