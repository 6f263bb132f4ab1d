"""Crops: sound and frames that belong together, the same for the same name, in memory that stays."""

import dataclasses
import json

import numpy as np
import pytest
import torch

from tests.vocoder.make import FEATURES, vowel_corpus
from tts.corpus.manifest import read_manifest
from tts.errors import UserError
from tts.features.fingerprint import fingerprint
from tts.features.mel import MelSpectrogram
from tts.features.store import FeatureStore
from tts.vocoder.crops import Crop, CropSource, Recordings
from tts.vocoder.predicted import PredictedMels


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return vowel_corpus(tmp_path_factory.mktemp("vowels"))


def source(corpus, **changes):
    store = FeatureStore(corpus.parent / "features")
    return CropSource(read_manifest(corpus), corpus.parent, store, **{**dict(crop_frames=16, batch_frames=64, seed=0, cache_mb=100), **changes})


def test_frames_and_samples_belong_together(corpus):
    crops = source(corpus)
    whole = crops.load(["u7@0+57", "u0@0+24"])
    mel = MelSpectrogram(FEATURES)(whole.wave[:1])[0]
    heard = mel > mel.max() - 6  # the file and the store keep 16 bits
    assert (mel - whole.mel[0])[:-3][heard[:-3]].abs().max() < 0.03
    assert whole.frame_mask.sum(1).tolist() == [57, 24] and not whole.wave[1, 24 * 300 :].any()
    part = crops.load(["u7@20+16"])
    assert torch.equal(part.mel[0], whole.mel[0, 20:36]) and torch.equal(part.wave[0], whole.wave[0, 20 * 300 : 36 * 300])
    assert torch.equal(part.f0_hz[0], whole.f0_hz[0, 20:36]) and (part.f0_hz > 100).any()


def test_epochs_differ_and_repeat(corpus):
    crops, again = source(corpus), source(corpus)
    assert crops.batches(0) == again.batches(0) != crops.batches(1)
    assert [len(batch) for batch in crops.batches(0)] == [4, 4]
    for crop in (Crop.parse(text) for batch in crops.batches(3) for text in batch):
        assert 0 <= crop.first <= crops.lengths[crop.utterance] - crop.frames and str(Crop.parse(str(crop))) == str(crop)
    assert source(corpus, whole=True, crop_frames=1000).batches(0)[0] == ["u0@0+24"]


def test_every_second_is_as_likely_as_any_other(corpus):
    crops = source(corpus)
    drawn = [Crop.parse(text).utterance for epoch in range(300) for batch in crops.batches(epoch) for text in batch]
    share = crops.lengths["u7"] / sum(crops.lengths.values())
    assert drawn.count("u7") / len(drawn) == pytest.approx(share, rel=0.15)


def test_balanced_speakers_are_equally_likely(corpus):
    others = [dataclasses.replace(u, speaker="short" if u.id == "u0" else "long") for u in read_manifest(corpus)]
    crops = CropSource(others, corpus.parent, FeatureStore(corpus.parent / "features"), crop_frames=16, batch_frames=64, seed=0, cache_mb=100, balance=1.0)
    drawn = [Crop.parse(text).utterance for epoch in range(300) for batch in crops.batches(epoch) for text in batch]
    assert drawn.count("u0") / len(drawn) == pytest.approx(0.5, abs=0.03)


def test_noise_lies_as_far_below_speech_as_asked(corpus):
    crops = source(corpus, noisy_share=0.5, snrs_db=(5.0, 20.0))
    drawn = [Crop.parse(text) for epoch in range(50) for batch in crops.batches(epoch) for text in batch]
    noisy = [crop for crop in drawn if crop.snr_db is not None]
    assert len(noisy) / len(drawn) == pytest.approx(0.5, abs=0.1) and all(5 <= crop.snr_db <= 20 for crop in noisy)
    clean, with_noise, again = (crops.load([f"u7@20+16*1.1^-3{end}"]) for end in ("", "~12", "~12"))
    added = with_noise.wave - clean.wave
    assert 10 * torch.log10(clean.wave.square().mean() / added.square().mean()) == pytest.approx(12, abs=1.5)  # levels are those of the crop and its margins
    assert torch.equal(with_noise.wave, again.wave) and torch.equal(with_noise.f0_hz, clean.f0_hz) and not torch.equal(with_noise.mel, clean.mel)


def test_memory_stays_within_its_limit(corpus):
    paths = {u.id: corpus.parent / u.audio for u in read_manifest(corpus)}
    recordings = Recordings(paths, 24000, most_mb=0)
    for name in [*paths, *paths]:
        assert recordings[name].dtype == np.int16 and len(recordings.kept) == 1
    many = Recordings(paths, 24000, most_mb=100)
    assert many["u1"] is many["u1"] and many.bytes == many["u1"].nbytes


def test_predicted_mels_take_the_recordings_place(corpus, tmp_path):
    for name in ("u0", "u1"):
        np.save(tmp_path / f"{name}.npy", np.full((source(corpus).lengths[name], 80), -3, np.float16))
    fingerprint(FEATURES).save(tmp_path / "fingerprint.json")
    crops = source(corpus, mels=PredictedMels(tmp_path, fingerprint(FEATURES)))
    assert set(crops.lengths) == {"u0", "u1"}
    assert (crops.load(["u0@3+16"]).mel == -3).all() and crops.load(["u0@3+16"]).wave.any()
    np.save(tmp_path / "u1.npy", np.zeros((3, 80), np.float16))
    with pytest.raises(UserError, match="u1.npy has shape"):
        crops.load(["u1@0+16"])
    values = json.loads((tmp_path / "fingerprint.json").read_text())
    from tts.features.fingerprint import Fingerprint

    Fingerprint({**{k: v for k, v in values.items() if "hash" not in k}, "mel_low_hz": 0.0}).save(tmp_path / "fingerprint.json")
    with pytest.raises(UserError, match="mel_low_hz"):
        PredictedMels(tmp_path, fingerprint(FEATURES))


def test_another_speed_and_level(corpus):
    """What is played faster has the pitch, the mel and the wave of a faster recording."""
    crops = source(corpus, speeds=(0.8, 1.25), gains_db=(-6.0, 6.0))
    drawn = [Crop.parse(text) for batch in crops.batches(0) for text in batch]
    assert len({(crop.speed, crop.gain_db) for crop in drawn}) == len(drawn) and [[str(c) for c in drawn[:4]]] == crops.batches(0)[:1]
    for crop in drawn:
        assert 0.8 <= crop.speed <= 1.25 and crop.first + crop.frames * crop.speed <= crops.lengths[crop.utterance] + 1
    same, louder = crops.load(["u7@10+16"]), crops.load(["u7@10+16*1^6"])
    heard = same.mel > same.mel.max() - 6
    assert torch.allclose(louder.mel[heard], same.mel[heard] + 0.6908, atol=0.05) and torch.allclose(louder.wave, 1.995 * same.wave, atol=0.02)
    batch = crops.load(["u7@4+30*1.25^0"])
    assert (batch.mel - MelSpectrogram(FEATURES)(batch.wave))[0, 3:-3].abs().mean() < 0.02
    plain = crops.load(["u7@4+38"]).f0_hz[0]
    at = ((torch.arange(30) + 0.5) * 1.25 - 0.5).round().long()
    assert torch.allclose(batch.f0_hz[0], 1.25 * plain[at], rtol=0.02)
    assert batch.f0_hz[0].min() > 100
