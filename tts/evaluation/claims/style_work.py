"""Systems that speak in styles, what is asked of them, and what is heard of their sounds and of recordings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from tts.alignment.evaluation import letter_errors as edits
from tts.alignment.recogniser import PhoneRecogniser, load_recogniser, spoken_phones
from tts.corpus.manifest import read_manifest, resolve_audio
from tts.corpus.utterance import PAUSES, Utterance
from tts.errors import UserError
from tts.evaluation.claims.adapter import load
from tts.evaluation.claims.structure import Latent
from tts.evaluation.claims.styles import StyleNumbers, UsualDurations, style_numbers
from tts.evaluation.claims.work import fit_length
from tts.evaluation.measure import mel_of
from tts.features.audio import load_audio
from tts.features.f0 import F0Track, extract_f0
from tts.features.speaker import speaker_encoder
from tts.features.store import FeatureStore
from tts.models.backbone.f0_model import contour
from tts.models.lcpvae.classifier import HeardSpeech, StyleClassifier, load_style_classifier
from tts.models.lcpvae.styled import Styled
from tts.models.load import load_batch
from tts.synthesis.synthesizer import Speech, Synthesizer

CROSS, OWN, STRENGTH, BLEND = "other language", "own language", "strength", "blend"


@dataclass(frozen=True)
class StyleTask:
    """A text to say: by which system, in whose voice, and how."""

    role: str
    kind: str
    utterance: Utterance
    voice: str
    style: str
    strength: float = 1.0

    @property
    def name(self) -> str:
        return f"{self.role}, {self.kind}: {self.utterance.id} {self.voice} {self.style} {self.strength:g}"


@dataclass(frozen=True)
class Heard:
    """What is heard in a sound: numbers of its style, speaker vector [V], phones (None without a recogniser) and errors in them."""

    numbers: StyleNumbers
    vector: np.ndarray
    phones: list[str] | None
    errors: int
    total: int


@dataclass(frozen=True)
class Spoken(Heard):
    """A task's sound, and which style the style loss's classifier hears in its mel."""

    role: str
    kind: str
    id: str
    language: str
    voice: str
    style: str
    strength: float
    trained: str | None

    @property
    def known_as(self) -> str:
        """What the judge knows the voice by: in a language that it never spoke, by the sounds that the system made there."""
        return f"{self.role}: {self.voice} in {self.language}" if self.kind == CROSS else self.voice


@dataclass(frozen=True)
class Recorded(Heard):
    """A recording, and what is heard in its copy through the vocoder; no copy of those of the training part."""

    utterance: Utterance
    copy: Heard | None


@dataclass(frozen=True)
class StyleSystems:
    """What `StyleModels` opens: synthesizers by role, and who listens."""

    synthesizers: dict[str, Synthesizer]
    audio_root: Path
    features: Path
    recogniser: PhoneRecogniser | None
    classifier: StyleClassifier | None
    usual: UsualDurations
    encoder: str = "statistics"

    @property
    def ours(self) -> Synthesizer:
        return next(iter(self.synthesizers.values()))

    @cached_property
    def store(self) -> FeatureStore:
        return FeatureStore(self.features, expected=self.ours.loaded.fingerprint)

    def recording(self, utterance: Utterance) -> np.ndarray:
        """The samples [N] of an utterance of the corpus."""
        return load_audio(resolve_audio(self.audio_root / "manifest.jsonl", utterance), self.ours.loaded.features.sample_rate)

    def f0_range_hz(self, voice: str) -> tuple[float | None, float | None]:
        return tuple(self.ours.loaded.speakers.get(voice, {}).get("f0_range_hz") or (None, None))


@dataclass(frozen=True)
class StyleModels:
    """Folders of models by role, ours first; opens them in whichever process it is sent to."""

    folders: tuple[tuple[str, Path], ...]
    manifest: Path
    audio_root: Path
    features: Path
    recogniser: Path | None
    classifier: Path | None

    def open(self) -> StyleSystems:
        synthesizers = {role: load(folder, Styled, "lcpvae or studio") for role, folder in self.folders}
        ours = next(iter(synthesizers.values())).loaded
        recogniser = load_recogniser(self.recogniser) if self.recogniser else None
        classifier = load_style_classifier(self.classifier, ours.names, len(ours.phones), ours.fingerprint) if self.classifier else None
        usual = UsualDurations((u.language, u.units) for u in read_manifest(self.manifest) if u.split == "train")
        return StyleSystems(synthesizers, self.audio_root, self.features, recogniser, classifier, usual)


def listen(systems: StyleSystems, utterance: Utterance) -> Recorded:
    """A recording, and its copy unless it only says how a voice sounds."""
    config = systems.ours.loaded.features
    samples, copy = systems.recording(utterance), None
    if utterance.split != "train":
        sound = systems.ours.vocoder(mel_of(samples, config)[None])[0].numpy()
        copy = hear(systems, sound, utterance, utterance.speaker)
    return Recorded(**vars(hear(systems, samples, utterance, utterance.speaker)), utterance=utterance, copy=copy)


@torch.inference_mode()
def speak(systems: StyleSystems, task: StyleTask) -> Spoken:
    """A task's sound, listened to."""
    utterance = task.utterance
    speech = systems.synthesizers[task.role].say(utterance.text, task.voice, utterance.language, units=utterance.units, style=task.style,
                                                 style_strength=task.strength)
    trained = None
    if systems.classifier is not None:
        trained = systems.ours.loaded.names.styles[int(systems.classifier(heard_speech(systems, speech)).argmax())]
    found = hear(systems, speech.samples, Utterance("spoken", "", task.voice, utterance.language, units=speech.units), task.voice)
    return Spoken(**vars(found), role=task.role, kind=task.kind, id=utterance.id, language=utterance.language, voice=task.voice,
                  style=task.style, strength=task.strength, trained=trained)


