"""Training an acoustic model: joins manifest, features, inventory and recipe, calls the loop, and writes the model's card."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from tts.alignment.aligner import copy_aligner
from tts.config.recipe import Recipe
from tts.corpus.manifest import read_manifest
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.features.fingerprint import fingerprint, require_same
from tts.features.store import JoinedStore
from tts.models.lcpvae.classifier import load_style_classifier
from tts.models.load import build_model, read_speakers, save_description
from tts.speakers.load import FOLDER as ENCODER_FOLDER
from tts.speakers.load import copy_encoder
from tts.speakers.vectors import SpeakerTable
from tts.text.inventory import PhoneInventory
from tts.training.batch import FeatureSource, Names
from tts.training.checkpoint import load_weights
from tts.training.distributed import World
from tts.training.loop import fit
from tts.vocoder.load import load_vocoder


def train_acoustic(recipe: Recipe, manifests: Sequence[Path], features: Sequence[Path], phones: Path, folder: Path, world: World,
                   aligner: Path | None = None, start: Path | None = None, speakers: Sequence[str] = (), speaker_vectors: Path | None = None,
                   style_classifier: Path | None = None) -> dict:
    """Train what `recipe` describes and leave a model folder, with a copy of the `aligner` if there is one. `start` is a trained model whose
    weights, statistics and names are the first ones; `speakers` are all whose utterances count (everybody's, if none is named);
    `speaker_vectors`: those that `tts speakers vectors` measured, in place of the features' own; `style_classifier`: a folder with what
    LCPVAE's style loss asks. Returns the facts that stand on its card."""
    inventory, store = PhoneInventory.load(phones), JoinedStore(features)
    require_same(store.fingerprint, fingerprint(recipe.features), f"features in {features[0]}", "the recipe's configuration")
    parts = {split: [u for path in manifests for u in read_manifest(path) if u.split == split and (not speakers or u.speaker in speakers)]
             for split in ("train", "dev")}
    absent = sorted(set(speakers) - {u.speaker for u in parts["train"]})
    if not parts["train"] or absent:
        whose = f" of {', '.join(absent)}" if absent else ""
        raise UserError(f"{', '.join(map(str, manifests))}: no utterance{whose} has split 'train'; split the corpus first (tts corpus split), "
                        "or name other speakers")
    names = Names.of(parts["train"]) if start is None else Names.load(start)
    sources = {split: FeatureSource(rows, store, inventory, names, recipe.training.batch_frames, recipe.training.seed)
               for split, rows in parts.items() if rows}
    frames = sources["train"].frames(list(sources["train"].rows))
    card = {"system": recipe.system, "steps": recipe.training.steps, "utterances": len(parts["train"]),
            "hours": frames * recipe.features.frame_seconds / 3600, "synthetic": sum(u.passport is not None for u in parts["train"]),
            "speakers": list(names.speakers), "languages": list(names.languages), "styles": list(names.styles),
            "fingerprint": store.fingerprint.hash, "seed": recipe.training.seed}
    known = _describe(store.speakers["speakers"], names, parts["train"]) if start is None else read_speakers(start)
    table = SpeakerTable.load(speaker_vectors) if speaker_vectors is not None else None
    if table is not None:
        _replace_vectors(known, table, speaker_vectors)
    if recipe.model.speaker_vectors == "features":
        card["speaker_encoder"] = recipe.features.speaker_encoder if table is None else table.identity
    torch.manual_seed(recipe.training.seed)
    system = build_model(recipe, inventory, names, known)
    if system.controls.style and recipe.lcpvae.style_loss != "none":
        if style_classifier is None:
            raise UserError(f"lcpvae: style_loss is {recipe.lcpvae.style_loss}, and there is no classifier to ask; train one (tts train --part "
                            "style-classifier) and name it with --style-classifier, or set lcpvae.style_loss=none")
        system.attach(load_style_classifier(style_classifier, names, len(inventory), store.fingerprint))
    card["parameters"] = sum(p.numel() for p in system.parameters())
    if world.is_first:
        save_description(folder, recipe, inventory, names, store.fingerprint, known, card)
        if aligner is not None:
            copy_aligner(aligner, folder / "aligner")
        if table is not None and table.encoder is not None:
            copy_encoder(table.encoder, folder / ENCODER_FOLDER)
    vocoder = load_vocoder(None, store.fingerprint, model=folder)

    def render(mel: np.ndarray) -> tuple[np.ndarray, int]:
        return vocoder(torch.from_numpy(mel)[None])[0].numpy(), recipe.features.sample_rate

    if start is not None:
        load_weights(system, start / "model.safetensors")
        card["started_from"] = start.name
    fit(system, sources["train"], sources.get("dev"), recipe.training, folder, world, render, prepared=start is not None)
    card["validation_mel"] = _last_validation(folder)
    if world.is_first:
        save_description(folder, recipe, inventory, names, store.fingerprint, known, card)
    return card


def _describe(speakers: dict[str, dict], names: Names, utterances: list[Utterance]) -> dict[str, dict]:
    """Of each speaker what the features stage measured, and how many utterances of each language the model learns it from."""
    languages = {name: Counter() for name in names.speakers}
    for utterance in utterances:
        languages[utterance.speaker][utterance.language] += 1
    return {name: {**speakers[name], "languages": dict(languages[name])} for name in names.speakers}


def _replace_vectors(known: dict[str, dict], table: SpeakerTable, where: Path) -> None:
    """Put the vectors of a table in the place of those that the features stage measured."""
    if missing := [name for name in known if name not in table.vectors]:
        raise UserError(f"{where}: no vector of {', '.join(missing[:5])}, on whom the model is trained; measure the same manifest's "
                        "(tts speakers vectors)")
    for name, row in known.items():
        row["vector"] = [round(float(value), 6) for value in table.vectors[name]]


def _last_validation(folder: Path) -> float:
    """The mel loss of the last validation, NaN if there was none."""
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    found = [row["mel"] for row in rows if row["group"] == "validation"]
    return found[-1] if found else float("nan")
