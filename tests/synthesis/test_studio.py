"""One model, any subset of its controls: through the Synthesizer and the command, with known answers."""

import numpy as np
import pytest

from tests.helpers.voice import voice_folder
from tests.synthesis.test_prosody import prosody_of
from tts.cli import main
from tts.errors import UserError
from tts.features.audio import load_audio
from tts.features.speaker import StatisticsEncoder
from tts.prosody.edit import mask, shift
from tts.synthesis.made_voices import recorded_voice
from tts.synthesis.style import style_latent
from tts.synthesis.synthesizer import Synthesizer

TEXT = "Hello there, my good boys."
SIZE = StatisticsEncoder.size


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    rng = np.random.default_rng(0)
    vectors = {name: row / np.linalg.norm(row) for name, row in zip(("ada", "ben"), rng.standard_normal((2, SIZE)))}
    return voice_folder(tmp_path_factory.mktemp("studio") / "model", system="studio", vectors=vectors)


@pytest.fixture(scope="module")
def synthesizer(folder):
    return Synthesizer.load(folder)


@pytest.fixture(scope="module")
def ramp():
    """A contour from 120 to 180 Hz, unvoiced in its middle."""
    f0_hz = np.linspace(120, 180, 200, dtype=np.float32)
    f0_hz[95:105] = 0
    return f0_hz


def test_what_is_not_asked_for_is_absent(synthesizer):
    loaded = synthesizer.loaded
    assert np.array_equal(style_latent(loaded, None).numpy(), loaded.model.absent_style.detach().numpy())
    assert np.allclose(style_latent(loaded, "dj").numpy(), [1.25, 0, 0])
    with pytest.raises(UserError, match="no style; name one with --style"):
        synthesizer.say(TEXT, "ada", style_strength=0.5)
    everything_left_out = mask(prosody_of(synthesizer), "all,pauses")
    speech, plain = synthesizer.say(TEXT, "ada", prosody=everything_left_out), synthesizer.say(TEXT, "ada")
    assert [unit.text for unit in speech.units] == [unit.text for unit in plain.units]
    assert np.allclose(speech.mel, plain.mel, atol=1e-5)


def test_only_the_style_changed_moves_the_sound_and_no_word_is_lost(synthesizer):
    prosody = prosody_of(synthesizer)
    plain, dj, again = (synthesizer.say(TEXT, "ada", prosody=prosody, style=style) for style in (None, "dj", "dj"))
    assert np.array_equal(dj.samples, again.samples) and dj.style == "dj"
    assert [unit.frames for unit in dj.units] != [unit.frames for unit in plain.units]  # the style has a say in the tempo
    assert dj.words_spoken == plain.words_spoken == 5 and dj.prosody_report == plain.prosody_report


def test_a_contour_is_followed_whatever_else_is_asked_for(synthesizer, ramp):
    for given in ({}, {"style": "dj"}, {"prosody": prosody_of(synthesizer)}, {"prosody": prosody_of(synthesizer), "style": "excited", "speed": 1.5}):
        speech = synthesizer.say(TEXT, "ada", f0_hz=ramp, **given)
        voiced = np.flatnonzero(speech.f0_hz)
        expected = np.interp((voiced + 0.5) / len(speech.f0_hz), (np.arange(200) + 0.5) / 200, np.linspace(120, 180, 200))
        assert np.allclose(speech.f0_hz[voiced], expected, rtol=0.01), given
        assert 0.03 < (speech.f0_hz == 0).mean() < 0.07  # ten frames of two hundred


def test_an_edit_of_a_word_comes_on_top_of_a_contour(synthesizer, ramp):
    prosody = prosody_of(synthesizer)
    before, after = (synthesizer.say(TEXT, "ada", prosody=p, f0_hz=ramp).f0_hz for p in (prosody, shift(prosody, "all", semitones=3)))
    inside = (before > 0) & (after > 0)
    assert np.median(12 * np.log2(after[inside] / before[inside])) == pytest.approx(3, abs=0.2)


