"""Training a vocoder: joins manifest, recordings, features and recipe, calls the loop, and leaves a vocoder's folder:

    vocoder.safetensors config.yaml fingerprint.json card.json     what speaks (folder.py)
    model.safetensors checkpoints/ metrics.jsonl tensorboard/      what training goes on from, discriminators included
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch

from tts.config.recipe import Recipe, load_trained
from tts.corpus.manifest import read_manifest
from tts.corpus.spread import spread
from tts.errors import UserError
from tts.features.fingerprint import fingerprint, require_same
from tts.features.store import FeatureStore
from tts.training import distributed
from tts.training.checkpoint import load_weights
from tts.training.distributed import World
from tts.training.loop import fit
from tts.vocoder.crops import CropSource
from tts.vocoder.fast import measure_peaks
from tts.vocoder.folder import WEIGHTS, save_vocoder
from tts.vocoder.predicted import PredictedMels, predict_mels
from tts.vocoder.system import VocoderTraining

VALIDATION_SECONDS = 4.0  # of an utterance, at most
PEAKS_BATCHES = 50


def train_vocoder(recipe: Recipe, manifest: Path, audio_root: Path, features: Path, folder: Path, world: World, start: Path | None = None,
                  mels: Path | None = None) -> dict:
    """Train what the recipe's `vocoder` section describes; returns the facts that stand on its card. `start`: a trained vocoder to go on from;
    `mels`: what a model predicted for the same recordings (predicted.py), to be heard in place of the recordings' own; or the folder of a model,
    which then predicts them into FOLDER/mels."""
    config, training, store = recipe.vocoder, recipe.vocoder_training, FeatureStore(features)
    require_same(store.fingerprint, fingerprint(recipe.features), f"features in {features}", "the recipe's configuration")
    predicted = PredictedMels(_predicted(mels, manifest, features, folder, world), store.fingerprint) if mels is not None else None
    parts = {split: [u for u in read_manifest(manifest) if u.split == split and u.id in store] for split in ("train", "dev")}
    if not parts["train"]:
        raise UserError(f"{manifest}: no utterance has split 'train'; split the corpus first (tts corpus split)")
    common = dict(audio_root=audio_root, store=store, batch_frames=training.batch_frames, seed=training.seed, cache_mb=config.audio_cache_mb,
                  mels=predicted)
    train = CropSource(parts["train"], crop_frames=config.crop_frames, speeds=config.speeds, gains_db=config.gains_db,
                       noisy_share=config.noisy_share, snrs_db=config.snrs_db, balance=config.speaker_balance, **common)
    watched = spread(parts["dev"], config.validation_utterances)
    most = round(VALIDATION_SECONDS / recipe.features.frame_seconds)
    dev = CropSource(watched, crop_frames=most, whole=True, **common) if watched else None
    torch.manual_seed(training.seed)
    system = VocoderTraining(recipe.features, config)
    if start is not None:
        go_on_from(start, system)
    card = {"vocoder": config.generator.phase, "steps": training.steps, "seed": training.seed, "utterances": len(parts["train"]),
            "hours": sum(train.lengths.values()) * recipe.features.frame_seconds / 3600, "speakers": sorted({u.speaker for u in parts["train"]}),
            "languages": sorted({u.language for u in parts["train"]}), "discriminators": config.discriminators,
            "parameters": sum(p.numel() for p in system.generator.parameters()), "started_from": start.name if start is not None else None,
            "mels": mels.name if mels is not None else "of the recordings"}

    def render(mel: np.ndarray) -> tuple[np.ndarray, int]:
        with torch.inference_mode():
            return system.generator(torch.from_numpy(mel).to(world.device)[None])[0].cpu().numpy(), recipe.features.sample_rate

    fit(system, train, dev, training, folder, world, render, prepared=start is not None)
    card["validation"] = last_validation(folder)
    if world.is_first:
        system.eval()
        batches = (source.load(ids).to(world.device) for source in (train, dev) if source for ids in source.batches(0)[:PEAKS_BATCHES])
        measure_peaks(system.generator, ((batch.mel, batch.frame_mask) for batch in batches))
        save_vocoder(folder, system.generator, recipe, card)
    return card


def go_on_from(start: Path, system: VocoderTraining) -> None:
    """Take the weights of the vocoder in `start`, and those of its discriminators if it has some of the same kind."""
    whole = start / "model.safetensors"
    alike = whole.is_file() and load_trained(start, "vocoder").vocoder.discriminators == system.config.discriminators
    load_weights(*((system, whole) if alike else (system.generator, start / WEIGHTS)))


def _predicted(mels: Path, manifest: Path, features: Path, folder: Path, world: World) -> Path:
    """The folder of predicted mels; if `mels` is a model, it predicts them first."""
    if not (mels / "model.safetensors").is_file():
        return mels
    if world.is_first:
        predict_mels(mels, manifest, features, folder / "mels", world.device)
    distributed.wait(world)
    return folder / "mels"


def last_validation(folder: Path) -> dict[str, float]:
    """The figures of the last validation; none if there was none."""
    rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines()]
    found = [row for row in rows if row["group"] == "validation"]
    return {name: value for name, value in found[-1].items() if name not in ("step", "group")} if found else {}
