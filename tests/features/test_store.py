import pickle
from dataclasses import replace

import numpy as np
import pytest
from torch.utils.data import DataLoader

from tts.errors import UserError
from tts.features import store as store_module
from tts.features.config import FeatureConfig
from tts.features.fingerprint import fingerprint
from tts.features.store import FeatureStore, FeatureWriter, Features, JoinedStore, shard_path


def some_features(frames, seed=0):
    rng = np.random.default_rng(seed)
    voiced = rng.random(frames) < 0.5
    vector = rng.standard_normal(75).astype(np.float32)
    return Features(rng.uniform(-11, 2, (frames, 80)).astype(np.float32), np.where(voiced, 120.5, 0).astype(np.float32), voiced,
                    rng.uniform(-11, 0, frames).astype(np.float32), vector / np.linalg.norm(vector))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(store_module, "UTTERANCES_PER_SHARD", 4)
    with FeatureWriter(tmp_path, fingerprint(FeatureConfig()), {"speakers": {}}) as writer:
        for i in range(10):
            writer.add(f"utt-{i}.x", some_features(20 + i, seed=i))
    return tmp_path


def test_round_trip(folder):
    store = FeatureStore(folder, fingerprint(FeatureConfig()))
    assert len(store) == 10 and len(list((folder / "shards").iterdir())) == 3
    assert [row.id for row in store.rows()] == [f"utt-{i}.x" for i in range(10)]
    for i in (9, 0, 5, 3):
        got, wanted = store[f"utt-{i}.x"], some_features(20 + i, seed=i)
        assert store.frames(f"utt-{i}.x") == 20 + i
        assert got.mel.dtype == np.float32 and np.abs(got.mel - wanted.mel).max() < 0.005  # kept as float16
        for name in ("f0_hz", "voiced", "energy", "speaker_vector"):
            assert np.array_equal(getattr(got, name), getattr(wanted, name))
            assert getattr(got, name).dtype == getattr(wanted, name).dtype


def test_absent_utterances_and_stores_are_said(folder, tmp_path):
    store = FeatureStore(folder)
    assert "utt-3.x" in store and "utt-10.x" not in store
    with pytest.raises(UserError, match="utt-10.x is not among the 10"):
        store["utt-10.x"]
    with pytest.raises(UserError, match="no feature store"):
        FeatureStore(tmp_path / "elsewhere")


def test_foreign_fingerprint_is_refused(folder):
    with pytest.raises(UserError, match="mel_bands is 64 in what is asked for and 80 in the store"):
        FeatureStore(folder, fingerprint(replace(FeatureConfig(), mel_bands=64)))


def test_open_shards_are_bounded_and_damage_is_named(folder, monkeypatch):
    monkeypatch.setattr(store_module, "OPEN_SHARDS", 2)
    store = FeatureStore(folder)
    for i in range(10):
        store[f"utt-{i}.x"]
        assert len(store._handles) <= 2
    shard_path(folder, 0).write_bytes(b"nothing")
    with pytest.raises(UserError, match="000000.safetensors"):
        FeatureStore(folder)["utt-0.x"]


class Lengths:
    def __init__(self, store):
        self.store = store

    def __len__(self):
        return len(self.store)

    def __getitem__(self, i):
        return len(self.store[f"utt-{i}.x"].mel)


def test_travels_to_loader_processes_without_its_open_files(folder):
    store = FeatureStore(folder)
    store["utt-0.x"]
    assert pickle.loads(pickle.dumps(store)).frames("utt-1.x") == 21
    assert [int(n) for n in DataLoader(Lengths(store), batch_size=None, num_workers=2)] == list(range(20, 30))


def test_joined_stores_are_one(tmp_path):
    for part, names, mean in (("a", "xy", 1), ("b", "z", 2)):
        with FeatureWriter(tmp_path / part, fingerprint(FeatureConfig()), {"speakers": {"ada": {"log_f0_mean": mean}, part: {}}}) as writer:
            for name in names:
                writer.add(name, some_features(5 + ord(name) % 7, seed=ord(name)))
    joined = JoinedStore([tmp_path / "a", tmp_path / "b"])
    for name in "xyz":
        assert name in joined and len(joined[name].mel) == joined.frames(name) == 5 + ord(name) % 7
    assert "w" not in joined and joined.speakers["speakers"] == {"ada": {"log_f0_mean": 1}, "a": {}, "b": {}}
    with pytest.raises(UserError, match="w is not among the 1 of the store .*b"):
        joined.frames("w")
    other = replace(FeatureConfig(), mel_bands=40, hop_samples=256)
    with FeatureWriter(tmp_path / "c", fingerprint(other), {"speakers": {}}) as writer:
        writer.add("w", some_features(5))
    with pytest.raises(UserError, match="hop_samples"):
        JoinedStore([tmp_path / "a", tmp_path / "c"])


def test_features_that_are_no_numbers_are_refused(tmp_path):
    with FeatureWriter(tmp_path, fingerprint(FeatureConfig())) as writer:
        mel = np.zeros((3, 80), np.float32)
        mel[1, 7] = np.nan
        writer.add("u0", Features(mel, *(np.ones(3, np.float32) for _ in range(3)), np.ones(4, np.float32)))
    with pytest.raises(UserError, match="features of u0 hold NaN or infinite numbers; delete the shard and extract again"):
        FeatureStore(tmp_path)["u0"]
