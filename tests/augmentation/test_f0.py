"""The F0 model by itself, and what it is held against."""

import numpy as np
import pytest

from tts.augmentation.f0 import PhoneMeans, f0_errors
from tts.cli import main
from tts.corpus.manifest import read_manifest
from tts.corpus.utterance import Phone, Unit, Utterance
from tts.features.store import Features, FeatureStore


def utterance(*phones):
    return Utterance("u", "text", "ada", "en-us", units=[Unit("text", (0, 4), [Phone(symbol, 0, frames) for symbol,
                                                                               frames in phones])])


def test_phone_means_are_geometric_over_voiced_frames():
    f0_hz = np.array([100, 0, 400, 150, 150], np.float32)
    features = Features(np.zeros((5, 2)), f0_hz, f0_hz > 0, np.zeros(5), np.zeros(3))
    means = PhoneMeans.of([utterance(("a", 3), ("b", 2))], {"u": features})
    assert np.exp(means.log_f0["a"]) == pytest.approx(200) and np.exp(means.log_f0["b"]) == pytest.approx(150)
    assert means.predict(utterance(("b", 1), ("x", 1), ("a", 2))) == pytest.approx([150, np.exp(means.overall), 200, 200])


def test_errors_of_a_contour_an_octave_above():
    low = np.array([100, 110, 0, 120, 130], np.float32)
    found = f0_errors(low, 2 * low)
    assert found["r"] == pytest.approx(1) and found["rmse_st"] == pytest.approx(12)


def test_contours_on_disk_with_known_and_with_predicted_durations(augmented, tmp_path, capsys):
    common = ["f0", "predict", "--speakers", "alma", "beth", "--model", str(augmented / "exp/f0_augmentation/f0_model/alma/tuned")]
    aligned, text = (str(augmented / f"data/{part}/manifest.jsonl") for part in ("alignment", "text"))
    assert main([*common, "--manifest", aligned, "--voice", "alma", "--split", "test", "--features",
                 str(augmented / "data/features"),
                 "--output", str(tmp_path / "a")]) == 0
    assert "against 4 recordings: predicted: r" in capsys.readouterr().out
    store = FeatureStore(augmented / "data/features")
    chosen = [u for u in read_manifest(aligned) if u.split == "test" and u.speaker in ("alma", "beth")]
    for one in chosen:
        contour = np.load(tmp_path / "a" / f"{one.id}.npy")
        assert len(contour) == store.frames(one.id) and contour.dtype == np.float32 and (contour >= 0).all()
    assert main([*common, "--manifest", text, "--voice", "alma", "--split", "test", "--output", str(tmp_path / "b")]) == 0
    assert len(list((tmp_path / "b").glob("*.npy"))) == len(chosen) and (tmp_path / "b/fingerprint.json").is_file()


def test_a_model_whose_f0_needs_more_is_refused(augmented, tmp_path, capsys):
    without = augmented / "exp/f0_augmentation/conversion_without_f0/alma/tuned"
    assert main(["f0", "predict", "--model", str(without), "--manifest", str(augmented / "data/text/manifest.jsonl"), "--output",
                 str(tmp_path)]) == 1
    assert "does not follow from phones and durations alone" in capsys.readouterr().err