def heard_speech(systems: StyleSystems, speech: Speech) -> HeardSpeech:
    """What was said, as the classifier of the style loss hears it."""
    loaded, phones = systems.ours.loaded, [phone for unit in speech.units for phone in unit.phones]
    f0_hz = torch.from_numpy(speech.f0_hz)[None]
    mel = torch.from_numpy(speech.mel)[None]
    who, language = loaded.names.index("speakers", speech.voice), loaded.names.index("languages", speech.language)
    return HeardSpeech(mel, torch.ones(mel.shape[:2], dtype=torch.bool), contour(f0_hz, f0_hz > 0), torch.tensor([who]), torch.tensor([language]),
                       torch.tensor([loaded.phones.ids(phones)]), torch.tensor([[p.symbol in PAUSES for p in phones]]),
                       torch.tensor([[p.frames for p in phones]]))


def hear_track(systems: StyleSystems, samples: np.ndarray, utterance: Utterance, voice: str) -> F0Track:
    """F0 of a sound [N] in the voice's range; a sound without any is a UserError."""
    track = extract_f0(samples, systems.ours.loaded.features, *systems.f0_range_hz(voice))
    if not track.voiced.any():
        raise UserError(f"{utterance.id}: nothing voiced in the sound of {voice}")
    return track


def hear(systems: StyleSystems, samples: np.ndarray, utterance: Utterance, voice: str, track: F0Track | None = None) -> Heard:
    """What there is to hear in a sound whose units are the utterance's; its F0 is measured unless given."""
    config = systems.ours.loaded.features
    samples = fit_length(samples, utterance.units, config)
    track = track or hear_track(systems, samples, utterance, voice)
    vector = speaker_encoder(systems.encoder)(samples, config.sample_rate, track)
    tempo, reference = systems.usual.tempo(utterance.language, utterance.units), spoken_phones(utterance)
    numbers = style_numbers(samples, tempo, track, config)
    phones = systems.recogniser.phones(samples, config.sample_rate) if systems.recogniser is not None else None
    return Heard(numbers, vector, phones, edits(reference, phones) if phones is not None else 0, len(reference))


@torch.inference_mode()
def encode(systems: StyleSystems, role: str, utterances: list[Utterance]) -> list[Latent]:
    """What a system's encoder says of recordings."""
    loaded, found = systems.synthesizers[role].loaded, []
    for utterance in utterances:
        posterior = loaded.model.beliefs(load_batch(loaded, systems.store, utterance)).posterior
        found.append(Latent(utterance.id, utterance.speaker, utterance.language, utterance.style, posterior.mean[0].numpy(),
                            torch.exp(0.5 * posterior.log_variance)[0].numpy()))
    return found
