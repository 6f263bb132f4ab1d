"""Whole comparisons of sounds: known differences in, those numbers out, and nothing dropped in silence."""

import json

import numpy as np
import pytest

from tests.vocoder.test_griffin_lim import glide
from tts.cli import main
from tts.evaluation.pairs import evaluate_pairs
from tts.features.audio import save_audio
from tts.features.config import FeatureConfig

CONFIG = FeatureConfig(f0_method="dio")


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    """reference; the same; 100 cents higher; slower. One is silent, one exists on one side only."""
    root = tmp_path_factory.mktemp("sounds")
    for i, (low, high) in enumerate(((100, 150), (120, 110), (180, 230))):
        up = 2 ** (100 / 1200)
        for name, sound in (
            ("reference", glide(low, high, 0.8)),
            ("same", glide(low, high, 0.8)),
            ("higher", glide(low * up, high * up, 0.8)),
            ("slower", glide(low, high, 1.1)),
        ):
            save_audio(root / name / f"u{i}.wav", sound.numpy(), CONFIG.sample_rate)
    save_audio(root / "reference" / "u9.wav", np.zeros(6000), CONFIG.sample_rate)
    save_audio(root / "same" / "u9.wav", np.zeros(6000), CONFIG.sample_rate)
    save_audio(root / "reference" / "lonely.wav", np.zeros(6000), CONFIG.sample_rate)
    return root


def test_the_same_is_perfect_and_silence_is_no_score(sounds):
    for warp in (False, True):
        results = evaluate_pairs(sounds / "reference", {"same": sounds / "same"}, CONFIG, warp)
        for metric in ("mcd", "f0_rmse_hz", "f0_rmse_cents", "gpe", "vde", "ffe"):
            assert results.estimate("same", metric).mean == 0, metric
        assert results.estimate("same", "f0_rmse_cents").missing == 1  # the silent one
        assert results.estimate("same", "vde").missing == 0
        assert results.not_scored == {"same: lonely": "no hypothesis with this id"}


def test_a_semitone_is_a_semitone(sounds):
    results = evaluate_pairs(sounds / "reference", {"higher": sounds / "higher"}, CONFIG, warp=False)
    found = results.estimate("higher", "f0_rmse_cents")
    assert found.mean == pytest.approx(100, abs=4) and found.count == 3
    assert results.estimate("higher", "f0_correlation").mean > 0.99


def test_other_lengths_are_refused_one_to_one_and_aligned_by_dtw(sounds):
    one_to_one = evaluate_pairs(sounds / "reference", {"slower": sounds / "slower"}, CONFIG, warp=False)
    assert not one_to_one.rows and "cannot be compared one to one" in one_to_one.not_scored["slower: u0"]
    warped = evaluate_pairs(sounds / "reference", {"slower": sounds / "slower"}, CONFIG, warp=True)
    assert warped.estimate("slower", "length_ratio").mean == pytest.approx(1.1 / 0.8, abs=0.01)
    assert warped.estimate("slower", "mcd").mean < 3


def test_the_command_writes_every_format_and_any_number_of_processes_agrees(sounds, tmp_path, capsys):
    base = [
        "evaluate",
        "pairs",
        str(sounds / "reference"),
        str(sounds / "same"),
        str(sounds / "higher"),
        "--alignment",
        "none",
        "--set",
        "features.f0_method=dio",
    ]
    outputs = [tmp_path / f"r.{suffix}" for suffix in ("json", "csv", "md")]
    assert main([*base, *(word for path in outputs for word in ("-o", str(path)))]) == 0
    assert "not scored 3" in capsys.readouterr().out
    content = json.loads(outputs[0].read_text())
    assert content["summary"][str(sounds / "same")]["mcd"]["mean"] == 0 and len(content["utterances"]) == 7
    assert next(u for u in content["utterances"] if u["id"] == "u9")["scores"]["f0_rmse_hz"] is None
    assert len(outputs[1].read_text().splitlines()) == 8
    assert "| Mel-cepstral distortion, dB (lower is better) | 0.00 [0.00, 0.00] |" in outputs[2].read_text()
    assert main([*base, "--jobs", "2", "-o", str(tmp_path / "two.json")]) == 0
    assert (tmp_path / "two.json").read_text() == outputs[0].read_text()
