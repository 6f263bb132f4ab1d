"""A vocoder to hand on: small, complete, speaking as the one it was made from, and saying where it comes from."""

import json

import pytest
import torch

from tests.vocoder.make import CONFIG, FEATURES, speech_mel, tiny_generator
from tts.cli import main
from tts.config.recipe import Recipe
from tts.features.mel import MelSpectrogram
from tts.vocoder.folder import load_generator, save_vocoder

CARD = {"vocoder": "harmonic", "steps": 5, "seed": 0, "utterances": 3, "hours": 1.5, "speakers": ["ada"], "languages": ["nl"], "discriminators": "none",
        "parameters": 1200000, "started_from": None}


@pytest.fixture
def recipe(tmp_path):
    """A recipe's folder with exp/vocoder, conf/about.yaml and RESULTS.md."""
    save_vocoder(tmp_path / "exp/vocoder", tiny_generator(), Recipe(features=FEATURES, vocoder=CONFIG), CARD)
    (tmp_path / "exp/vocoder/command.sh").write_text("set -e\n# a note\n./run.sh --seed 1\n./run.sh --seed 1\n")
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/about.yaml").write_text("data: Ada reads.\nlicence: CC0 1.0\n")
    (tmp_path / "RESULTS.md").write_text("# Copies\n\n| a |\n")
    return tmp_path


def test_a_release_speaks_and_tells_where_it_comes_from(recipe, capsys):
    assert main(["export", str(recipe / "exp/vocoder"), "-o", str(recipe / "out")]) == 0
    assert "1.20 M parameters" in capsys.readouterr().out
    card = (recipe / "out/README.md").read_text()
    for told in ("Ada reads.", "licence: CC0 1.0", "1.50 h in 3 utterances of ada (nl)", "\n./run.sh --seed 1\n```", "\n## Copies\n"):
        assert told in card, told
    assert json.loads((recipe / "out/card.json").read_text())["licence"] == "CC0 1.0"
    mel = speech_mel()[None]
    with torch.inference_mode():
        made, released = (load_generator(recipe / name, path="float32")(mel) for name in ("exp/vocoder", "out"))
        heard = MelSpectrogram(FEATURES)
        assert (heard(released) - heard(made)).abs().mean() < 0.02  # settling amplifies what 16 bits round, where a bin is nearly silent
    assert (recipe / "out/vocoder.safetensors").stat().st_size < 0.6 * (recipe / "exp/vocoder/vocoder.safetensors").stat().st_size


def test_what_is_missing_is_named(recipe, capsys):
    assert main(["export", str(recipe / "exp/vocoder"), "-o", str(recipe / "out"), "--about", str(recipe / "no.yaml")]) == 1
    assert "no.yaml: no such file" in capsys.readouterr().err and not (recipe / "out").exists()
    assert main(["export", str(recipe), "-o", str(recipe / "out")]) == 1
