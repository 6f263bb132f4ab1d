"""What the worker processes do for the claims of a flow: encode a recording, convert it, say it from noise, and listen to each; speak with a
voice and listen. What comes back is small: likelihoods, moments of z, scores, speaker vectors. A studio, which shares the claims that need no
likelihood, takes the place of the flow.

The speaker vectors by which is judged are the built-in encoder's, which is another one than a recipe's own that the model knows voices by.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from tts.alignment.recogniser import PhoneRecogniser, load_recogniser, spoken_phones
from tts.corpus.manifest import resolve_audio
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.evaluation.claims.adapter import CPU, load_batch
from tts.evaluation.f0 import compare_f0
from tts.evaluation.intelligibility import edits
from tts.evaluation.measure import mel_of
from tts.features.audio import load_audio
from tts.features.f0 import F0Track, extract_f0
from tts.features.speaker import centroid, speaker_encoder
from tts.features.store import FeatureStore
from tts.models.copycat.model import CopyCat
from tts.models.flowtts.model import FlowTTS
from tts.models.load import LoadedModel, load_model
from tts.models.studio.model import Studio
from tts.synthesis.synthesizer import Synthesizer
from tts.training.batch import AcousticBatch

JUDGE = "statistics"
CONVERSION, TEXT, COPY = "conversion", "text", "copy"
FULL, WITHOUT_F0 = "", "accent"  # the model itself; the variant of the recipe that is told neither F0 nor voicing
SEED = 1


@dataclass(frozen=True)
class FlowModels:
    """Folders; opens the systems in whichever process it is sent to. model: a flow, or a studio; variants: the same flow, told less; base: a frame-level CopyCat that knows
    voices by the same vectors."""

    model: Path
    audio_root: Path
    features: Path
    variants: tuple[Path, ...] = ()
    base: Path | None = None
    recogniser: Path | None = None

    def open(self) -> FlowSystems:
        ours = Synthesizer.load(self.model, device=CPU)
        if not ours.loaded.model.controls.recording:
            raise UserError(f"{self.model}: a model of system {ours.loaded.card['system']!r}; expected a flowtts, or a studio")
        variants = {path.name: _variant(path) for path in self.variants}
        base = None
        if self.base is not None:
            base = load_model(self.base)
            if not isinstance(base.model, CopyCat) or base.card.get("speaker_encoder") != ours.loaded.card.get("speaker_encoder"):
                raise UserError(f"{self.base}: expected a copycat that knows its speakers by the same vectors (model.speaker_vectors=features)")
        recogniser = load_recogniser(self.recogniser) if self.recogniser is not None else None
        return FlowSystems(ours, variants, base, FeatureStore(self.features, expected=ours.loaded.fingerprint), self.audio_root,
                           recogniser)


def _variant(path: Path) -> LoadedModel:
    loaded = load_model(path)
    if not isinstance(loaded.model, FlowTTS):
        raise UserError(f"{path}: a model of system {loaded.card['system']!r}; expected a flowtts that is told less")
    return loaded


@dataclass(frozen=True)
class FlowSystems:
    """The opened models."""

    ours: Synthesizer
    variants: dict[str, LoadedModel]
    base: LoadedModel | None
    store: FeatureStore
    audio_root: Path
    recogniser: PhoneRecogniser | None

    @property
    def loaded(self) -> LoadedModel:
        return self.ours.loaded

    def recording(self, utterance: Utterance) -> np.ndarray:
        return load_audio(resolve_audio(self.audio_root / "manifest.jsonl", utterance), self.loaded.features.sample_rate)

    def batch(self, utterance: Utterance) -> AcousticBatch:
        """The recording as the flow reads it; of a speaker it does not know, the number means nothing."""
        known = utterance.speaker if utterance.speaker in self.ours.voices else self.ours.voices[0]
        return load_batch(self.loaded, self.store, replace(utterance, speaker=known))

    def wave(self, mel: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            return self.ours.vocoder(torch.from_numpy(mel)[None])[0].float().cpu().numpy()

    def listen(self, samples: np.ndarray, utterance: Utterance, source_f0_hz: np.ndarray | None = None) -> Sound:
        """What a sound of an utterance's words is like."""
        config = self.loaded.features
        track = extract_f0(samples, config)
        vector = speaker_encoder(JUDGE)(samples, config.sample_rate, track)
        heard = self.recogniser.phones(samples, config.sample_rate) if self.recogniser is not None else None
        expected = spoken_phones(utterance)
        scores = _against_source(track, source_f0_hz) if source_f0_hz is not None else (math.nan, math.nan)
        return Sound(vector, *scores, math.nan if heard is None else edits(expected, heard) / max(1, len(expected)),
                     tuple(heard or ()))


@dataclass(frozen=True)
class Sound:
    """A sound that was listened to: judge's vector; correlation of log-F0 with the source's frame by frame, spread of log-F0 over the source's,
    share of phones misheard (NaN where not measured), phones heard."""

    vector: np.ndarray
    f0_correlation: float
    f0_spread: float
    phone_errors: float
    phones: tuple[str, ...]


@dataclass(frozen=True)
class Moments:
    """Sums over the values of z of an utterance: count, z, z², z³, z⁴, and over neighbouring frames z·z' with their count."""

    sums: np.ndarray  # [5]
    neighbours: np.ndarray  # [2]


@dataclass(frozen=True)
class JudgedRecording:
    """All of one recording. error: largest difference after there and back, and to oneself, ln; nats: −ln p(mel) by variant, "" the model itself, and
    `values` numbers in the mel; sounds by (kind, variant); target: the voice of conversion and text."""

    utterance: Utterance
    target: str
    error: float
    nats: dict[str, float]
    values: int
    moments: Moments | None
    real: Sound
    sounds: dict[tuple[str, str], Sound] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.utterance.id


