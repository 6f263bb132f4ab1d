"""A model folder with random weights: says nothing worth hearing, in milliseconds, through the real path."""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path

import numpy as np

from tests.helpers.tiny import CONFIG
from tts.config.recipe import Recipe
from tts.features.config import FeatureConfig
from tts.features.fingerprint import fingerprint
from tts.models.flowtts.config import FlowTTSConfig
from tts.models.load import build_model, save_description
from tts.text.frontend import TextFrontend
from tts.text.inventory import PhoneInventory
from tts.training.batch import Names
from tts.training.checkpoint import save_tensors

SIZES = {"copycat": {"frame_latent_dim": 4}, "copycat2": {"word_latent_dim": 8}, "lcpvae": {"style_latent_dim": 3},
         "studio": {"word_latent_dim": 8, "energy_dim": 8, "style_latent_dim": 3}}
STYLES = {system: ("dj", "excited", "neutral") for system in ("lcpvae", "studio")}
FLOW = FlowTTSConfig(steps=4, early_every=2, dim=16, layers=1, context_layers=1)
TEXTS = {
    "en-us": "The quick brown fox jumps over the lazy dog. Hello there, is this my voice? Yes! Forty two good boys.",
    "de": "Der schnelle braune Fuchs springt über den faulen Hund. Guten Tag, wie geht es dir?",
}


def voice_folder(folder: Path, speakers: tuple[str, ...] = ("ada", "ben"), features: FeatureConfig | None = None, system: str = "base",
                 vectors: dict[str, np.ndarray] | None = None) -> Path:
    """A model of two languages; the first speaker's own is en-us, the others' de. A copycat2 and a studio have no predictor and no aligner; the styles of an
    lcpvae and a studio lie on axes of its latent, further out in German, and excited was never recorded in English.
    With `vectors` it knows its speakers by these, as if the built-in encoder had measured them."""
    import torch

    symbols: Counter[str] = Counter()
    for language, text in TEXTS.items():
        for unit in TextFrontend(language).process(text).units:
            symbols.update(phone.symbol for phone in unit.phones)
    inventory = PhoneInventory.from_counts(symbols, "test")
    names = Names(tuple(sorted(speakers)), ("de", "en-us"), STYLES.get(system, ("neutral",)))
    sizes = {**SIZES.get(system, {}), "speaker_vectors": "features" if vectors else "table"}
    recipe = dataclasses.replace(Recipe(), system=system, model=dataclasses.replace(CONFIG, **sizes), features=features or FeatureConfig(), flowtts=FLOW)
    torch.manual_seed(3)
    known = {name: {"languages": {"de" if i else "en-us": 10}} for i, name in enumerate(names.speakers)}
    for name, vector in (vectors or {}).items():
        known[name]["vector"] = [float(value) for value in vector]
    model = build_model(recipe, inventory, names, known)
    model.decoder.mel_mean.fill_(-6.0)  # a whisper
    if system in STYLES:
        model.style_centroid.copy_(torch.stack([2 * torch.eye(3), torch.eye(3)]))
        model.style_count.copy_(torch.tensor([[10.0, 10.0, 10.0], [30.0, 0.0, 10.0]]))
        torch.nn.init.normal_(model.duration_model.stack.blocks[0].modulate.weight, std=0.3)
    save_description(
        folder,
        recipe,
        inventory,
        names,
        fingerprint(recipe.features),
        known,
        {"system": system, "parameters": 1, "speakers": list(names.speakers), **({"speaker_encoder": "statistics"} if vectors else {})},
    )
    save_tensors(folder / "model.safetensors", model.state_dict())
    return folder
