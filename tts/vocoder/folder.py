"""A trained vocoder as a folder, and back: weights, configuration, the identity of its mels, and its card."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from tts.config.load import save_config
from tts.config.recipe import Recipe, load_trained
from tts.corpus.manifest import atomic_writer
from tts.errors import UserError
from tts.features.fingerprint import Fingerprint, require_same
from tts.training.checkpoint import load_weights, save_tensors
from tts.vocoder.fast import best_path, use_path
from tts.vocoder.generator import Generator

WEIGHTS = "vocoder.safetensors"
FILES = (WEIGHTS, "config.yaml", "fingerprint.json", "card.json")


def is_vocoder(folder: Path) -> bool:
    return all((folder / name).is_file() for name in FILES)


def save_vocoder(folder: Path, generator: Generator, recipe: Recipe, card: dict) -> None:
    """Write what speaks."""
    folder.mkdir(parents=True, exist_ok=True)
    save_config(recipe, folder / "config.yaml")
    generator.fingerprint.save(folder / "fingerprint.json")
    with atomic_writer(folder / "card.json") as file:
        json.dump(card, file, indent=1, ensure_ascii=False)
    save_tensors(folder / WEIGHTS, generator.state_dict())


def load_generator(folder: str | Path, device: str | torch.device = "cpu", path: str | None = None) -> Generator:
    """The vocoder in `folder`, ready to speak by the fastest path of the machine, or by `path` (fast.py). A missing file, or a configuration that was changed since, is a UserError."""
    folder = Path(folder)
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise UserError(f"{folder}: not a trained vocoder, {', '.join(missing)} missing; expected the folder that "
                        "`tts train --part vocoder` wrote (exp/vocoder of a recipe)")
    recipe = load_trained(folder, "vocoder")
    generator = Generator(recipe.features, recipe.vocoder.generator)
    require_same(Fingerprint.load(folder / "fingerprint.json"), generator.fingerprint, f"{folder}/fingerprint.json", f"{folder}/config.yaml",
                 mel_only=True)
    load_weights(generator, folder / WEIGHTS)
    generator.name = str(folder)
    generator = generator.to(device).eval().requires_grad_(False)
    use_path(generator, path or best_path(generator))
    return generator
