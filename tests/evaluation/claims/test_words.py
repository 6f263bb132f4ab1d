from zlib import crc32

import numpy as np
import pytest

from tests.evaluation.claims.fake import CONFIG, PITCH_HZ, sound_of, true_latents, utterance_of
from tts.evaluation.claims.transfer import change_here_and_away
from tts.evaluation.claims.words import Words, correlation, measure_words
from tts.features.f0 import extract_f0


def words(f0, duration=None) -> Words:
    f0 = np.array(f0, dtype=float)
    return Words(f0, np.zeros(len(f0)) if duration is None else np.array(duration), np.zeros(len(f0)), np.zeros(2))


def test_measured_words_are_what_was_made():
    utterance = utterance_of("ada", 0, "test")
    semitones, decibels = true_latents(utterance).acoustic.T
    samples = sound_of(utterance.units, "ada", semitones, decibels)
    found = measure_words(samples, utterance.units, extract_f0(samples, CONFIG), CONFIG)
    made = (
        12 * np.log2(PITCH_HZ["ada"] / 100)
        + semitones[1:-1]
        + [crc32(word.text.encode()) % 7 / 3 - 1 for word in utterance.words]
    )
    assert found.f0 == pytest.approx(made, abs=0.3)
    assert np.exp(found.duration) == pytest.approx([unit.frames * 12.5 for unit in utterance.words])
    assert np.diff(found.energy) == pytest.approx(np.diff(decibels[1:-1]), abs=0.3)
    assert len(found.pause) == 2


def test_only_what_stands_out_counts_not_the_voice():
    low, high = words([0, 1, 2, 5, np.nan]), words([12, 13, 14, 17, 99])
    assert correlation([("u", low, high)], "f0").value == pytest.approx(1)
    other = words([20, 18, 16, 10, 0])
    assert correlation([("u", low, high), ("v", low, other)], "f0").value == pytest.approx(-14 / np.sqrt(28 * 70))


def test_change_here_and_away():
    before, after = words([0, 0, 0, 0, 0, 0]), words([0.1, 5, 4, 2, 0.2, np.nan])
    assert change_here_and_away(before, after, 2, "f0") == pytest.approx((4, 0.15))
