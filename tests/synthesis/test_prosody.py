"""Speaking with a given prosody: whose latents a word gets, what an edit does to the sound, what is refused."""

import dataclasses

import numpy as np
import pytest

from tests.helpers.voice import voice_folder
from tts.errors import UserError
from tts.prosody.edit import mask, shift
from tts.prosody.measure import Measured
from tts.prosody.prosody import Prosody, Reference, WordProsody
from tts.synthesis.synthesizer import Synthesizer

TEXT = "Hello there, my good boys."


@pytest.fixture(scope="module")
def synthesizer(tmp_path_factory):
    return Synthesizer.load(voice_folder(tmp_path_factory.mktemp("expressive") / "model", system="copycat2"))


def prosody_of(synthesizer: Synthesizer, seed: int = 0, scale: float = 1.0) -> Prosody:
    """A made-up prosody of TEXT: every word 300 ms at the median, random latents."""
    rng, words = np.random.default_rng(seed), []
    settings, size = synthesizer.loaded.model.settings, synthesizer.loaded.model.config.word_latent_dim
    for unit in synthesizer._frontend("en-us").process(TEXT).units:
        height = None if unit.is_pause else 0.0
        numbers = Measured(300.0, height, None if unit.is_pause else 2.0, height, -3.0)
        latents = [tuple(scale * rng.standard_normal(n)) for n in (size, settings.timing_dim)]
        words.append(WordProsody(unit.text, unit.is_pause, *vars(numbers).values(), numbers, *latents))
    return Prosody(TEXT, "en-us", None, "made up", synthesizer.loaded.identity, "", Reference(150.0, -20.0), tuple(words))


def frames_of(speech, word: int) -> np.ndarray:
    """The frames of a word, counted from 1."""
    ends = np.cumsum([unit.frames for unit in speech.units])
    place = [i for i, unit in enumerate(speech.units) if not unit.is_pause][word - 1]
    return np.arange(ends[place] - speech.units[place].frames, ends[place])


def test_prosody_is_heard_and_comes_with_a_report(synthesizer):
    plain, a, b = (synthesizer.say(TEXT, "ada", prosody=p) for p in (None, prosody_of(synthesizer), prosody_of(synthesizer, 1)))
    assert not np.array_equal(a.samples, b.samples) and not np.array_equal(a.samples, plain.samples)
    assert a.prosody_report[0] == "5 words taken one to one" and "5 words" in str(a.prosody_table)
    assert plain.prosody_report == [] and plain.prosody_table is None
    assert np.array_equal(synthesizer.say(TEXT, "ada", prosody=prosody_of(synthesizer)).samples, a.samples)


def test_masked_words_are_left_to_the_text(synthesizer):
    masked = mask(mask(prosody_of(synthesizer), "all"), "pauses")
    assert np.array_equal(synthesizer.say(TEXT, "ada", prosody=masked).samples, synthesizer.say(TEXT, "ada").samples)


def test_an_edited_word_is_higher_and_longer_and_the_others_are_not(synthesizer):
    before = prosody_of(synthesizer, scale=0.1)
    plain = synthesizer.say(TEXT, "ada", prosody=before)
    higher = synthesizer.say(TEXT, "ada", prosody=shift(before, "3", semitones=3))
    inside = frames_of(plain, 3)[2:-2]
    voiced = inside[plain.f0_hz[inside] > 0]
    assert len(voiced), "the test needs a voiced word"
    assert np.allclose(12 * np.log2(higher.f0_hz[voiced] / plain.f0_hz[voiced]), 3, atol=1e-3)
    far = frames_of(plain, 1)
    assert np.array_equal(higher.f0_hz[far], plain.f0_hz[far])
    longer = synthesizer.say(TEXT, "ada", prosody=shift(before, "3", stretch=2))
    assert len(frames_of(longer, 3)) == pytest.approx(2 * len(frames_of(plain, 3)), abs=2)
    assert len(frames_of(longer, 1)) == len(frames_of(plain, 1))


