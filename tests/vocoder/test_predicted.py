"""Mels that a model predicts for recordings, frame by frame, to fine-tune a vocoder on."""

import dataclasses

import numpy as np
import pytest
import torch

from tests.helpers.voice import voice_folder
from tests.vocoder.make import CONFIG, FEATURES
from tests.vocoder.test_griffin_lim import glide
from tests.vocoder.test_system import EIGHT
from tts.config.recipe import Recipe
from tts.corpus.manifest import read_manifest, write_manifest
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.features.audio import save_audio
from tts.features.fingerprint import fingerprint
from tts.features.store import Features, FeatureStore, FeatureWriter
from tts.text.frontend import TextFrontend
from tts.training.distributed import World
from tts.vocoder.config import default_training
from tts.vocoder.predicted import PredictedMels, predict_mels
from tts.vocoder.training import train_vocoder


@pytest.fixture(scope="module")
def aligned(tmp_path_factory):
    """A model, and recordings aligned with its phones: three frames each."""
    folder, rows = tmp_path_factory.mktemp("aligned"), []
    voice_folder(folder / "model", features=FEATURES)
    with FeatureWriter(folder / "features", fingerprint(FEATURES)) as writer:
        for i, text in enumerate(("Hello there.", "Yes!", "Is this my voice?")):
            units = TextFrontend("en-us").process(text).units
            units = [dataclasses.replace(u, phones=[dataclasses.replace(p, frames=3) for p in u.phones]) for u in units]
            frames = 3 * sum(len(unit.phones) for unit in units)
            save_audio(folder / f"u{i}.wav", glide(100, 150, frames * 0.0125).numpy(), 24000)
            writer.add(f"u{i}", Features(np.full((frames, 80), -5, np.float32), np.full(frames, 120, np.float32), np.ones(frames, bool),
                                         np.zeros(frames, np.float32), np.ones(4, np.float32)))
            rows.append(Utterance(f"u{i}", text, "ada", "en-us", audio=f"u{i}.wav", split="train", units=units))
    write_manifest(folder / "manifest.jsonl", rows)
    return folder


def test_frame_by_frame_and_once(aligned, tmp_path):
    work = (aligned / "model", aligned / "manifest.jsonl", aligned / "features", tmp_path / "mels", torch.device("cpu"))
    predict_mels(*work)
    mels, store = PredictedMels(tmp_path / "mels", fingerprint(FEATURES)), FeatureStore(aligned / "features")
    for utterance in read_manifest(aligned / "manifest.jsonl"):
        assert mels[utterance.id].shape == store[utterance.id].mel.shape and mels[utterance.id].std() > 0
    before = (tmp_path / "mels" / "u0.npy").stat().st_mtime_ns
    predict_mels(*work)
    assert (tmp_path / "mels" / "u0.npy").stat().st_mtime_ns == before


def test_a_vocoder_learns_from_a_models_mels(aligned, tmp_path):
    recipe = Recipe(features=FEATURES, vocoder=CONFIG, vocoder_training=dataclasses.replace(default_training(), **EIGHT))
    card = train_vocoder(recipe, aligned / "manifest.jsonl", aligned, aligned / "features", tmp_path, World(), mels=aligned / "model")
    assert card["mels"] == "model" and card["utterances"] == 3


def test_texts_without_alignment_are_a_sentence(aligned, tmp_path):
    write_manifest(tmp_path / "m.jsonl", [dataclasses.replace(u, units=[]) for u in read_manifest(aligned / "manifest.jsonl")])
    with pytest.raises(UserError, match="aligned manifest"):
        predict_mels(aligned / "model", tmp_path / "m.jsonl", aligned / "features", tmp_path / "mels", torch.device("cpu"))
