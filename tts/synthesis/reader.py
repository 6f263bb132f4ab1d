"""A recording and its text → units with frames, and features, as a model reads them; and for a model with words → `Prosody`: what `tts convert`,
and `tts prosody extract` and `tts transfer`, do first.

    recording ─→ checks ─→ aligner (the model's own copy) ─→ units with frames ─┬→ measured numbers
                      └──→ mel, F0, energy ─────────────────────────────────────┴→ the encoders' posterior means

Units that have their frames already, as an aligned manifest's do, need no aligner.
Somebody whom the model never heard is known by this recording's own averages (see models/copycat2/source.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from tts.alignment.align import as_heard, placed
from tts.alignment.aligner import Aligner, load_aligner
from tts.alignment.config import AlignerConfig
from tts.alignment.match import LEAST_MARGIN, match
from tts.config.load import load_config
from tts.corpus.utterance import Unit, Utterance
from tts.errors import UserError
from tts.features.audio import load_audio
from tts.features.energy import frame_energy
from tts.features.f0 import extract_f0
from tts.features.frames import samples_to_frames
from tts.features.mel import MelSpectrogram
from tts.features.store import Features
from tts.models.load import LoadedModel
from tts.prosody.checks import check_recording, check_sound
from tts.prosody.measure import measure_units, median_f0, speech_level
from tts.prosody.prosody import Prosody, Reference, make_prosody
from tts.training.batch import AcousticBatch, make_batch, phone_row

ALIGNER = "aligner"  # in the model's folder


@dataclass(frozen=True)
class Heard:
    """A recording as a model reads it: units with frames, features, and its samples [N] at the model's rate."""

    units: list[Unit]
    features: Features
    samples: np.ndarray


class RecordingReader:
    """Reads recordings for one model."""

    def __init__(self, loaded: LoadedModel):
        self.loaded = loaded

    def listen(self, recording: Path, text: str, units: Sequence[Unit], language: str, speaker: str | None, trust_text: bool = False) -> Heard:
        """A recording of `text`; `speaker` if the model knows who it is. Units without frames are aligned first, and a text that does not
        seem to be what is said is refused, unless it is to be trusted."""
        check_recording(recording)
        config = self.loaded.features
        samples = load_audio(recording, config.sample_rate)
        features = self._features(samples, speaker)
        check_sound(recording, samples, features.f0_hz, config)
        if any(phone.frames is None for unit in units for phone in unit.phones):
            units = self._align(recording, samples, text, list(units), language, trust_text)
        elif (frames := sum(unit.frames for unit in units)) != len(features.f0_hz):
            raise UserError(f"{recording}: aligned to {frames} frames, but the model's features have {len(features.f0_hz)} of it; "
                            f"expected an alignment with hops of {config.hop_samples} samples at {config.sample_rate} Hz; align "
                            "again")
        return Heard(list(units), features, samples)

    def batch(self, units: list[Unit], speaker: str | None, features: Features, language: str | None = None) -> AcousticBatch:
        """A batch of one; of a speaker or a language that the model does not know, the number means nothing."""
        (fitted, _), names = self.loaded.phones.fit(units), self.loaded.names
        utterance = Utterance("recording", "", speaker or names.speakers[0], language or names.languages[0], names.styles[0], units=fitted)
        row = phone_row(utterance, self.loaded.phones, names)
        return make_batch(["recording"], [row], [features])

    @cached_property
    def _aligner(self) -> tuple[Aligner, float]:
        """The model's own copy of the aligner, and the shortest pause it puts in, seconds."""
        folder = self.loaded.folder / ALIGNER
        if not (folder / "model.safetensors").is_file():
            raise UserError(f"{self.loaded.folder}: no aligner in it, so recordings cannot be read; train with --aligner FOLDER, "
                            f"or copy the aligner's folder to {folder}")
        return load_aligner(folder), load_config(AlignerConfig, [folder / "aligner.yaml"]).pause_seconds

    def _align(self, recording: Path, samples: np.ndarray, text: str, units: list[Unit], language: str, trust_text: bool) -> list[Unit]:
        config, (fitted, _) = self.loaded.features, self.loaded.phones.fit(units)
        utterance = Utterance(recording.stem, text, "unknown", language, units=fitted)
        aligner, pause_seconds = self._aligner
        found = match(aligner, as_heard(samples, config), fitted, recording.name)
        if found.doubtful and not trust_text:
            raise UserError(f"{recording}: does not sound like {text[:60]!r} ({language}): it fits better by {found.margin:.2f} than its sounds in "
                            f"another order, expected {LEAST_MARGIN}; check text and language, and whether this is speech; if it is what was said, "
                            "and the aligner has only never heard such a voice, say so with --trust-text")
        return placed(utterance, found.alignment, samples_to_frames(len(samples), config), pause_seconds, config).units

    def _features(self, samples: np.ndarray, speaker: str | None) -> Features:
        """What the encoders need of samples [N]; who speaks is not measured."""
        config = self.loaded.features
        track = extract_f0(samples, config, *self._f0_range(speaker))
        return Features(self._mel.extract(samples), track.f0_hz, track.voiced, frame_energy(samples, config), np.zeros(0, np.float32))

    @cached_property
    def _mel(self) -> MelSpectrogram:
        return MelSpectrogram(self.loaded.features)

    def _f0_range(self, speaker: str | None) -> tuple[float | None, float | None]:
        if speaker is None:
            return None, None
        known = self.loaded.speakers.get(speaker, {}).get("f0_range_hz")
        return tuple(known) if known else (None, None)


class ProsodyReader(RecordingReader):
    """Reads the prosody of recordings for one model that has a latent per word."""

    def __init__(self, loaded: LoadedModel):
        if not loaded.model.controls.words:
            raise UserError(f"{loaded.folder}: a model of system {loaded.card['system']!r} has no prosody word by word; expected a copycat2 or a "
                            "studio (egs/mini/copycat2/run.sh trains a small one)")
        super().__init__(loaded)

    def read(self, recording: Path, text: str, units: Sequence[Unit], language: str, speaker: str | None, trust_text: bool = False) -> Prosody:
        """The prosody of a recording of `text`, as `listen` hears it."""
        heard = self.listen(recording, text, units, language, speaker, trust_text)
        return self.describe(recording, text, heard.units, language, speaker, heard.features)

    def describe(self, recording: Path, text: str, units: list[Unit], language: str, speaker: str | None, features: Features) -> Prosody:
        """The same from units that are aligned already, and features."""
        median_hz, level_db = median_f0(features.f0_hz), speech_level(units, features.energy)
        measured = measure_units(units, features.f0_hz, features.energy, self.loaded.features.frame_seconds, median_hz, level_db)
        acoustic, timing = self.latents(units, speaker, features)
        return make_prosody(text, language, speaker, recording, self.loaded.identity, self.loaded.fingerprint.hash,
                            Reference(median_hz, level_db), units, measured, acoustic, timing)

    def latents(self, units: list[Unit], speaker: str | None, features: Features) -> tuple[np.ndarray, np.ndarray]:
        """Posterior means acoustic [W, Z] and timing [W, Y] of aligned units."""
        model = self.loaded.model
        with model.speaking():
            batch = self.batch(units, speaker, features).to(model.decoder.mel_mean.device)
            # The encoders read neither language nor style, and of somebody unknown no speaker.
            found = model.posteriors(batch, None if speaker else model.normalizer.measure(batch))
        return found.acoustic.mean[0].cpu().numpy(), found.timing.mean[0].cpu().numpy()
