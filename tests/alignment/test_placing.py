"""Times to frames: sums, least lengths, pauses put in or shared."""

import numpy as np
import pytest

from tests.alignment.make import units_of
from tts.alignment.placing import place_words, with_frames
from tts.corpus.utterance import Phone, Unit
from tts.features.config import FeatureConfig

CONFIG = FeatureConfig()  # 12.5 ms frames


def frames_of(placed):
    return [(unit.text, [phone.frames for phone in unit.phones]) for unit in placed.units]


def test_edges_become_frames_and_a_long_silence_a_pause():
    edges = [np.array([0.1, 0.2, 0.3]), np.array([0.4, 0.5, 0.6])]
    placed = place_words(units_of("ae io."), edges, 0.7, 56, 0.05, CONFIG)
    assert frames_of(placed) == [("_", [8]), ("ae", [8, 8]), ("_", [8]), ("io", [8, 8]), (".", [8])]
    assert placed.inserted == 1
    assert placed.units[2].span == (2, 2)
    np.testing.assert_allclose(placed.starts_seconds, [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6])


def test_a_short_silence_is_shared_and_a_plosive_keeps_its_closure():
    edges = [np.array([0.1, 0.2]), np.array([0.24, 0.3]), np.array([0.38, 0.5])]
    units = units_of("a e.")[:-1] + [Unit("k", (4, 5), [Phone("k")])]
    placed = place_words(units, edges, 0.5, 40, 0.05, CONFIG)
    np.testing.assert_allclose(placed.starts_seconds, [0, 0.1, 0.22, 0.3])
    assert placed.inserted == 0


def test_of_two_pauses_the_first_gets_the_silence_and_the_input_stays_as_it_was():
    units = units_of("a, e.")
    units.insert(3, Unit("—", (2, 3), [Phone("—")]))
    placed = place_words(units, [np.array([0.1, 0.2]), np.array([0.3, 0.4])], 0.5, 40, 0.05, CONFIG)
    assert frames_of(placed) == [("_", [8]), ("a", [8]), (",", [8]), ("—", [0]), ("e", [8]), (".", [8])]
    assert all(phone.frames is None for unit in units for phone in unit.phones)


def test_random_times_always_sum_up_and_every_phone_has_a_frame():
    rng = np.random.default_rng(0)
    for _ in range(300):
        text = " ".join("aeiou"[:rng.integers(1, 6)] for _ in range(rng.integers(1, 6))) + "."
        units = units_of(text)
        count = sum(len(unit.phones) for unit in units)
        total = int(rng.integers(count - 2, 3 * count))
        starts = np.sort(rng.uniform(0, total * CONFIG.frame_seconds, count)) * rng.choice([0.2, 1.0])
        phones = [phone for unit in with_frames(units, starts, total, CONFIG).units for phone in unit.phones]
        assert sum(phone.frames for phone in phones) == total
        assert all(phone.frames >= (phone.symbol not in "_.") for phone in phones)


def test_more_phones_than_frames_is_an_error_with_both_numbers():
    with pytest.raises(ValueError, match="4 phones in 3 frames"):
        with_frames(units_of("aeio."), np.arange(6.0), 3, CONFIG)
