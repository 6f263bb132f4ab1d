"""The mels that a trained model makes of recordings, with the recordings' own durations, so that every frame has its sound: what a vocoder
is fine-tuned on to get used to that model's faults.

    FOLDER/UTTERANCE.npy    float16 [T, M]
    FOLDER/fingerprint.json, and of.json, which names the model; written last
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from tts.corpus.manifest import atomic_writer, read_manifest
from tts.errors import UserError
from tts.features.fingerprint import Fingerprint, require_same
from tts.features.store import FeatureStore
from tts.models.load import load_model
from tts.paths import file_in
from tts.training.batch import FeatureSource

SPLITS = ("train", "dev")


class PredictedMels:
    """The mels in such a folder, by utterance."""

    def __init__(self, folder: Path, expected: Fingerprint):
        self.folder = folder
        require_same(Fingerprint.load(folder / "fingerprint.json"), expected, f"the mels in {folder}", "the features", mel_only=True)

    def __contains__(self, name: str) -> bool:
        return file_in(self.folder, name, ".npy").is_file()

    def __getitem__(self, name: str) -> np.ndarray:
        return np.load(file_in(self.folder, name, ".npy"), mmap_mode="r", allow_pickle=False)


@torch.inference_mode()
def predict_mels(model: Path, manifest: Path, features: Path, folder: Path, device: torch.device) -> None:
    """Write the mels of the manifest's training and dev utterances, unless they are there already, of this very model."""
    loaded, store = load_model(model, device), FeatureStore(features)
    require_same(store.fingerprint, loaded.fingerprint, f"features in {features}", f"the model {model}", mel_only=True)
    mark = folder / "of.json"
    if mark.is_file() and json.loads(mark.read_text(encoding="utf-8"))["identity"] == loaded.identity:
        return
    utterances = [u for u in read_manifest(manifest) if u.split in SPLITS and u.id in store]
    if not all(u.units for u in utterances):
        raise UserError(f"{manifest}: to predict mels, durations must be known; give the aligned manifest (data/alignment/manifest.jsonl), with "
                        "--audio-root data/corpus")
    source = FeatureSource(utterances, store, loaded.phones, loaded.names, loaded.recipe.training.batch_frames, 0)
    folder.mkdir(parents=True, exist_ok=True)
    for ids in tqdm(source.batches(0), desc="predicting mels", unit=" batches", disable=None):
        for sample in loaded.model.samples(source.load(ids).to(device)):
            with atomic_writer(file_in(folder, sample.name, ".npy"), "wb") as file:
                np.save(file, sample.predicted.astype(np.float16), allow_pickle=False)
    store.fingerprint.save(folder / "fingerprint.json")
    with atomic_writer(mark) as file:
        json.dump({"identity": loaded.identity, "model": model.name}, file)
