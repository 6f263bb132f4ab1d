"""Styles by name, blends, strength and sources, from the words of a request to the latent and to the sound."""

import dataclasses
import json

import numpy as np
import pytest
import torch

from tts.cli import main
from tts.corpus.manifest import read_manifest, write_manifest
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.models.load import load_model
from tts.synthesis.style import read_style, style_latent
from tts.synthesis.synthesizer import Synthesizer

KNOWN = ("dj", "excited", "neutral")


@pytest.fixture(scope="module")
def loaded(styled_folder):
    return load_model(styled_folder)


def close(latent, *numbers):
    return torch.allclose(latent, torch.tensor(numbers, dtype=torch.float32), atol=1e-5)


def test_names_and_shares():
    assert read_style("excited", KNOWN) == {"excited": 1.0}
    assert read_style("excited=0.6, dj=0.4", KNOWN) == pytest.approx({"excited": 0.6, "dj": 0.4})
    assert read_style("excited=3,dj=1", KNOWN) == pytest.approx({"excited": 0.75, "dj": 0.25})  # shares, whatever they sum to
    assert read_style("neutral", ("anger",)) == {"neutral": 1.0}  # always known


@pytest.mark.parametrize(("text", "says"), [("exited", "did you mean 'excited'.*knows: dj, excited, neutral"), ("excited=lots", "NAME=SHARE"),
                                            ("excited=-1", "shares of 0 or more"), ("excited=0", "all shares are 0"), ("excited=nan", "NAME=SHARE")])
def test_what_is_no_style_is_told_what_is(text, says):
    with pytest.raises(UserError, match=says):
        read_style(text, KNOWN)


def test_sources(loaded):
    # 10 German recordings of each style on axes of length 2; 30 English ones of dj, none of excited, 10 neutral, on axes of length 1
    assert close(style_latent(loaded, "dj"), 1.25, 0, 0) and close(style_latent(loaded, "dj", source="de"), 2, 0, 0)
    assert close(style_latent(loaded, "dj", source="en-US"), 1, 0, 0) and close(style_latent(loaded, "neutral"), 0, 0, 1.5)
    assert torch.allclose(style_latent(loaded, "dj", source="prior"), loaded.model.prior.centres()[0])
    with pytest.raises(UserError, match="no recordings of excited in en-us; expected another --style-source"):
        style_latent(loaded, "excited", source="en-us")
    with pytest.raises(UserError, match="expected all, prior, or a language of the model"):
        style_latent(loaded, "dj", source="nl")


def test_strength_leads_from_neutral_through_the_style_and_beyond(loaded):
    assert close(style_latent(loaded, "dj", 0.0), 0, 0, 1.5) and close(style_latent(loaded, None), 0, 0, 1.5)
    assert close(style_latent(loaded, "dj", 0.5), 0.625, 0, 0.75) and close(style_latent(loaded, "dj", 1.5), 1.875, 0, -0.75)
    assert close(style_latent(loaded, "dj=1,excited=1"), 0.625, 1, 0)
    with pytest.raises(UserError, match="style strength 3: expected 0 .neutral. to 2"):
        style_latent(loaded, "dj", 3.0)


def test_without_a_neutral_style_the_middle_of_all_stands_for_it(loaded):
    names = dataclasses.replace(loaded.names, styles=("anger", "fear", "joy"))
    assert close(style_latent(dataclasses.replace(loaded, names=names), None), 1.25 / 3, 2 / 3, 0.5)


def test_a_model_without_styles_says_so(model_folder):
    with pytest.raises(UserError, match="a model of system 'base' has no styles to choose from; expected an lcpvae"):
        Synthesizer.load(model_folder, "ada").say("Hello.", style="dj")
    assert Synthesizer.load(model_folder).styles == []


def test_styles_are_heard_and_neutral_is_where_they_begin(styled_folder):
    synthesizer = Synthesizer.load(styled_folder, "ada")
    plain, dj, none = (synthesizer.say("Hello there.", **how).samples for how in ({}, {"style": "dj"}, {"style": "dj", "style_strength": 0.0}))
    assert np.array_equal(plain, none) and (len(plain) != len(dj) or not np.allclose(plain, dj))
    assert synthesizer.styles == list(KNOWN)


def test_a_manifest_speaks_every_utterance_in_its_own_style(styled_folder, tmp_path, capsys):
    rows = [Utterance("a", "Hello.", "ada", "en-us", "dj"), Utterance("b", "Hello.", "ada", "en-us", "neutral"), Utterance("c", "Hello.", "ada", "en-us", "angry")]
    write_manifest(tmp_path / "m.jsonl", rows)
    assert main(["say", "--manifest", str(tmp_path / "m.jsonl"), "--model", str(styled_folder), "-o", str(tmp_path / "out")]) == 1
    assert "failed: c: no style 'angry'" in capsys.readouterr().err
    assert {u.id: u.style for u in read_manifest(tmp_path / "out" / "manifest.jsonl")} == {"a": "dj", "b": "neutral"}
    assert (tmp_path / "out" / "a.wav").read_bytes() != (tmp_path / "out" / "b.wav").read_bytes()
    assert json.loads((tmp_path / "out" / "synthesis.json").read_text())["failures"].keys() == {"c"}


def test_the_command_blends(styled_folder, tmp_path):
    said = ["say", "Guten Tag.", "--voice", "ada", "--language", "de", "--model", str(styled_folder), "-o", str(tmp_path / "x.wav")]
    assert main([*said, "--style", "dj=0.5,excited=0.5", "--style-strength", "0.8", "--style-source", "de"]) == 0
    assert (tmp_path / "x.wav").stat().st_size > 1000


def test_texts_in_voices_that_never_spoke_their_language(styled_folder, model_folder, tmp_path):
    rows = [Utterance("a", "Hello.", "ada", "en-us"), Utterance("b", "Guten Tag.", "ben", "de"), Utterance("c", "Ja.", "ben", "de")]
    write_manifest(tmp_path / "m.jsonl", rows)
    said = ["say", "--manifest", str(tmp_path / "m.jsonl"), "--foreign", "2", "-o", str(tmp_path / "out")]
    assert main([*said, "--model", str(styled_folder)]) == 0
    names = {u.id: (u.speaker, u.language, u.style) for u in read_manifest(tmp_path / "out" / "manifest.jsonl")}
    assert names == {f"{name}--{voice}--{style}": (voice, language, style) for name, voice, language in (("a", "ben", "en-us"), ("b", "ada", "de"))
                     for style in KNOWN}
    assert main([*said, "--model", str(model_folder)]) == 1  # a base model
