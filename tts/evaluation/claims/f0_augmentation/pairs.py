"""The pairs of an experiment, found where the recipe's stages left them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tts.augmentation.contours import NONE, Contours, Moments
from tts.corpus.manifest import read_manifest
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.features.store import FeatureStore

UNSEEN = ("test", "recogniser")  # parts that no model was trained on or chosen by


@dataclass(frozen=True)
class Pair:
    """A target and its supporter, below the folder of the experiment."""

    root: Path
    target: str
    supporter: str

    def conversion(self, kind: str, stage: str = "tuned") -> Path:
        """The conversion model, after training on `both` or `tuned` on the target."""
        return self.root / ("conversion_without_f0" if kind == NONE else "conversion") / self.target / stage

    def f0_model(self, stage: str = "tuned") -> Path:
        """What predicts F0, trained on `both` or `tuned` on the target."""
        return self.root / "f0_model" / self.target / stage

    def augmented(self, kind: str) -> Path:
        return self.root / "augmented" / self.target / kind

    def voice(self, name: str) -> Path:
        return self.root / "voices" / self.target / name

    def contours(self, kind: str) -> Contours:
        """What the corpus was made with."""
        return _contours(self.augmented(kind) / "augmentation.json")


@cache
def _contours(path: Path) -> Contours:
    f0 = json.loads(path.read_text(encoding="utf-8"))["f0"]
    return Contours(f0["kind"], f0["target"], Moments(**f0["found"]), Moments(**f0["wanted"]), f0.get("detail", 0.0))


def find_pairs(root: Path) -> list[Pair]:
    """All pairs whose supporters were converted with predicted F0."""
    found = sorted((root / "augmented").glob("*/predicted/augmentation.json"))
    if not found:
        raise UserError(f"{root}: no augmented corpus in it (augmented/TARGET/predicted); expected exp/NAME of a recipe of f0_augmentation; run its "
                        "stages first")
    facts = [json.loads(path.read_text(encoding="utf-8")) for path in found]
    return [Pair(root, one["target"], one["supporter"]) for one in facts]


@dataclass(frozen=True)
class Corpus:
    """The recordings: of every speaker's training part `training`, of what nothing learned from `unseen`, test first."""

    training: dict[str, list[Utterance]]
    unseen: dict[str, list[Utterance]]

    @classmethod
    def read(cls, manifest: Path, store: FeatureStore) -> Corpus:
        training: dict[str, list[Utterance]] = {}
        unseen: dict[str, list[Utterance]] = {}
        for utterance in read_manifest(manifest):
            if utterance.id in store:
                part = training if utterance.split == "train" else unseen if utterance.split in UNSEEN else {}
                part.setdefault(utterance.speaker, []).append(utterance)
        return cls(training, {name: sorted(part, key=lambda u: u.split != "test") for name, part in unseen.items()})

    def test(self, speaker: str) -> list[Utterance]:
        return [u for u in self.unseen.get(speaker, []) if u.split == "test"]
