"""Training the style classifier: balanced batches of recordings, the one loop, and a folder that LCPVAE's training reads."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import asdict
from pathlib import Path

import torch

from tts.config.load import save_config
from tts.config.recipe import Recipe
from tts.corpus.manifest import atomic_writer, read_manifest
from tts.errors import UserError
from tts.features.fingerprint import fingerprint, require_same
from tts.features.store import FeatureStore
from tts.models.lcpvae.classifier import HeardSpeech, StyleClassifier
from tts.text.inventory import PhoneInventory
from tts.training.batch import FeatureSource, Names
from tts.training.distributed import World
from tts.training.loop import fit


class BalancedSource(FeatureSource):
    """A FeatureSource whose batches hold every speaker's every style equally often; a speaker has one language mostly, so languages follow.
    Whoever has fewer utterances of a style says them again."""

    def batches(self, epoch: int) -> list[list[str]]:
        chance, cells = random.Random(f"{self.seed}/{epoch}"), defaultdict(list)
        for name, row in sorted(self.rows.items()):
            cells[row.style, row.language, row.speaker].append(name)
        for names in cells.values():
            chance.shuffle(names)
        return deal(list(cells.values()), self.lengths, self.batch_frames, chance)


def deal(cells: list[list[str]], lengths: dict[str, int], batch_frames: int, chance: random.Random) -> list[list[str]]:
    """Batches of about `batch_frames` padded frames: one name of every cell in turn, in a random order of cells, until the largest cell
    is used up; smaller ones begin again."""
    dealt = []
    for turn in range(max(map(len, cells))):
        dealt += chance.sample([names[turn % len(names)] for names in cells], len(cells))
    batches, batch, widest = [], [], 0
    for name in dealt:
        widest = max(widest, lengths[name])
        if batch and widest * (len(batch) + 1) > batch_frames:
            batches.append(batch)
            batch, widest = [], lengths[name]
        batch.append(name)
    return [*batches, batch]


def train_style_classifier(recipe: Recipe, manifest: Path, features: Path, phones: Path, folder: Path, world: World) -> dict:
    """Train on the part `train`, watch on `dev`; returns the facts that stand on its card."""
    inventory, store = PhoneInventory.load(phones), FeatureStore(features)
    require_same(store.fingerprint, fingerprint(recipe.features), f"features in {features}", "the recipe's configuration")
    parts = {split: [u for u in read_manifest(manifest) if u.split == split] for split in ("train", "dev")}
    names, config = Names.of(parts["train"]), recipe.style_training
    if len(names.styles) < 2:
        raise UserError(f"{manifest}: its training part has {len(names.styles)} style(s) ({', '.join(names.styles) or 'none'}); expected two or more to "
                        "tell apart; the manifest's `style` says which an utterance is spoken in")
    sources = {split: BalancedSource(rows, store, inventory, names, config.batch_frames, config.seed) for split, rows in parts.items() if rows}
    torch.manual_seed(config.seed)
    classifier = StyleClassifier(recipe.features.mel_bands, len(inventory), names, recipe.style_classifier)
    fit(classifier, sources["train"], sources.get("dev"), config, folder, world)
    card = {"styles": list(names.styles), "utterances": len(parts["train"]), "steps": config.steps, "accuracy": accuracy(classifier, sources.get("dev"))}
    if world.is_first:
        save_config(recipe.style_classifier, folder / "style_classifier.yaml")
        store.fingerprint.save(folder / "fingerprint.json")
        for name, content in (("names.json", asdict(names)), ("card.json", card)):
            with atomic_writer(folder / name) as file:
                json.dump(content, file, indent=1, ensure_ascii=False)
    return card


@torch.inference_mode()
def accuracy(classifier: StyleClassifier, source: BalancedSource | None) -> float:
    """Share of utterances whose style is heard right; NaN without any."""
    if source is None:
        return float("nan")
    device, right = classifier.mean.device, 0
    for name in source.rows:
        batch = source.load([name]).to(device)
        right += int(classifier(HeardSpeech.recorded(batch)).argmax(1) == batch.style)
    return right / len(source.rows)
