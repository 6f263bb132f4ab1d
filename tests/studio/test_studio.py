"""What the page can ask for, without the page."""

import base64
import io
import json

import numpy as np
import pytest
import soundfile

from tests.helpers.voice import voice_folder
from tests.studio.voice import RECORDED, TEXT, singing
from tts.errors import UserError
from tts.prosody.edit import mask, shift
from tts.prosody.file import format_prosody, parse_prosody
from tts.studio.studio import Studio
from tts.synthesis.synthesizer import Synthesizer
from tts.synthesis.transfers import choose_utterances

ADA = {"voice": "ada"}


@pytest.fixture(scope="module")
def studio(synthesizer, manifest):
    return Studio(synthesizer, choose_utterances(manifest, None, None), manifest.parent)


@pytest.fixture(scope="module")
def predicted(studio):
    return parse_prosody(studio.predict(TEXT, ADA, 0, 0.0)["prosody"], "predicted")


def samples_of(answer: dict) -> np.ndarray:
    return soundfile.read(io.BytesIO(base64.b64decode(answer["sound"])), dtype="float32")[0]


def test_the_sound_is_the_one_that_the_synthesizer_makes(studio, predicted, synthesizer):
    edited = shift(predicted, "4", semitones=4, stretch=1.5)
    answer, speech = studio.say(format_prosody(edited), ADA), synthesizer.say(TEXT, "ada", prosody=edited)
    assert np.abs(samples_of(answer) - speech.samples).max() < 2 / 32768
    there = [unit for unit in answer["words"] if unit]
    assert there[-1]["end"] == pytest.approx(speech.seconds) and all(a["end"] == pytest.approx(b["start"]) for a, b in zip(there, there[1:]))
    good = answer["words"][edited.labels.index("4")]
    assert good["made"]["duration_ms"] == pytest.approx(good["asked"]["duration_ms"], abs=13)
    assert good["asked"]["f0_st"] == edited.words[edited.labels.index("4")].f0_st and good["made"]["f0_st"] == pytest.approx(4, abs=0.5)


@pytest.mark.parametrize("text", [TEXT, "Hello there. My good boys, yes! Good."])
def test_every_entry_is_told_when_it_is_said(studio, text, synthesizer):
    """Sentences begin with pauses that are none of the text's, and a pause of no length is not said."""
    prosody = parse_prosody(studio.predict(text, ADA, 0, 0.0)["prosody"], "p")
    shut = shift(mask(prosody, "2"), "p2", stretch=0)
    answer = studio.say(format_prosody(shut), ADA)
    made = [unit["made"]["duration_ms"] for word, unit in zip(shut.words, answer["words"]) if not word.is_pause]
    units = synthesizer.say(text, "ada", prosody=shut).units
    frame_ms = 1000 * synthesizer.loaded.features.frame_seconds
    assert made == pytest.approx([frame_ms * unit.frames for unit in units if not unit.is_pause])
    silent = answer["words"][shut.labels.index("p2")]
    assert silent is None or silent["made"]["duration_ms"] == 0


def test_a_recording_of_the_manifest(studio):
    answer = studio.extract_known("r1")
    prosody = parse_prosody(answer["prosody"], "r1")
    assert prosody.text == RECORDED and sum(word.duration_ms for word in prosody.words) == pytest.approx(
        1000 * len(samples_of(answer)) / studio.synthesizer.loaded.features.sample_rate
    )
    with pytest.raises(UserError, match="no recording '../r1'"):
        studio.extract_known("../r1")


def test_a_word_of_another_take(studio, predicted):
    other = shift(predicted, "all", semitones=2)
    copied = parse_prosody(studio.copy(format_prosody(predicted), format_prosody(other), "2,p1")["prosody"], "copied")
    changed = [label for label, a, b in zip(predicted.labels, predicted.words, copied.words) if a != b]
    assert changed == ["2"] and copied.words[2] == other.words[2]
    recorded = studio.extract_known("r1")["prosody"]  # has no "there"
    assert parse_prosody(studio.copy(format_prosody(predicted), recorded, "2,5")["prosody"], "c").words[2] == predicted.words[2]
    with pytest.raises(UserError, match="has none of these words"):
        studio.copy(format_prosody(predicted), recorded, "2")


def test_a_file_is_read_and_written_again(studio, predicted):
    content = format_prosody(predicted)
    assert studio.file(json.dumps(json.loads(content)), "a.json")["prosody"] == content
    with pytest.raises(UserError, match="a.json:1: not JSON"):
        studio.file("{", "a.json")
    with pytest.raises(UserError, match="latents of ada are of model 000000000000"):
        studio.file(content.replace(predicted.space, "0" * 12), "a.json")


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda c: c.replace('"Hello there, my', '"Hello there, our'), "not those of its text"),
        (lambda c: c.replace('"text": "', '"text": "' + "a " * 400), "expected at most 600"),
        (lambda c: c.replace('"pause": "_", "duration_ms": ', '"pause": "_", "duration_ms": 9'), "seconds are asked for"),
        (lambda c: c.replace('"acoustic": [', '"acoustic": [0.5, '), "acoustic has 9 numbers a word"),
    ],
)
def test_a_prosody_that_cannot_be_said(studio, predicted, change, message, monkeypatch):
    monkeypatch.setattr("tts.studio.studio.LONGEST_SECONDS", 9.0)
    with pytest.raises(UserError, match=message):
        studio.say(change(format_prosody(predicted)), ADA)


def test_menus_bound_what_can_be_set(studio):
    with pytest.raises(UserError, match="voice 'eve': expected one of ada, ben"):
        studio.predict(TEXT, {"voice": "eve"}, 0, 0.0)
    with pytest.raises(UserError, match="units '': expected one of the menus"):
        studio.predict(TEXT, {"units": ""}, 0, 0.0)


def test_words_are_shaped_in_a_style_by_a_model_that_has_both(tmp_path):
    both = Studio(singing(tmp_path / "model", system="studio"))
    assert both.facts()["first"] == {"voice": "ada", "style": "neutral"} and both.menus[2].choices == ("dj", "excited", "neutral")
    prosody = both.predict(TEXT, ADA, 0, 0.0)["prosody"]
    neutral, again, dj = (samples_of(both.say(prosody, ADA | {"style": style})) for style in ("neutral", "neutral", "dj"))
    assert np.array_equal(neutral, again) and (len(neutral) != len(dj) or not np.allclose(neutral, dj, atol=1e-3))


def test_a_model_with_styles_has_a_menu_of_them(synthesizer, monkeypatch):
    assert [menu["name"] for menu in Studio(synthesizer).facts()["menus"]] == ["voice", "language"]
    monkeypatch.setattr(synthesizer, "styles", ["calm", "excited"])
    styled = Studio(synthesizer)
    assert styled.facts()["menus"][2] == {"name": "style", "label": "Style", "choices": ("calm", "excited")}
    for ask in (lambda how: styled.predict(TEXT, how, 0, 0.0), lambda how: styled.say(Studio(synthesizer).predict(TEXT, ADA, 0, 0.0)["prosody"], how)):
        with pytest.raises(UserError, match="has no styles to choose from"):  # the synthesizer was asked for it
            ask(ADA | {"style": "excited"})


def test_a_model_without_words_is_refused(tmp_path):
    with pytest.raises(UserError, match="'base' has no prosody word by word to shape"):
        Studio(Synthesizer.load(voice_folder(tmp_path / "base")))