def test_a_louder_word_is_louder_in_the_mel(synthesizer):
    before = prosody_of(synthesizer)
    plain, louder = (synthesizer.say(TEXT, "ada", prosody=p) for p in (before, shift(before, "2", gain_db=6)))
    inside = frames_of(plain, 2)[2:-2]
    assert np.allclose((louder.mel - plain.mel)[inside], 6 * np.log(10) / 20, atol=1e-4)


def test_another_text_takes_what_it_can(synthesizer):
    speech = synthesizer.say("Hello there, my very good boys.", "ada", prosody=prosody_of(synthesizer))
    assert "word 4 'very' is new: filled in from the text" in speech.prosody_report


def test_a_long_text_is_laid_out_before_it_is_cut_into_sentences(synthesizer):
    speech = synthesizer.say("Hello there, my good boys. Hello there, my good boys.", "ada", prosody=prosody_of(synthesizer), mapping="1:1,6:1")
    assert speech.words_spoken == 10 and len(speech.prosody_table.units) >= len(speech.units)


def test_speed_and_another_voice_go_with_it(synthesizer):
    prosody = prosody_of(synthesizer, scale=0.1)
    a, fast = synthesizer.say(TEXT, "ben", "en-us", prosody=prosody), synthesizer.say(TEXT, "ben", "en-us", speed=2.0, prosody=prosody)
    assert a.voice == "ben" and fast.seconds < 0.7 * a.seconds


@pytest.mark.parametrize(("change", "message"), [
    ({"prosody": {"space": "000000000000"}}, "the latents of made up are of model 000000000000"),
    ({"prosody": {"words": 3}}, "acoustic has 3 numbers a word, the model .* has 8"),
    ({"temperature": 0.5}, "no predictor of prosody in it"),
    ({"temperature": 3.0}, "expected 0 .* to 2")])
def test_what_cannot_be_followed_is_said(synthesizer, change, message):
    if "prosody" in change:
        given, changes = prosody_of(synthesizer), dict(change["prosody"])
        if length := changes.pop("words", None):
            changes["words"] = tuple(dataclasses.replace(word, acoustic=word.acoustic[:length]) for word in given.words)
        change = {"prosody": dataclasses.replace(given, **changes)}
    with pytest.raises(UserError, match=message):
        synthesizer.say(TEXT, "ada", **change)


def test_a_base_model_has_no_prosody_to_follow(synthesizer, model_folder):
    with pytest.raises(UserError, match="has no prosody word by word"):
        Synthesizer.load(model_folder).say(TEXT, "ada", prosody=prosody_of(synthesizer))
    with pytest.raises(UserError, match="expected a copycat2"):
        Synthesizer.load(model_folder).extract("nowhere.wav", TEXT)
    with pytest.raises(UserError, match="has no prosody word by word"):
        Synthesizer.load(model_folder).predict(TEXT, "ada")


@pytest.mark.parametrize("text", [TEXT, "Hello there. My good boys, yes! Good."])
def test_predicted_prosody_says_the_same_again_and_can_be_edited(synthesizer, text, tmp_path):
    predicted, plain = synthesizer.predict(text, "ada"), synthesizer.say(text, "ada")
    assert [word.text for word in predicted.words] == [unit.text for unit in plain.units] and predicted.speaker == "ada"
    predicted.save(tmp_path / "predicted.json")
    again = synthesizer.say(text, "ada", prosody=Prosody.load(tmp_path / "predicted.json"))
    assert [unit.frames for unit in again.units] == [unit.frames for unit in plain.units] and np.allclose(again.mel, plain.mel, atol=1e-3)
    words = [unit for unit in again.prosody_table.units if not unit.is_pause]
    assert all(word.difference("duration_ms") == 0 and abs(word.difference("energy_db")) < 0.5 for word in words)
    assert len(frames_of(synthesizer.say(text, "ada", prosody=shift(predicted, "3", stretch=2)), 3)) > 1.7 * len(frames_of(plain, 3))
