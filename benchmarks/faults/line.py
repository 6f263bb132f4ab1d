"""The line from corpus to model, so small that every step takes a second or two: what the faults happen to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.faults.child import run, tts
from tts.config.load import resolve
from tts.config.recipe import Recipe
from tts.corpus.manifest import atomic_writer
from tts.paths import repository_root

CAST = """speakers:
  - {name: alma, language: en-us, gender: female, low_hz: 205, high_hz: 330, styles: {excited: 1}, utterances: {train: 6, dev: 2}}
  - {name: beth, language: en-us, gender: female, low_hz: 158, high_hz: 216, styles: {neutral: 1}, utterances: {train: 10, dev: 2}}
"""
TARGET, SUPPORTER = "alma", "beth"
CONFIG = repository_root() / "recipes/conf/f0_augmentation.debug.yaml"
VALUES = ("training.batches_per_step=1", "training.batch_frames=600", "training.steps=8", "training.validate_every=4",
          "training.checkpoint_every=2", "training.sample_count=0", "training.keep_best=2", "aligner.steps=12")
SETTINGS = ("--config", CONFIG, *(word for value in VALUES for word in ("--set", value)))

VOICE = ("--config", CONFIG.parent / "base.debug.yaml", *SETTINGS[2:], "--set", "model.speaker_vectors=features")


@dataclass(frozen=True)
class Line:
    """What lies in a folder after `make`; every fault gets a copy, or a folder of its own."""

    folder: Path

    @property
    def corpus(self) -> Path:
        return self.folder / "corpus"

    @property
    def manifest(self) -> Path:
        return self.folder / "alignment/manifest.jsonl"

    @property
    def phones(self) -> Path:
        return self.folder / "text/phones.json"

    @property
    def features(self) -> Path:
        return self.folder / "features"

    @property
    def model(self) -> Path:
        return self.folder / "model"

    @property
    def voice(self) -> Path:
        """A model that speaks texts, and knows speakers by vectors."""
        return self.folder / "voice"

    @cached_property
    def recipe(self) -> Recipe:
        return resolve(Recipe, [str(CONFIG)], list(VALUES)).config

    # -- the commands that are interrupted, filled up, fed -------------------------------------------------------------

    def extract(self, output: Path):
        return tts("features", self.manifest, output, "--audio-root", self.corpus, *SETTINGS)

    def train(self, output: Path, settings: tuple = SETTINGS):
        return tts("train", "--manifest", self.manifest, "--features", self.features, "--phones", self.phones, "--folder", output, "--device",
                   "cpu", *settings)


def make(folder: Path) -> Line:
    """The line in `folder`; what is there already stays."""
    line = Line(folder)
    cast = folder / "cast.yaml"
    if not cast.is_file():
        with atomic_writer(cast) as file:
            file.write(CAST)
    steps = {
        "corpus/generated.json": tts("corpus", "generate", line.corpus, "--cast", cast, "--jobs", 1),
        "text/phones.json": tts("text", "--manifest", line.corpus / "manifest.jsonl", "--output", folder / "text/manifest.jsonl",
                                "--inventory", line.phones),
        "alignment/manifest.jsonl": tts("align", folder / "text/manifest.jsonl", line.manifest, "--audio-root", line.corpus, "--phones",
                                        line.phones, "--folder", folder / "aligner", "--jobs", 1, *SETTINGS),
        "features/index.jsonl": line.extract(line.features),
        "model/model.safetensors": line.train(line.model),
        "voice/model.safetensors": line.train(line.voice, VOICE),
    }
    for made, step in steps.items():
        if not (folder / made).is_file():
            end = run(step, folder)
            if end.status:
                raise SystemExit(f"{made} could not be made, so no fault can be tried:\n{end.said}")
    return line
