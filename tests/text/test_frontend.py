"""The promises of the front-end: words in = words out, in every language; bad input is a clear error or a stated replacement."""

import pytest

from tests.helpers.odd_text import odd_sentences, random_strings
from tts.corpus.utterance import PAUSES
from tts.errors import UserError
from tts.text.frontend import TextFrontend
from tts.text.normalize import Normalizer
from tts.text.tokens import Word

SIX = ("en-us", "en-gb", "es", "de", "nl", "fr")


def spoken(language, text):
    return ["".join(phone.symbol for phone in word.phones) for word in TextFrontend(language).process(text).words]


@pytest.mark.parametrize("language", SIX)
def test_words_in_are_words_out_on_two_thousand_odd_sentences(language):
    frontend, normalizer = TextFrontend(language), Normalizer(language)
    for text in odd_sentences(language, 2000):
        processed = frontend.process(text)
        silent = {rewrite.span for rewrite in processed.trace if rewrite.rule == "no sound"}
        words = [token for token in normalizer.normalize(text).tokens if isinstance(token, Word) and token.span not in silent]
        assert [(word.text, word.span) for word in words] == [(unit.text, unit.span) for unit in processed.words], text
        check_units(processed)


def test_random_strings_are_spoken_or_refused_with_a_reason():
    frontends = [TextFrontend(language) for language in SIX]
    outcomes = {"spoken": 0, "refused": 0}
    for index, text in enumerate(random_strings(10_000)):
        try:
            processed = frontends[index % len(SIX)].process(text)
        except UserError as error:
            assert ("nothing in it can be spoken" in str(error) or "half a character" in str(error)) and "expected" in str(error)
            outcomes["refused"] += 1
        else:
            check_units(processed)
            outcomes["spoken"] += 1
    assert outcomes["spoken"] > 8000


def check_units(processed):
    """Begins and ends with a pause, no two pauses meet, every word has phones, no phone of a word looks like a pause."""
    units = processed.units
    assert units[0].text == "_" and units[-1].is_pause and processed.words, processed.text
    assert not any(a.is_pause and b.is_pause for a, b in zip(units, units[1:])), processed.text
    symbols = {phone.symbol for word in processed.words for phone in word.phones}
    assert not symbols & {"", *PAUSES} and not set("".join(symbols)) & set("ˈˌ ͡_"), processed.text
    assert all(0 <= start <= end <= len(processed.text) for start, end in (unit.span for unit in units)), processed.text


@pytest.mark.parametrize("text, pauses", [
    ("Yes, 42", "_,_"), ("Really?!", "_?"), ("Well... (maybe) no.", "_…,."), ("“Quoted” text!", "_!"), ("a – b — c; d: e",
        "_——;:_"), ("...and so", "__"),
    ("well-known word(s)", "__"), ("He said: “No.”", "_:.")])
def test_punctuation_becomes_pauses(text, pauses):
    assert "".join(unit.text for unit in TextFrontend("en-us").process(text).units if unit.is_pause) == pauses


def test_spans_and_stress_and_shared_spans():
    units = TextFrontend("en-us").process("Yes, 42.").units
    assert [(unit.text, unit.span) for unit in units] == [("_", (0, 0)), ("Yes", (0, 3)), (",", (3, 4)), ("forty", (5, 7)),
                                                          ("two", (5, 7)), (".", (7, 8))]
    forty = units[3].phones
    assert [phone.stress for phone in forty if phone.stress] == [2] and forty[1].symbol.startswith("ɔː")


def test_context_stays_and_words_never_merge():
    assert spoken("en-us", "of the end") == ["ʌv", "ðɪ", "ɛnd"] and spoken("en-us", "of the world")[1] == "ðə"
    assert spoken("fr", "les enfants")[1].startswith("ɑ̃") and spoken("fr", "les enfants")[0] == "lez" and spoken("fr",
        "les chats")[0] == "le"


def test_capitals_are_spelled_or_read():
    assert spoken("en-us", "BBC") == ["biːbiːsiː"] and spoken("en-us", "NASA") == ["næsɐ"] and spoken("de", "LKW") == ["ɛlkɑːveː"]


def test_a_foreign_script_is_read_and_said_so():
    processed = TextFrontend("en-us").process("Say Привет now")
    assert [word.text for word in processed.words] == ["Say", "Привет", "now"] and "Привет" in processed.warnings[0]


def test_a_word_as_long_as_a_page_is_one_word():
    assert [word.text for word in TextFrontend("en-us").process("a" + "ba" * 2000 + " of the end").words][1:] == ["of", "the",
        "end"]


@pytest.mark.parametrize("text", ["", "   ", "...", "😀", "\u200b", "“”", "\ud800 broken"])
def test_nothing_to_say_is_an_error_that_shows_the_text(text):
    with pytest.raises(UserError, match="expected"):
        TextFrontend("en-us").process(text)


@pytest.mark.parametrize("language, text", [("pl", "Dzień dobry, mam 3 koty."), ("ko", "안녕하세요 여러분, 2024년"), ("it", "Ho 21 anni."),
                                            ("ja", "これは 42 です。"), ("cmn", "你好世界")])
def test_languages_without_a_table_work_by_their_code(language, text):
    check_units(TextFrontend(language).process(text))
