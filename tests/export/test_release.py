"""Voices and vocoders to hand on: small, complete, speaking as those they were made from, and saying where they come from."""

import json

import numpy as np
import pytest
import torch

from tests.helpers.voice import TEXTS, voice_folder
from tests.text.bert.make import bert
from tests.vocoder.make import CONFIG, FEATURES, speech_mel, tiny_generator
from tts.cli import main
from tts.config.load import load_config, save_config
from tts.config.recipe import Recipe
from tts.errors import UserError
from tts.export import release as releasing
from tts.export.release import release
from tts.features.mel import MelSpectrogram
from tts.models.copycat2.text_prosody import TextProsody
from tts.models.load import load_model
from tts.synthesis.synthesizer import Synthesizer
from tts.training.checkpoint import copy_of_16_bits, load_tensors, save_tensors
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


# -- acoustic models -------------------------------------------------------------------------------------------------------


def with_prosody(folder):
    """A copycat2 with a predictor of prosody and its BERT, both of random weights."""
    voice_folder(folder, system="copycat2")
    loaded, words, recipe = load_model(folder), bert(), load_config(Recipe, [folder / "config.yaml"])
    torch.manual_seed(4)
    predictor = TextProsody(loaded.model, len(loaded.phones.symbols), recipe.predictor, words)
    for parameter in predictor.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    (folder / "prosody/checkpoints").mkdir(parents=True)
    (folder / "prosody/checkpoints/large").write_bytes(bytes(5000))
    save_tensors(folder / "prosody/model.safetensors", predictor.state_dict())
    save_config(recipe, folder / "prosody/config.yaml")
    words.save(folder / "prosody/bert")
    (folder / "prosody/card.json").write_text(json.dumps({"of": loaded.identity}))
    return folder


@pytest.fixture
def voices(recipe):
    """A recipe's folder with a copycat2 in exp/voices."""
    with_prosody(recipe / "exp/voices")
    (recipe / "exp/voices/command.sh").write_text("./run.sh --seed 2\n")
    return recipe


@pytest.mark.parametrize("system", ["base", "copycat2", "lcpvae"])
def test_released_voices_say_the_same(system, tmp_path):
    source = voice_folder(tmp_path / "exp/voices", system=system) if system != "copycat2" else with_prosody(tmp_path / "exp/voices")
    made = release(source, tmp_path / "out")
    whole = sum(path.stat().st_size for path in source.rglob("*") if "checkpoints" not in path.parts) / 1e6
    assert made.kind == "model" and made.left_out == [] and made.size_mb < 0.62 * whole
    originals, released = (Synthesizer.load(folder, vocoder="griffin-lim", device="cpu") for folder in (source, tmp_path / "out"))
    assert next(released.loaded.model.parameters()).dtype == torch.float32 and (released.loaded.text_prosody is not None) == (system == "copycat2")
    for voice, language in (("ada", "en-us"), ("ben", "de")):
        one, other = (synthesizer.say(TEXTS[language], voice=voice, language=language) for synthesizer in (originals, released))
        lengths = [[phone.frames for unit in speech.units for phone in unit.phones] for speech in (one, other)]
        assert max(abs(a - b) for a, b in zip(*lengths, strict=True)) <= 1  # a length, or F0, on the border between two values may tip over
        parts = [np.split(speech.mel, np.cumsum(frames)[:-1]) for speech, frames in zip((one, other), lengths)]
        differences = np.concatenate([np.abs(a - b).ravel() for a, b in zip(*parts) if len(a) == len(b)])
        assert len(differences) > 0.5 * one.mel.size and np.median(differences) < 0.01 and differences.mean() < 0.1  # nepers


def test_a_model_card_tells_what_the_voices_are(voices, capsys):
    (voices / "figures.md").write_text("# Words\n\n12 of 13\n")
    assert main(["export", str(voices / "exp/voices"), "-o", str(voices / "out"), "--figures", str(voices / "figures.md")]) == 0
    assert "released the model" in capsys.readouterr().out
    card = (voices / "out/README.md").read_text()
    for told in ("# Voices: out", "Speaks in", "Ada reads.", "licence: CC0 1.0", "MB as 16-bit numbers", "| ada | en-us | 10 |",
                 "\n./run.sh --seed 2\n```", "\n## Words\n"):
        assert told in card, told
    assert json.loads((voices / "out/card.json").read_text())["licence"] == "CC0 1.0" and not (voices / "out/prosody/checkpoints").exists()
    assert [path.name for path in voices.iterdir() if path.name.startswith(".")] == []


def test_a_release_replaces_a_release_and_nothing_else(voices):
    for _ in range(2):
        release(voices / "exp/voices", voices / "out")
    (voices / "notes").mkdir()
    (voices / "notes/diary.txt").write_text("dear me")
    with pytest.raises(UserError, match="something else"):
        release(voices / "exp/voices", voices / "notes")
    assert (voices / "notes/diary.txt").exists() and (voices / "out/README.md").exists()


def test_what_is_too_large_is_left_out_or_refused(voices, monkeypatch, capsys):
    whole = release(voices / "exp/voices", voices / "out").size_mb
    monkeypatch.setitem(releasing.MOST_MB, "model", whole - 0.001)
    assert main(["export", str(voices / "exp/voices"), "-o", str(voices / "out")]) == 0
    sentence = "every word is spoken with the voice's mean prosody"
    assert sentence in capsys.readouterr().out and sentence in (voices / "out/README.md").read_text()
    assert load_model(voices / "out").text_prosody is None
    monkeypatch.setitem(releasing.MOST_MB, "model", 0.001)
    with pytest.raises(UserError, match="model.safetensors, .* train a smaller one"):
        release(voices / "exp/voices", voices / "other")
    assert not (voices / "other").exists() and (voices / "out/README.md").exists()


def test_numbers_that_16_bits_cannot_hold_stay(tmp_path):
    tensors = {"large": torch.tensor([1e6, 1.5]), "small": torch.tensor([0.1, -2.0]), "count": torch.tensor([100000])}
    save_tensors(tmp_path / "a.safetensors", tensors, {"format": "pt"})
    copy_of_16_bits(tmp_path / "a.safetensors", tmp_path / "b.safetensors")
    found = load_tensors(tmp_path / "b.safetensors")
    assert [found[name].dtype for name in ("large", "small", "count")] == [torch.float32, torch.float16, torch.int64]
    assert torch.equal(found["large"], tensors["large"]) and torch.allclose(found["small"].float(), tensors["small"], rtol=1e-3)


def test_an_encoder_of_speakers_keeps_its_identity(voices):
    encoder = voices / "exp/voices/speaker_encoder"
    encoder.mkdir()
    save_tensors(encoder / "model.safetensors", {"a": torch.ones(5)})
    release(voices / "exp/voices", voices / "out")
    assert (voices / "out/speaker_encoder/model.safetensors").read_bytes() == (encoder / "model.safetensors").read_bytes()
