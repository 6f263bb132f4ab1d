"""Trained models behind the interface that the checks know. Everything is spoken by the `Synthesizer`, as users hear it:
latents go in as a prosody, one entry a word and a pause.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from tts.corpus.manifest import resolve_audio
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.evaluation.claims.system import Latents, Rendered, Systems
from tts.evaluation.measure import mel_of
from tts.features.audio import load_audio
from tts.features.store import FeatureStore
from tts.models.copycat.encoder import bottleneck
from tts.models.copycat.model import CopyCat
from tts.models.copycat2.model import CopyCat2
from tts.models.load import LoadedModel, load_batch
from tts.prosody.measure import Measured
from tts.prosody.prosody import Prosody, Reference, WordProsody
from tts.synthesis.reader import ProsodyReader
from tts.synthesis.sentences import with_frames
from tts.synthesis.style import style_latent
from tts.synthesis.synthesizer import Synthesizer
from tts.training.batch import PhoneRow, phone_row

CPU = "cpu"  # several processes at a time, small models, and times that can be compared


@dataclass(frozen=True)
class Models:
    """Folders of models and of the corpus; opens the systems in whichever process it is sent to."""

    model: Path
    manifest: Path
    audio_root: Path
    features: Path
    baselines: tuple[Path, ...] = ()
    base: Path | None = None

    def open(self) -> Systems:
        ours = CopyCat2System(load(self.model, CopyCat2, "copycat2"), self.audio_root, self.features)
        frame_level = {path.name: CopyCatSystem(load(path, CopyCat, "copycat"), self.features) for path in self.baselines}
        return Systems(
            ours, frame_level, None if self.base is None else SpeakingSystem(Synthesizer.load(self.base, device=CPU))
        )


def load(folder: Path, kind: type, name: str) -> Synthesizer:
    """The model in a folder, which must be of a system."""
    synthesizer = Synthesizer.load(folder, device=CPU)
    if not isinstance(synthesizer.loaded.model, kind):
        raise UserError(f"{folder}: a model of system {synthesizer.loaded.card['system']!r}; expected {name}")
    return synthesizer


class Stopwatch:
    """Adds up the seconds that calls of a module take; `take` reads and clears."""

    def __init__(self, module: torch.nn.Module | None):
        self.seconds, self._started = 0.0, 0.0
        if module is not None:
            module.register_forward_pre_hook(lambda *_: self._start())
            module.register_forward_hook(lambda *_: self._stop())

    def _start(self) -> None:
        self._started = time.perf_counter()

    def _stop(self) -> None:
        self.seconds += time.perf_counter() - self._started

    def take(self) -> float:
        seconds, self.seconds = self.seconds, 0.0
        return seconds


class SpeakingSystem:
    """A model that speaks text."""

    def __init__(self, synthesizer: Synthesizer):
        self.synthesizer = synthesizer
        prosody = synthesizer.loaded.text_prosody
        self._vocoder = Stopwatch(synthesizer.vocoder)
        self._bert = Stopwatch(prosody.words if prosody is not None else None)

    def say(self, utterance: Utterance, voice: str, prosody: Prosody | None = None) -> Rendered:
        """The utterance's units in a voice, timed."""
        self._vocoder.take(), self._bert.take()
        spoken = self.synthesizer.say(
            utterance.text,
            voice,
            utterance.language,
            units=utterance.units,
            prosody=prosody,
            mapping=None if prosody is None else "same",
        )
        return Rendered(spoken.samples, spoken.units, self._vocoder.take(), self._bert.take())


