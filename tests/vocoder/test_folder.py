"""A trained vocoder as a folder: back as it was, whole or refused, and only for its own mels."""

import dataclasses

import pytest
import torch

from tests.vocoder.make import CONFIG, FEATURES, speech_mel, tiny_generator
from tts.config.recipe import Recipe
from tts.errors import UserError
from tts.features.fingerprint import fingerprint
from tts.vocoder.folder import load_generator, save_vocoder
from tts.vocoder.generator import Generator
from tts.vocoder.griffin_lim import GriffinLim
from tts.vocoder.load import load_vocoder


def saved(folder, features=FEATURES, card=None):
    """A folder with a vocoder of random weights."""
    save_vocoder(folder, tiny_generator(features), Recipe(features=features, vocoder=CONFIG), card or {"steps": 0})
    return folder


def test_speaks_as_before(tmp_path):
    mel = speech_mel()[None]
    with torch.inference_mode():
        wave = tiny_generator()(mel)
        assert torch.equal(load_generator(saved(tmp_path / "full"), path="float32")(mel), wave)


def test_what_is_missing_or_edited_is_named(tmp_path):
    folder = saved(tmp_path / "v")
    (folder / "config.yaml").write_text((folder / "config.yaml").read_text().replace("hop_samples: 300", "hop_samples: 240"))
    with pytest.raises(UserError, match="hop_samples is 300"):
        load_generator(folder)
    (folder / "card.json").unlink()
    with pytest.raises(UserError, match="card.json missing"):
        load_generator(folder)


def test_other_mels_are_refused_field_by_field(tmp_path):
    folder = saved(tmp_path / "v", dataclasses.replace(FEATURES, mel_high_hz=8000.0, mel_low_hz=0.0))
    with pytest.raises(UserError, match="mel_low_hz is 50.0 in the mels and 0.0.*mel_high_hz is 12000.0"):
        load_vocoder(folder, fingerprint(FEATURES))


def test_the_first_that_fits_speaks_else_griffin_lim(tmp_path, monkeypatch, capsys):
    from tts.vocoder import load

    load._say_once.cache_clear()
    monkeypatch.setenv("TTS_HOME", str(tmp_path / "home"))
    saved(tmp_path / "home" / "vocoder", dataclasses.replace(FEATURES, mel_high_hz=8000.0))
    for _ in range(2):
        assert isinstance(load_vocoder(None, fingerprint(FEATURES), model=tmp_path / "model"), GriffinLim)
    said = capsys.readouterr().err
    assert said.count("Griffin-Lim speaks") == 1 and str(tmp_path / "home" / "vocoder") in said
    saved(tmp_path / "model" / "vocoder")
    found = load_vocoder(None, fingerprint(FEATURES), model=tmp_path / "model")
    assert isinstance(found, Generator) and found.name.endswith("model/vocoder")
    with pytest.raises(UserError, match="iterations -1"):
        load_vocoder(tmp_path / "model" / "vocoder", fingerprint(FEATURES), iterations=-1)
    quick, slow = (load_vocoder(tmp_path / "model" / "vocoder", fingerprint(FEATURES), iterations=rounds) for rounds in (0, 4))
    mel = torch.randn(1, 20, FEATURES.mel_bands) - 5
    assert quick.context < slow.context and not torch.equal(quick(mel), slow(mel))
