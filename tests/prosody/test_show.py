"""The table, the picture, and asked against measured on a sound whose melody is known."""

import numpy as np
import pytest

from tts.corpus.utterance import Phone, Unit
from tts.errors import UserError
from tts.features.config import FeatureConfig
from tts.prosody.edit import mask, shift
from tts.prosody.show import asked_against_measured, plot, summary, table


def test_the_table_shows_what_was_edited_and_what_the_text_fills_in(prosody_of):
    prosody = mask(shift(prosody_of("_ Good , evening ."), "2", semitones=3, stretch=1.5), "1")
    lines = [line.split() for line in table(prosody).splitlines()]
    assert lines[0] == ["word", "ms", "st", "range", "st/s", "dB", "|acoustic|", "|timing|"]
    assert lines[1] == ["p1", "_", "200", "–", "–", "–", "-60.0", "0.00", "0.00"]
    assert lines[2] == ["1", "Good", "200", "0.5", "2.0", "-3", "-1.0", "text", "text"]
    assert lines[4] == ["2", "evening", "400>600", "1.5>4.5", "2.0", "-3", "-1.0", "4.24", "0.75"]
    assert "2 words, 3 pauses" in summary(prosody) and "1 edited, 1 left to the text" in summary(prosody)


def test_the_picture_is_written_whole_or_refused(prosody_of, tmp_path):
    pytest.importorskip("matplotlib")
    plot(shift(prosody_of("_ Good , evening ."), "2", semitones=3), tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    plot(prosody_of("_ Good ."), tmp_path / "a.svg")
    assert b"<svg" in (tmp_path / "a.svg").read_bytes()
    with pytest.raises(UserError, match="cannot draw .gif"):
        plot(prosody_of("_ Good ."), tmp_path / "a.gif")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "a.svg"]


@pytest.fixture
def two_tones():
    """Silence, half a second of 150 Hz, half a second 4 semitones higher and 6 dB louder, silence; with its units."""
    time = np.arange(24000) / 24000
    high = time >= 0.5
    phase = 2 * np.pi * np.cumsum(np.where(high, 150.0 * 2 ** (4 / 12), 150.0)) / 24000
    tones = 0.1 * sum(np.sin(k * phase) / k for k in range(1, 9)) * np.where(high, 2.0, 1.0)
    phones = {"_": Phone("_", 0, 8), "low": Phone("a", 0, 40), "high": Phone("a", 0, 40), ".": Phone(".", 0, 8)}
    units = [Unit(text, (0, 0), [phone]) for text, phone in phones.items()]
    return np.pad(tones, 2400).astype(np.float32), units


def test_asked_against_measured(prosody_of, two_tones):
    samples, units = two_tones
    prosody = shift(prosody_of("_ low high .", lengths={1: 500.0, 2: 400.0}), "2", semitones=3)  # asks for 0.5 and 1 + 3 st
    made = asked_against_measured(prosody.words, units, samples, FeatureConfig(), median_hz=150.0)
    low, high = made.units[1:3]
    assert (low.label, low.difference("duration_ms"), low.difference("f0_st")) == ("1", 0, pytest.approx(-0.5, abs=0.3))
    assert (high.asked["f0_st"], high.difference("duration_ms")) == (4.0, 100)
    assert high.difference("f0_st") == pytest.approx(0, abs=0.3)
    assert high.made["energy_db"] - low.made["energy_db"] == pytest.approx(6, abs=0.5)
    assert high.edited == ("f0_st",) and made.units[0].difference("f0_st") is None
    shown = str(made)
    assert "4.0*" in shown and "* edited" in shown and "st/s" not in shown
    assert "2 words last 1.00 s, 0.90 s were asked (1.11 x)" in made.summary()


def test_when_most_of_it_is_raised_so_is_its_median(prosody_of, two_tones):
    samples, units = two_tones
    prosody = prosody_of("_ low high .")
    raised = shift(prosody, "all", semitones=3)
    plain, all_up = (asked_against_measured(p.words, units, samples, FeatureConfig()) for p in (prosody, raised))
    assert all_up.units[1].made["f0_st"] == pytest.approx(plain.units[1].made["f0_st"] + 3)
    assert all_up.median_hz == pytest.approx(plain.median_hz / 2 ** (3 / 12))


def test_nothing_is_asked_where_the_text_fills_in(prosody_of, two_tones):
    samples, units = two_tones
    prosody = mask(shift(prosody_of("_ low high ."), "2", slope=5), "1")
    made = asked_against_measured([None, *prosody.words[1:]], units, samples, FeatureConfig())
    assert set(made.units[0].asked.values()) == set(made.units[1].asked.values()) == {None}
    assert made.units[2].asked["f0_st"] == 1.0 and "st/s asked" in str(made)
    nothing = asked_against_measured([None] * 4, units, samples, FeatureConfig())
    assert nothing.summary() == "asked against measured, 2 words: f0 not asked for; energy not asked for"
