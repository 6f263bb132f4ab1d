"""What a page shows of a model with styles: an utterance's text in every style, in a voice that never spoke its language.

    MODEL/wav/styles/   ID--VOICE--STYLE.wav, manifest.jsonl      (tts say --foreign)
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tts.corpus.manifest import read_manifest
from tts.corpus.utterance import Utterance
from tts.features.audio import load_audio
from tts.features.config import FeatureConfig
from tts.paths import file_in
from tts.report.card import Take


@dataclass(frozen=True)
class SpokenStyles:
    """Utterances in the folder, by the id of the text's own; ranges_hz: of each voice's F0."""

    folder: Path
    ranges_hz: dict[str, tuple[float, float]]
    spoken: dict[str, list[Utterance]]

    @classmethod
    def find(cls, folder: Path, ranges_hz: dict[str, tuple[float, float]]) -> SpokenStyles:
        """What lies in a folder; nothing where there is none."""
        spoken: dict[str, list[Utterance]] = {}
        for utterance in read_manifest(folder / "manifest.jsonl") if (folder / "manifest.jsonl").is_file() else ():
            spoken.setdefault(utterance.id.split("--")[0], []).append(utterance)
        return cls(folder, ranges_hz, spoken)

    def of(self, utterance: Utterance, config: FeatureConfig) -> list[Take]:
        """The text of an utterance in all styles."""
        return [Take(f"style-{found.style}", load_audio(file_in(self.folder, found.id, ".wav"), config.sample_rate), found.units, found.style,
                     f"by {found.speaker}, who never spoke {utterance.language}", f0_range_hz=self.ranges_hz.get(found.speaker))
                for found in self.spoken.get(utterance.id, [])]
