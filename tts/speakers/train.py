"""Training the speaker encoder on a corpus: joins manifest, features and recipe, calls the loop, writes the encoder's folder."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from tts.config.load import save_config
from tts.config.recipe import Recipe
from tts.corpus.manifest import atomic_writer, read_manifest
from tts.errors import UserError
from tts.features.store import FeatureStore
from tts.speakers.encoder import SpeakerNetwork
from tts.speakers.source import SpeakerSource
from tts.training.distributed import World
from tts.training.loop import fit


def train_encoder(recipe: Recipe, manifest: Path, features: Path, folder: Path, world: World) -> dict:
    """Train on the speakers of the part `train`; returns the facts that stand on the encoder's card."""
    store, training = FeatureStore(features), recipe.speaker_training
    parts = {split: [u for u in read_manifest(manifest) if u.split == split] for split in ("train", "dev")}
    names = tuple(sorted({u.speaker for u in parts["train"]}))
    if len(names) < 2:
        raise UserError(f"{manifest}: the part 'train' has {len(names)} speaker(s); telling speakers apart takes at least 2")
    known = {split: [u for u in rows if u.speaker in names] for split, rows in parts.items()}
    sources = {split: SpeakerSource(rows, store, names, training.batch_frames, training.seed) for split, rows in known.items()
               if rows}
    torch.manual_seed(training.seed)
    network = SpeakerNetwork(len(names), store.fingerprint.config.mel_bands, recipe.speaker_encoder)
    card = {"speakers": len(names), "utterances": len(sources["train"].lengths), "steps": training.steps, "seed": training.seed,
            "parameters": sum(p.numel() for p in network.parameters())}
    fit(network, sources["train"], sources.get("dev"), training, folder, world)
    if world.is_first:
        save_config(recipe.speaker_encoder, folder / "encoder.yaml")
        store.fingerprint.save(folder / "fingerprint.json")
        with atomic_writer(folder / "card.json") as file:
            json.dump(card, file, indent=1)
    return card
