"""What a page shows of a model whose prosody is an object (`tts transfer`), utterance by utterance: a transfer into another voice,
and one word edited, beside the same without the edit.

    MODEL/wav/transfer/   MODEL/wav/own/   MODEL/wav/edited/      ID--VOICE.wav, manifest.jsonl, transfer.json
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tts.corpus.manifest import read_manifest
from tts.corpus.utterance import Utterance
from tts.report.card import Overlay, Take
from tts.evaluation.recipe import RECORDING
from tts.features.audio import load_audio
from tts.features.config import FeatureConfig
from tts.paths import file_in
from tts.prosody.measure import Measured, measure_sound

TRANSFER, OWN, EDITED = "transfer", "own", "edited"
ASKED = {
    "semitones": "{:+g} st",
    "stretch": "{:g} × as long",
    "gain_db": "{:+g} dB",
    "f0_range": "{:g} × the range",
    "slope": "{:+g} st/s",
}


@dataclass(frozen=True)
class SpokenProsody:
    """What lies in the three folders: utterances by folder and name, and the edits by name, as transfer.json has them. ranges_hz: of
    each voice's F0."""

    folder: Path
    ranges_hz: dict[str, tuple[float, float]]
    spoken: dict[str, dict[str, Utterance]]
    edits: dict[str, list[dict]]

    @classmethod
    def find(cls, folder: Path, ranges_hz: dict[str, tuple[float, float]]) -> SpokenProsody:
        """What a model's folder wav/ holds; nothing of what is not there."""
        spoken = {kind: {u.id: u for u in read_manifest(folder / kind / "manifest.jsonl")}
                  for kind in (TRANSFER, OWN, EDITED) if (folder / kind / "manifest.jsonl").is_file()}
        edits = json.loads((folder / EDITED / "transfer.json").read_text(encoding="utf-8"))["edited"] if EDITED in spoken else {}
        return cls(folder, ranges_hz, spoken, edits)

    def of(self, utterance: Utterance, config: FeatureConfig) -> tuple[list[Take], list[Overlay]]:
        """What there is of an utterance."""
        takes, overlays = self._transfer(utterance, config)
        edited, drawn = self._edit(utterance, config)
        return takes + edited, overlays + drawn

    def _transfer(self, utterance: Utterance, config: FeatureConfig) -> tuple[list[Take], list[Overlay]]:
        found = next((u for name, u in self.spoken.get(TRANSFER, {}).items() if name == f"{utterance.id}--{u.speaker}"), None)
        if found is None:
            return [], []
        take = self._take(TRANSFER, found, config, "transfer", f"{utterance.speaker} → {found.speaker}")
        names = ("melody, recording", f"melody, {found.speaker},")
        notes = ["phone by phone in the recording's time,", "each from its own median"]
        return [take], [Overlay(RECORDING, TRANSFER, names, notes, (RECORDING, TRANSFER))]

    def _edit(self, utterance: Utterance, config: FeatureConfig) -> tuple[list[Take], list[Overlay]]:
        name = f"{utterance.id}--{utterance.speaker}"
        plain, edited = (self.spoken.get(kind, {}).get(name) for kind in (OWN, EDITED))
        if plain is None or edited is None or not self.edits.get(name):
            return [], []
        [edit, *_] = self.edits[name]
        unit, marked = edit["unit"], (edit["unit"],)
        before = self._take(OWN, plain, config, "own prosody", "as recorded, not edited")
        after = self._take(EDITED, edited, config, "one word edited", f"“{edit['text']}” {asked(edit)}", marked)
        unedited = measure_sound(before.samples, before.units, config, before.f0_range_hz)
        changed = measure_sound(after.samples, after.units, config, after.f0_range_hz, unedited.median_hz)
        found = measured(unedited.units[unit], changed.units[unit])
        notes = ["in the time of the former", f"asked: {asked(edit)}", f"measured: {found}"]
        names = ("melody, own prosody", f"melody, “{edit['text']}” edited,")
        return [before, after], [Overlay(OWN, EDITED, names, notes, (OWN, OWN), marked)]

    def _take(
        self, kind: str, spoken: Utterance, config: FeatureConfig, name: str, detail: str, marked: tuple[int, ...] = ()
    ) -> Take:
        samples = load_audio(file_in(self.folder / kind, spoken.id, ".wav"), config.sample_rate)
        return Take(kind, samples, spoken.units, name, detail, marked=marked, f0_range_hz=self.ranges_hz.get(spoken.speaker))


def asked(edit: dict) -> str:
    """+4 st, 1.4 × as long"""
    return ", ".join(text.format(edit[name]) for name, text in ASKED.items() if name in edit)


def measured(before: Measured, after: Measured) -> str:
    """The same of what is heard, as far as it can be measured."""
    parts = [f"{after.f0_st - before.f0_st:+.1f} st"] if None not in (before.f0_st, after.f0_st) else ["no F0 to measure"]
    if before.duration_ms:
        parts.append(f"{after.duration_ms / before.duration_ms:.2f} × as long")
    if None not in (before.energy_db, after.energy_db):
        parts.append(f"{after.energy_db - before.energy_db:+.1f} dB")
    return ", ".join(parts)
