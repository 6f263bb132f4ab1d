"""A trained model as a folder, and back. Everything that is needed to speak lies beside the weights, so that nothing is rebuilt on load:

    model.safetensors  config.yaml  phones.json  names.json  fingerprint.json  speakers.json  card.json
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from tts.config.load import load_config, save_config
from tts.config.recipe import Recipe
from tts.corpus.manifest import atomic_writer
from tts.errors import UserError
from tts.features.config import FeatureConfig
from tts.features.fingerprint import Fingerprint
from tts.models.backbone.acoustic import AcousticModel
from tts.text.inventory import PhoneInventory
from tts.training.batch import Names
from tts.training.checkpoint import load_weights

FILES = ("model.safetensors", "config.yaml", "phones.json", "names.json", "fingerprint.json", "speakers.json", "card.json")


@dataclass(frozen=True)
class LoadedModel:
    """A model ready to speak, with all that belongs to it."""

    folder: Path
    model: AcousticModel
    recipe: Recipe
    phones: PhoneInventory
    names: Names
    fingerprint: Fingerprint
    speakers: dict[str, dict]  # per speaker: F0 range, language, hours, … as the features stage wrote them
    card: dict  # facts about the training

    @property
    def features(self) -> FeatureConfig:
        return self.recipe.features


def build_model(recipe: Recipe, phones: PhoneInventory, names: Names, speakers: dict[str, dict]) -> AcousticModel:
    """The untrained model that a recipe describes."""
    matrix = None
    if recipe.model.speaker_vectors == "features":
        matrix = np.array([speakers[name]["vector"] for name in names.speakers], dtype=np.float32)
    return AcousticModel(len(phones.symbols), names, recipe.features.mel_bands, recipe.model, matrix)


def save_description(folder: Path, recipe: Recipe, phones: PhoneInventory, names: Names, fingerprint: Fingerprint,
                     speakers: dict[str, dict], card: dict) -> None:
    """Write everything but the weights."""
    folder.mkdir(parents=True, exist_ok=True)
    save_config(recipe, folder / "config.yaml")
    phones.save(folder / "phones.json")
    fingerprint.save(folder / "fingerprint.json")
    for name, content in (("names.json", asdict(names)), ("speakers.json", speakers), ("card.json", card)):
        with atomic_writer(folder / name) as file:
            json.dump(content, file, indent=1, ensure_ascii=False)


def load_model(folder: str | Path, device: str | torch.device = "cpu") -> LoadedModel:
    """The model in `folder`, in evaluation mode on `device`. A missing file or one that does not fit is a UserError."""
    folder = Path(folder)
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise UserError(f"{folder}: not a trained model, {', '.join(missing)} missing; expected the folder that `tts train` wrote "
                        "(exp/NAME of a recipe); train first, or check the path")
    recipe = load_config(Recipe, [folder / "config.yaml"])
    phones = PhoneInventory.load(folder / "phones.json")
    names = Names(**{key: tuple(value) for key, value in json.loads((folder / "names.json").read_text(encoding="utf-8")).items()})
    speakers = json.loads((folder / "speakers.json").read_text(encoding="utf-8"))
    model = build_model(recipe, phones, names, speakers)
    load_weights(model, folder / "model.safetensors")
    return LoadedModel(folder, model.to(device).eval(), recipe, phones, names, Fingerprint.load(folder / "fingerprint.json"), speakers,
                       json.loads((folder / "card.json").read_text(encoding="utf-8")))