class CopyCat2System(SpeakingSystem):
    """The system whose claims are checked."""

    def __init__(self, synthesizer: Synthesizer, audio_root: Path, features: Path):
        super().__init__(synthesizer)
        self.loaded: LoadedModel = synthesizer.loaded
        self.audio_root, self.store = audio_root, FeatureStore(features, expected=self.loaded.fingerprint)
        self.voices, self.features = synthesizer.voices, self.loaded.features
        self.speaker_vectors = self.loaded.recipe.model.speaker_vectors
        self._reader: ProsodyReader | None = None  # for recordings of speakers whom the model never heard

    def language_of(self, voice: str) -> str:
        counts = self.loaded.speakers[voice]["languages"]
        return max(counts, key=counts.get)

    def f0_range_hz(self, voice: str) -> tuple[float | None, float | None]:
        return tuple(self.loaded.speakers.get(voice, {}).get("f0_range_hz") or (None, None))

    def recording(self, utterance: Utterance) -> np.ndarray:
        return load_audio(self.recording_path(utterance), self.features.sample_rate)

    def recording_path(self, utterance: Utterance) -> Path:
        return resolve_audio(self.audio_root / "manifest.jsonl", utterance)

    def copy(self, utterance: Utterance) -> Rendered:
        mel = mel_of(self.recording(utterance), self.features)
        return Rendered(self.synthesizer.vocoder(mel[None])[0].numpy(), utterance.units)

    @torch.inference_mode()
    def source(self, utterance: Utterance) -> Latents:
        if utterance.speaker not in self.voices:
            self._reader = self._reader or ProsodyReader(self.loaded)
            return Latents(*self._reader.latents(utterance.units, None, self.store[utterance.id]))
        model = self.loaded.model
        with model.speaking():
            found = model.posteriors(load_batch(self.loaded, self.store, utterance))
        return Latents(
            *(
                z[0].numpy()
                for z in (found.acoustic.mean, found.timing.mean, found.acoustic.log_variance, found.timing.log_variance)
            )
        )

    def centroid(self, utterance: Utterance, voice: str) -> Latents:
        found = self.loaded.model.centroid(self._row(utterance, voice))
        return Latents(found.acoustic.numpy(), found.timing.numpy())

    @torch.inference_mode()
    def predicted(self, utterance: Utterance, voice: str) -> Latents | None:
        prosody = self.loaded.text_prosody
        if prosody is None:
            return None
        row = self._row(utterance, voice)
        pieces = prosody.words.pieces(utterance.units) if prosody.words is not None else None
        style = style_latent(self.loaded, None)  # as it is spoken then
        mean, density = prosody.predict(row, pieces, style_latent=style), prosody.density(row, pieces, style)
        sizes = [mean.acoustic.shape[1], mean.timing.shape[1]]
        spread = [None, None] if density is None else [part.numpy() for part in density.log_variance.split(sizes, dim=1)]
        return Latents(mean.acoustic.numpy(), mean.timing.numpy(), *spread)

    def speak(self, utterance: Utterance, voice: str, latents: Latents, semitones: np.ndarray | None = None) -> Rendered:
        return self.say(utterance, voice, self._prosody(utterance, latents, semitones))

    def extract(self, utterance: Utterance) -> None:
        speaker = utterance.speaker if utterance.speaker in self.voices else None
        self.synthesizer.extract(self.recording_path(utterance), utterance.text, utterance.language, speaker)

    def _row(self, utterance: Utterance, voice: str) -> PhoneRow:
        units, _ = self.loaded.phones.fit(utterance.units)
        known = replace(utterance, units=units, speaker=voice, style=self.loaded.names.styles[0])
        return phone_row(known, self.loaded.phones, self.loaded.names, aligned=False)

    def _prosody(self, utterance: Utterance, latents: Latents, semitones: np.ndarray | None) -> Prosody:
        """Latents as a prosody whose numbers ask for nothing but `semitones`."""
        words = []
        for place, unit in enumerate(utterance.units):
            length = 1000 * unit.frames * self.features.frame_seconds
            level = None if unit.is_pause else 0.0
            wanted = None if unit.is_pause else 0.0 if semitones is None else float(semitones[place])
            words.append(
                WordProsody(
                    unit.text,
                    unit.is_pause,
                    length,
                    wanted,
                    None,
                    None,
                    None,
                    Measured(length, level, None, None, None),
                    tuple(map(float, latents.acoustic[place])),
                    tuple(map(float, latents.timing[place])),
                )
            )
        return Prosody(
            utterance.text,
            utterance.language,
            utterance.speaker,
            utterance.id,
            self.loaded.identity,
            self.loaded.fingerprint.hash,
            Reference(None, 0.0),
            tuple(words),
        )


class CopyCatSystem:
    """A frame-level baseline."""

    def __init__(self, synthesizer: Synthesizer, features: Path):
        self.synthesizer, self.loaded = synthesizer, synthesizer.loaded
        block, size = self.loaded.recipe.copycat.bottleneck_frames, self.loaded.recipe.model.frame_latent_dim
        milliseconds = 1000 * block * self.loaded.features.frame_seconds
        self.description = f"a latent of {size} numbers for every {block} frames ({milliseconds:.0f} ms)"
        self.store = FeatureStore(features, expected=self.loaded.fingerprint)

    @torch.inference_mode()
    def speak(self, utterance: Utterance, voice: str) -> Rendered:
        speaker = self.loaded.names.index("speakers", voice)
        made = self.loaded.model.convert(load_batch(self.loaded, self.store, utterance), speaker)
        wave = self.synthesizer.vocoder(torch.from_numpy(made.mel)[None])[0].numpy()
        return Rendered(wave, with_frames(utterance.units, made.durations), math.nan)

    @torch.inference_mode()
    def latents(self, utterance: Utterance) -> np.ndarray:
        model = self.loaded.model
        with model.speaking():
            batch = load_batch(self.loaded, self.store, utterance)
            return bottleneck(model.posterior(batch).mean, batch.frame_mask, model.settings.bottleneck_frames)[0].numpy()