@dataclass(frozen=True)
class RecordingTask:
    """An utterance of the test part, and who is to say it."""

    utterance: Utterance
    target: str
    vector: np.ndarray | None = None  # of a target whom the model does not know
    zero_shot: bool = False

    @property
    def id(self) -> str:
        return f"{self.utterance.id} {self.target}"


def judge_recording(systems: FlowSystems, task: RecordingTask) -> JudgedRecording:
    """Encode, convert, say from noise; listen."""
    utterance, batch = task.utterance, systems.batch(task.utterance)
    loaded, source_hz = systems.loaded, batch.f0_hz[0].numpy() * (batch.voiced[0].numpy() > 0)
    recording = systems.recording(utterance)
    found = JudgedRecording(utterance, task.target, math.nan, {}, batch.mel.numel(), None, systems.listen(recording, utterance))
    target = torch.tensor([loaded.names.index("speakers", task.target)]) if task.vector is None else torch.from_numpy(task.vector)[None]
    if not task.zero_shot and isinstance(loaded.model, FlowTTS):
        found = _measured(found, systems, batch)
    sounds = {(COPY, FULL): systems.listen(systems.wave(mel_of(recording, loaded.features)[: len(source_hz)].numpy()), utterance,
                                           source_hz)}
    models = {FULL: loaded, **({} if task.zero_shot else {name: one for name, one in systems.variants.items()
                                                          if name == WITHOUT_F0})}
    for name, one in models.items():
        converted = one.model.convert(batch, target).mel
        said = said_in_timing(one.model, batch, target)
        for kind, mel in ((CONVERSION, converted), (TEXT, said)):
            sounds[kind, name] = systems.listen(systems.wave(mel), utterance, source_hz)
    found.sounds.update(sounds)
    return found


def said_in_timing(model: FlowTTS | Studio, batch: AcousticBatch, speaker: Tensor) -> np.ndarray:
    """The mel [T, M] of a recording's words, in its timing and with its F0: text mode that differs from conversion in the rest only."""
    torch.manual_seed(SEED)
    return model.say_in_timing(batch, speaker).mel


def _measured(found: JudgedRecording, systems: FlowSystems, batch: AcousticBatch) -> JudgedRecording:
    """Likelihoods and z are of the recording with the noise of training, the same for all variants: that is what the flows are densities of."""
    model = systems.loaded.model
    with model.speaking():
        error = float(np.abs(model.convert(batch, batch.speaker).mel - batch.mel[0].numpy()).max())
        chance = torch.Generator().manual_seed(SEED)
        noisy = replace(batch, mel=batch.mel + model.flow.noise * torch.randn(batch.mel.shape, generator=chance))
        encoded = model.encode(noisy)
        nats = {FULL: -float(encoded.log_likelihood[0])}
        nats |= {name: -float(one.model.encode(noisy).log_likelihood[0]) for name, one in systems.variants.items()}
    z = encoded.z[0].double().numpy()
    sums = np.array([z.size, *((z**power).sum() for power in (1, 2, 3, 4))])
    return replace(found, error=error, nats=nats, moments=Moments(sums, np.array([(z[1:] * z[:-1]).sum(), z[1:].size])))


# -- voices ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class VoiceTask:
    """A voice to speak with: of a speaker, or a vector that is nobody's; the utterances that it says from noise and is converted to."""

    id: str
    accent: str
    utterances: tuple[Utterance, ...]
    vector: np.ndarray | None = None
    speaker: str | None = None


@dataclass(frozen=True)
class SpokenVoice:
    """The judge's vector of a voice by way of speaking, and the phones heard of it when it speaks text."""

    id: str
    accent: str
    vectors: dict[str, np.ndarray]
    phones: tuple[str, ...]


def speak_with(systems: FlowSystems, task: VoiceTask) -> SpokenVoice:
    """Speak with a voice in each way: text (with the mean F0 model), conversion of others' recordings, and conversion by the CopyCat."""
    loaded = systems.loaded
    speaker = torch.tensor([loaded.names.index("speakers", task.speaker)]) if task.speaker else torch.from_numpy(task.vector)[None]
    vectors: dict[str, list[np.ndarray]] = {}
    phones: list[str] = []
    for utterance in task.utterances:
        batch = systems.batch(utterance)
        mels = {TEXT: said_in_timing(loaded.model, batch, speaker), CONVERSION: loaded.model.convert(batch, speaker).mel}
        if systems.base is not None:
            mels["copycat"] = systems.base.model.convert(batch, speaker).mel
        for kind, mel in mels.items():
            sound = systems.listen(systems.wave(mel), utterance)
            vectors.setdefault(kind, []).append(sound.vector)
            phones += sound.phones if kind == TEXT else ()
    return SpokenVoice(task.id, task.accent, {kind: centroid(rows) for kind, rows in vectors.items()}, tuple(phones))


def _against_source(track: F0Track, source_hz: np.ndarray) -> tuple[float, float]:
    """(correlation of log-F0 over frames voiced in both, spread of log-F0 over the source's)."""
    length = min(len(track.f0_hz), len(source_hz))
    ours, theirs = track.f0_hz[:length], source_hz[:length]
    spreads = [float(np.log(hz[hz > 0]).std()) if (hz > 0).any() else math.nan for hz in (ours, theirs)]
    return compare_f0(theirs, ours).f0_correlation, spreads[0] / spreads[1] if spreads[1] else math.nan
