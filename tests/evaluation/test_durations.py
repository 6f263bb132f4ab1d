"""Durations and pauses that are known."""

import numpy as np
import pytest

from tests.vocoder.test_griffin_lim import glide
from tts.corpus.utterance import Phone, Unit, Utterance
from tts.evaluation.durations import compare_durations, pauses_by_alignment
from tts.evaluation.pauses import pauses_by_energy


def spoken(*frames):
    """_ a b , c . of these frames."""
    symbols = [("_",), ("a", "b"), (",",), ("c",), (".",)]
    rest = iter(frames)
    units = [Unit("".join(unit), (0, 0), [Phone(symbol, 0, next(rest)) for symbol in unit]) for unit in symbols]
    return Utterance("u", "ab, c.", "s", "en-us", units=units)


def test_durations_of_phones_leave_pauses_out():
    found = compare_durations(spoken(5, 4, 6, 99, 8, 5), spoken(9, 6, 8, 0, 10, 1), 0.01)
    assert found["duration_rmse_ms"] == pytest.approx(20) and found["duration_correlation"] == pytest.approx(1)
    assert compare_durations(spoken(5, 4, 6, 9, 8, 5), Utterance("u", "", "s", "de"), 0.01) == {}


def test_pauses_by_energy_and_by_alignment_agree_where_both_know():
    silence = np.zeros(12000)
    sound = np.concatenate([silence, glide(100, 150, 0.6), silence, glide(100, 150, 0.4), silence, silence])
    found = pauses_by_energy(sound, 24000)
    assert found.pause_seconds == pytest.approx((0.5,), abs=0.02) and found.speech_seconds == pytest.approx(1.5, abs=0.02)
    assert found.scores()["pause_share"] == pytest.approx(1 / 3, abs=0.01) and found.scores()[
        "pauses_per_minute"
    ] == pytest.approx(40, abs=1)
    told = pauses_by_alignment(spoken(50, 30, 30, 50, 40, 100), 0.01)
    assert told.pause_seconds == pytest.approx((0.5,)) and told.speech_seconds == pytest.approx(1.5)


def test_a_short_gap_is_no_pause_and_silence_no_speech():
    gap = np.concatenate([glide(100, 150, 0.5), np.zeros(2400), glide(100, 150, 0.5)])
    assert pauses_by_energy(gap, 24000).pause_seconds == () and "pause_mean_ms" not in pauses_by_energy(gap, 24000).scores()
    assert pauses_by_energy(np.zeros(24000), 24000).scores() == {}
