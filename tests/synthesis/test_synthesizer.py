"""The one path from text to sound."""

import numpy as np
import pytest

from tts import Synthesizer
from tts.errors import UserError
from tts.features.audio import load_audio
from tts.synthesis.synthesizer import Request


@pytest.fixture(scope="module")
def synthesizer(model_folder):
    return Synthesizer.load(model_folder)


def test_three_lines_to_a_wav(model_folder, tmp_path):
    voice = Synthesizer.load(model_folder)
    speech = voice.say("Hello there.", voice="ada")
    speech.save(tmp_path / "hello.wav")
    config = voice.loaded.features
    assert len(speech.samples) == len(speech.mel) * config.hop_samples == sum(u.frames for u in speech.units) * config.hop_samples
    assert np.abs(load_audio(tmp_path / "hello.wav", speech.sample_rate) - speech.samples).max() < 2 / 32768
    assert (speech.words_asked, speech.words_spoken, speech.warnings) == (2, 2, [])


def test_the_same_samples_whatever_else_is_said(synthesizer):
    texts = ["Hello there.", "The quick brown fox. Hello there.", "Yes!"]
    alone = [synthesizer.say(text, "ada", seed=3).samples for text in texts]
    for order in ([2, 0, 1], [1, 1, 0]):
        many = list(synthesizer.say_all(Request(texts[i], "ada", seed=3) for i in order))
        for i, speech in zip(order, many):
            assert np.array_equal(speech.samples, alone[i])
    frames = len(synthesizer.say("The quick brown fox.", "ada", seed=3).samples)
    assert np.array_equal(alone[1][:frames], synthesizer.say("The quick brown fox.", "ada", seed=3).samples)
    assert np.array_equal(alone[1][frames:], alone[0])


def test_the_callers_random_numbers_are_left_alone(synthesizer):
    import torch

    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    synthesizer.say("Yes.", "ada", seed=9)
    assert torch.equal(torch.rand(1), expected)


def test_larger_speed_is_faster(synthesizer):
    slow, normal, fast = (
        synthesizer.say("The quick brown fox jumps over the lazy dog.", "ada", speed=s).seconds for s in (0.5, 1.0, 2.0)
    )
    assert slow > 1.5 * normal > 2 * fast
    with pytest.raises(UserError, match="speed 9"):
        synthesizer.say("Yes.", speed=9)


def test_voices_and_languages_go_by_name(synthesizer):
    assert synthesizer.say("Guten Tag.", "ben").language == "de"  # the voice's own
    assert synthesizer.say("Guten Tag.", language="de-DE").voice == "ben"  # the language's voice
    assert synthesizer.say("Hello.").voice == "ada"
    with pytest.raises(UserError, match="did you mean 'ada'.*knows: ada, ben"):
        synthesizer.say("Hello.", "adda")
    with pytest.raises(UserError, match="klingon"):
        synthesizer.say("Hello.", "ada", "klingon")


def test_a_language_never_heard_is_said_with_what_replaces_what(synthesizer):
    speech = synthesizer.say("Le garçon mange.", "ada", "fr")
    assert "never heard fr" in speech.warnings[0] and "en-us" in speech.warnings[0]
    assert any("'ɔ̃'" in warning or "'ɑ̃'" in warning for warning in speech.warnings[1:])
    assert speech.words_spoken == 3
    assert (
        "accent of en-us" in synthesizer.say("Hello.", "ben", "en-gb").warnings[0]
    )  # the nearest relative stands in, not ben's German


def test_nothing_to_say_is_an_error_and_odd_signs_are_told(synthesizer):
    with pytest.raises(UserError, match="nothing in it can be spoken"):
        synthesizer.say("😀", "ada")
    assert synthesizer.say("Hello 😀 there.", "ada").warnings


def test_units_of_a_manifest_are_spoken_as_they_are(synthesizer):
    first = synthesizer.say("Hello there, is this my voice?", "ada")
    again = synthesizer.say("anything", "ada", units=first.units)
    assert np.array_equal(first.samples, again.samples)


def test_a_dictionary_overrides(model_folder, tmp_path):
    dictionary = tmp_path / "words.tsv"
    dictionary.write_text("fox\tɡ ˈʊ d\n", encoding="utf-8")
    phones = [u for u in Synthesizer.load(model_folder, dictionary=dictionary).say("The fox.", "ada").units if u.text == "fox"][
        0
    ].phones
    assert [p.symbol for p in phones] == ["ɡ", "ʊ", "d"]


def test_stream_equals_the_whole(model_folder, tmp_path):
    """With a trained vocoder and with Griffin-Lim, for a text of several sentences."""
    from tests.vocoder.make import FEATURES, SMALL, tiny_generator
    from tts.config.recipe import Recipe
    from tts.vocoder.config import GeneratorConfig, VocoderConfig
    from tts.vocoder.fast import use_path
    from tts.vocoder.folder import save_vocoder
    from tts.vocoder.generator import Generator

    recipe = Recipe(features=FEATURES, vocoder=VocoderConfig(generator=GeneratorConfig(**SMALL)))
    save_vocoder(tmp_path / "vocoder", tiny_generator(), recipe, {})
    for vocoder, most in ((tmp_path / "vocoder", 40 * FEATURES.hop_samples), ("griffin-lim", None)):
        synthesizer = Synthesizer.load(model_folder, vocoder=vocoder, device="cpu")
        if isinstance(synthesizer.vocoder, Generator):
            use_path(synthesizer.vocoder, "float32")  # as streams always do
        text = "Hello there, is this my voice? Yes! The quick brown fox jumps over the lazy dog."
        whole = synthesizer.say(text, voice="ada", seed=2).samples
        pieces = list(synthesizer.stream(text, voice="ada", seed=2))
        assert len(pieces) > 2 and (most is None or max(map(len, pieces)) <= most)
        error = np.concatenate(pieces) - whole
        assert np.sum(error**2) <= 1e-8 * np.sum(whole**2)
    with pytest.raises(UserError, match="speed"):
        synthesizer.stream("Hello.", speed=9)  # said at once, not when the first sound is asked for
