"""Does it sound like the speaker? Cosine of speaker vectors: with the voice, that is the mean direction of the speaker's other
recordings in the reference, and with the recording of the same id.

The reference's own column is what real recordings of the same speaker reach; "right speaker nearest" asks among the reference's
speakers. An encoder says what *it* hears, and a model that was trained on the same encoder has been taught to please it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tts.evaluation.measures.base import REFERENCE, Measure, Scored
from tts.evaluation.sound import Pair, Settings, Sound
from tts.features.speaker import centroid, speaker_encoder


@dataclass(frozen=True)
class SpeakerMeasure(Measure):
    """`encoder` of tts/features/speaker.py; `hypotheses` are looked through for what made them."""

    name = "speaker"
    of_reference = True
    encoder: str = "statistics"
    hypotheses: tuple[Path, ...] = ()

    def check(self, settings: Settings) -> None:
        speaker_encoder(self.encoder)

    def of_sound(self, sound: Sound) -> Scored:
        return Scored(material=self._vector(sound))

    def of_pair(self, pair: Pair) -> Scored:
        similarity = float(self._vector(pair.reference) @ self._vector(pair.hypothesis))
        return Scored({"speaker_pair_similarity": similarity})

    def _vector(self, sound: Sound) -> np.ndarray:
        """Computed once a sound."""
        known = vars(sound).setdefault("speaker_vectors", {})
        if self.encoder not in known:
            samples, rate = sound.samples, sound.settings.config.sample_rate
            known[self.encoder] = speaker_encoder(self.encoder)(samples, rate)
        return known[self.encoder]

    def finish(self, results, materials: Mapping[str, Mapping[str, np.ndarray]]) -> None:
        """Likeness to voices, which takes all of the reference's vectors."""
        real = materials.get(REFERENCE, {})
        speaker_of = {row.id: row.speaker for row in results.rows}
        by_speaker: dict[str, list[str]] = {}
        for name in real:
            by_speaker.setdefault(speaker_of.get(name, ""), []).append(name)
        if set(by_speaker) <= {""}:
            results.notes.append(
                "Likeness to voices is not measured: who speaks is not known; a manifest (--manifest) would tell."
            )
            return
        voices = {speaker: centroid(real[name] for name in names) for speaker, names in by_speaker.items() if speaker}
        for row in results.rows:
            vector = materials.get(row.system, {}).get(row.id)
            others = [real[name] for name in by_speaker.get(row.speaker, []) if name != row.id]
            if vector is None or not row.speaker or not others:
                continue
            own = voices | {row.speaker: centroid(others)}  # not the recording itself: its words are the same
            row.scores["speaker_likeness"] = float(vector @ own[row.speaker])
            if len(own) > 1:
                row.scores["speaker_found"] = float(max(own, key=lambda s: float(vector @ own[s])) == row.speaker)
        alone = sorted(speaker for speaker, names in by_speaker.items() if speaker and len(names) < 2)
        if alone:
            results.notes.append(f"No likeness to {', '.join(alone)}: a single recording leaves none to compare with.")

    def notes(self, settings: Settings) -> list[str]:
        return [f"Speaker vectors: encoder {self.encoder}. {training_encoder(self.hypotheses, self.encoder)}"]


def training_encoder(hypotheses: tuple[Path, ...], encoder: str) -> str:
    """What is known of the encoder that the systems were trained with, from the facts beside their sounds."""
    sentences = []
    for place in hypotheses:
        folder, used = place if place.is_dir() else place.parent, None
        for facts in ("synthesis.json", "transfer.json"):
            if (folder / facts).is_file():
                used = json.loads((folder / facts).read_text(encoding="utf-8")).get("fingerprint", {}).get("speaker_encoder")
        if used is None:
            sentences.append(f"Whether {place} was trained with this encoder is not known.")
        elif used == encoder:
            sentences.append(
                f"{place} was made with features of this very encoder: the score is circular if the model used it."
            )
        else:
            sentences.append(f"{place} was made with features of another encoder ({used}).")
    return " ".join(sentences)
