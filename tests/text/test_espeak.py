"""The espeak-ng binding: known readings, words kept apart, times that tile the sound, errors in plain words, no crash on
any Unicode."""

import multiprocessing
import random
import sys

import numpy as np
import pytest

from tts.errors import UserError
from tts.text.espeak import Espeak, VoiceSettings, get_espeak, join_words, split_stress


@pytest.fixture(scope="module")
def espeak():
    return get_espeak()


def written(phone_words):
    return ["".join(word) for word in phone_words.words]


@pytest.mark.parametrize("voice, text, expected", [
    ("en-us", "little fire", ["lˈɪɾəl", "fˈaɪɚ"]),
    ("en-gb", "little fire", ["lˈɪtəl", "fˈaɪə"]),
    ("es", "buenos días, ¿no?", ["bwˈenos", "ðˈias", "nˈo"]),
    ("de", "Ja! Schöne Bücher.", ["jˈɑː", "ʃˈøːnə", "bˈyːçɜ"]),
    ("fr", "les enfants du monde", ["lez", "ɑ̃fˈɑ̃", "dy", "mˈɔ̃d"]),
])
def test_known_readings_over_clauses(espeak, voice, text, expected):
    assert written(espeak.phones(text, voice)) == expected


def test_joined_words_come_apart(espeak):
    tokens = "in the top of the box for the cat".split()
    assert len(espeak.phones(" ".join(tokens), "en-us").words) < len(tokens)  # why the joiner is needed
    assert len(espeak.phones(join_words(tokens), "en-us").words) == len(tokens)


def test_language_switches_are_counted_and_leave_no_flag(espeak):
    read = espeak.phones("Das Team war gut", "de")
    assert (read.switches, written(read)[1]) == (1, "tˈiːm")


def test_stress():
    assert [split_stress(p) for p in ("ˈɑː", "ˌoʊ", "t")] == [("ɑː", 2), ("oʊ", 1), ("t", 0)]


def test_language_codes_reach_their_voices(espeak):
    names = {"en-gb": "en", "fr": "fr", "fr-fr": "fr", "pt-br": "pt-BR", "de+f3": "de+f3", "de+../f3": None, "xx": None}
    assert {code: espeak.voice_name(code) for code in names} == names
    assert espeak.has_voice("nl") and not espeak.has_voice("en-us+nobody")
    with pytest.raises(UserError, match="no voice 'xx'"):
        espeak.phones("a", "xx")
    assert written(espeak.phones("ja", "de")) == ["jˈɑː"]  # still usable


def test_missing_package_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    monkeypatch.setattr(Espeak, "_process", None)
    with pytest.raises(UserError, match="pip install espeakng-loader"):
        Espeak()


def test_any_unicode_is_read_or_left_without_a_crash(espeak):
    draw = random.Random(0)
    for _ in range(500):
        codes = [draw.choice([draw.randrange(0, 0x3000), draw.randrange(0xD000, 0x20000), 32]) for _ in range(draw.randrange(80))]
        text = "".join(map(chr, codes))
        for word in espeak.phones(text, draw.choice(["en-us", "de", "fr", "es", "nl"])).words:
            assert word and not any(set(phone) & set("\t ()-") for phone in word)


@pytest.mark.parametrize("prosody", [None, {1: {"pitch": "+40%", "rate": "75%"}}])
def test_spoken_phones_tile_their_words(espeak, prosody):
    tokens = "The hills of old Kent, forty & seven: a cat?".split()
    spoken = espeak.say(tokens, "en-us", prosody=prosody)
    assert [word.text for word in spoken.words] == tokens
    assert ["".join(p.symbol for p in word.phones) for word in spoken.words[6:8]] == ["ænd", "sɛvən"]  # "&" has its own name
    at = 0
    for word in spoken.words:
        assert word.phones and (word.start, word.end) == (word.phones[0].start, word.phones[-1].end) and word.start >= at
        for left, right in zip(word.phones, word.phones[1:]):
            assert left.end == right.start
        assert all(phone.end > phone.start for phone in word.phones)
        at = word.end
    assert spoken.shared >= 1 and at <= len(spoken.samples)  # the l of "hills"
    loud = np.abs(spoken.samples.astype(float))
    assert loud[spoken.words[1].start:spoken.words[4].end].mean() > 10 * loud[spoken.words[-1].end:].mean()


def _made_up_voices(folder):
    """In a process of its own: periods in samples of a low and a high made-up voice, and what the shared espeak-ng reads."""
    pitches = {"low": "80 90", "high": "210 230"}
    mine = Espeak({name: f"language variant\nname {name}\npitch {pitch}\n" for name, pitch in pitches.items()}, folder)
    sounds = [mine.say(["aaaaa"], f"de+{name}").samples[2000:6000].astype(float) for name in ("low", "high")]
    periods = [int(np.argmax(np.correlate(x, x, "full")[len(x) + 60:len(x) + 400])) + 61 for x in sounds]
    return periods, written(get_espeak().phones("guten Tag", "de")), get_espeak().has_voice("de+low")


def test_made_up_voices(espeak, tmp_path_factory):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        (low, high), words, known = pool.apply(_made_up_voices, [tmp_path_factory.mktemp("v")])
    assert low > 2 * high and words == written(espeak.phones("guten Tag", "de")) and known and not espeak.has_voice("de+low")
    with pytest.raises(RuntimeError, match="process of its own"):
        Espeak({"late": "language variant\nname late\n"})


def test_a_larger_rate_is_faster(espeak):
    slow, fast = (len(espeak.say(["eins", "zwei"], "de", VoiceSettings(rate=rate)).samples) for rate in (100, 300))
    assert slow > 2 * fast
