"""Training the predictor of prosody from text, for a CopyCat2 (or a studio) whose stage I is finished: finds every recording's posteriors once, then
trains on text and posteriors alone. The result lies in the model's own folder, MODEL/prosody."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

from tts.config.load import save_config
from tts.config.recipe import Recipe
from tts.corpus.manifest import atomic_writer, read_manifest
from tts.errors import UserError
from tts.features.store import FeatureStore
from tts.models.copycat2.model import CopyCat2
from tts.models.copycat2.text_prosody import PosteriorBatch, TextProsody
from tts.models.load import load_model
from tts.text.bert.words import BertWords, Pieces, collate
from tts.training.batch import FeatureSource, PhoneRow, frame_batches, pad_rows
from tts.training.checkpoint import save_tensors
from tts.training.distributed import World
from tts.training.loop import fit

FOLDER = "prosody"  # in the model's folder
FILES = ("model.safetensors", "config.yaml", "card.json")


class PosteriorSource:
    """A BatchSource of texts with posteriors. `batch_frames` counts phones here."""

    def __init__(self, rows: dict[str, PhoneRow], posteriors: dict[str, np.ndarray], pieces: dict[str, Pieces] | None, batch_phones: int,
                 seed: int):
        self.rows, self.posteriors, self.pieces = rows, posteriors, pieces
        self.batch_phones, self.seed = batch_phones, seed
        self.lengths = {name: len(row.phones) for name, row in rows.items()}

    def batches(self, epoch: int) -> list[list[str]]:
        return frame_batches(self.lengths, self.batch_phones, self.seed, epoch)

    def frames(self, ids: list[str]) -> int:
        return sum(self.lengths[name] for name in ids)

    def load(self, ids: list[str]) -> PosteriorBatch:
        found = [torch.from_numpy(self.posteriors[name]) for name in ids]  # [W, 2 (Z + Y) + 1]
        padded = torch.nn.utils.rnn.pad_sequence(found, batch_first=True)
        size = (padded.shape[2] - 1) // 2
        rows = [self.rows[name] for name in ids]
        durations = torch.nn.utils.rnn.pad_sequence([torch.from_numpy(row.durations).long() for row in rows], batch_first=True)
        return PosteriorBatch(list(ids), **pad_rows(rows), durations=durations, mean=padded[..., :size],
                              log_variance=padded[..., size:2 * size], heard=padded[..., -1] > 0,
                              pieces=collate([self.pieces[name] for name in ids]) if self.pieces is not None else None)


@torch.inference_mode()
def find_posteriors(model: CopyCat2, source: FeatureSource, device: torch.device) -> dict[str, np.ndarray]:
    """Per utterance [W, 2 (Z + Y) + 1]: means, log-variances, and whether the unit has frames."""
    found: dict[str, np.ndarray] = {}
    for ids in source.batches(0):
        batch = source.load(ids).to(device)
        posterior = model.posteriors(batch)
        joined = torch.cat([posterior.acoustic.mean, posterior.timing.mean, posterior.acoustic.log_variance, posterior.timing.log_variance,
                            posterior.heard[..., None].float()], dim=2).cpu()
        for name, row, units in zip(ids, joined, batch.unit_mask.sum(1).tolist()):
            found[name] = row[:units].numpy().copy()
    return found


def train_prosody(recipe: Recipe, folder: Path, manifest: Path, features: Path, bert: str, world: World) -> dict:
    """Train the predictor for the model in `folder` as `recipe` says; returns the facts that stand on its card."""
    loaded = load_model(folder, world.device)
    if not loaded.model.controls.words:
        raise UserError(f"{folder}: a model of system {loaded.card['system']!r} has no latents per word; expected copycat2 or studio")
    words = None
    if recipe.predictor.bert != "none":
        if not bert:
            raise UserError("predictor.bert is " + recipe.predictor.bert + ", but no BERT is given; name one with --bert (a folder, or a model "
                            "that transformers knows), or set predictor.bert to none")
        words = BertWords.load(bert, world.device)
    store, config = FeatureStore(features), recipe.predictor_training
    sources = {}
    for split in ("train", "dev"):
        utterances = [u for u in read_manifest(manifest) if u.split == split]
        if utterances:
            recordings = FeatureSource(utterances, store, loaded.phones, loaded.names, recipe.training.batch_frames, config.seed)
            pieces = {u.id: words.pieces(u.units) for u in utterances} if words is not None else None
            sources[split] = PosteriorSource(recordings.rows, find_posteriors(loaded.model, recordings, world.device), pieces,
                                             config.batch_frames, config.seed)
    torch.manual_seed(config.seed)
    system = TextProsody(loaded.model, len(loaded.phones.symbols), recipe.predictor, words)
    card = {"steps": config.steps, "seed": config.seed, "loss": recipe.predictor.loss, "phones": recipe.predictor.phones,
            "bert": None if words is None else {**words.describe(), "use": recipe.predictor.bert}, "of": loaded.identity,
            "parameters": sum(p.numel() for p in system.predictor.parameters())}
    fit(system, sources["train"], sources.get("dev"), config, folder / FOLDER, world)
    system.balance_lengths(list(sources.values()))
    if "dev" in sources:
        system.widen(sources["dev"])
    if world.is_first:
        save_tensors(folder / FOLDER / "model.safetensors", {name: tensor.cpu() for name, tensor in system.state_dict().items()})
        save_config(recipe, folder / FOLDER / "config.yaml")
        if words is not None:
            system.words.save(folder / FOLDER / "bert")
        card |= explained(system, sources["dev"]) if "dev" in sources else {}
        with atomic_writer(folder / FOLDER / "card.json") as file:
            json.dump(card, file, indent=1, ensure_ascii=False)
    return card


@torch.inference_mode()
def explained(system: TextProsody, source: PosteriorSource) -> dict[str, float]:
    """What the final predictor explains of unseen texts' latents, beyond each voice's mean."""
    batch = source.load(list(source.rows)).to(system.predictor.mean.device)
    return {name: value for name, value in system.eval().measures(batch).items() if name.startswith("explained")}