@pytest.mark.parametrize(("contour", "says"), [
    (np.zeros(10), "not one frame is voiced"), (np.full((2, 10), 120.0), r"shape \[2, 10\]"), (np.full(10, np.nan), "expected finite numbers"),
    (np.full(10, 4.8), "expected 30 to 1500 Hz"), (np.array(["a"]), "expected finite numbers"), (np.zeros(0), r"shape \[0\]")])
def test_what_is_no_contour_is_told(synthesizer, contour, says):
    with pytest.raises(UserError, match=says):
        synthesizer.say(TEXT, "ada", f0_hz=contour)


def test_a_contour_is_of_one_sentence_and_of_a_model_that_hears_it(synthesizer, ramp, tmp_path):
    with pytest.raises(UserError, match="found a text of 2; say them one by one"):
        synthesizer.say("Hello there. My good boys.", "ada", f0_hz=ramp)
    speech = Synthesizer.load(voice_folder(tmp_path / "base")).say(TEXT, "ada", f0_hz=ramp)  # any model with F0 takes one
    assert speech.f0_hz.max() == pytest.approx(180, rel=0.01)


def test_all_at_once_by_one_command(folder, synthesizer, ramp, tmp_path, home):
    prosody_of(synthesizer).save(tmp_path / "source.json")
    np.save(tmp_path / "f0.npy", ramp)
    synthesizer.say(TEXT, "ben").save(tmp_path / "somebody.wav")
    made = recorded_voice(synthesizer.loaded, "eve", "en-us", [tmp_path / "somebody.wav"])
    made.save(tmp_path)
    arguments = ["say", "Guten Tag, wie geht es dir?", "--model", str(folder), "--voice", str(tmp_path / "eve.json"), "--language", "de",
                 "--prosody", str(tmp_path / "source.json"), "--map", "order", "--style", "excited=0.5,dj=0.5", "--style-strength", "1.2"]
    assert main([*arguments, "-o", str(tmp_path / "a.wav")]) == 0
    assert main([*arguments, "--f0", str(tmp_path / "f0.npy"), "-o", str(tmp_path / "b.wav")]) == 0
    sounds = [load_audio(tmp_path / f"{name}.wav", 24000) for name in "ab"]
    again = synthesizer.say("Guten Tag, wie geht es dir?", str(tmp_path / "eve.json"), "de", prosody=prosody_of(synthesizer), mapping="order",
                            style="excited=0.5,dj=0.5", style_strength=1.2)
    assert np.abs(sounds[0] - again.samples).max() < 2 / 32768 and not np.allclose(sounds[0], sounds[1], atol=1e-3)


def test_the_command_tells_what_a_contour_does_not_go_with(folder, tmp_path, capsys):
    (tmp_path / "lines.txt").write_text("Hello.\n")
    np.save(tmp_path / "f0.npy", np.full(10, 120.0))
    rest = ["--f0", str(tmp_path / "f0.npy"), "--model", str(folder), "-o"]
    assert main(["say", "--file", str(tmp_path / "lines.txt"), *rest, str(tmp_path / "out")]) == 1
    assert "--f0 is the contour of one sentence" in capsys.readouterr().err
    (tmp_path / "f0.npy").write_text("120\n130\n")
    assert main(["say", TEXT, *rest, str(tmp_path / "out.wav")]) == 1
    assert "cannot be read as a contour" in capsys.readouterr().err


def test_words_of_another_model_are_refused_by_both_names(synthesizer, tmp_path):
    other = Synthesizer.load(voice_folder(tmp_path / "other", system="copycat2"))
    with pytest.raises(UserError, match=f"(?s){other.loaded.identity}.*{synthesizer.loaded.identity}"):
        synthesizer.say(TEXT, "ada", prosody=prosody_of(other), style="dj")
