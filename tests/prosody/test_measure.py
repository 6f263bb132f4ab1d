"""Contours and levels whose numbers are known."""

import numpy as np
import pytest

from tts.corpus.utterance import Phone, Unit
from tts.features.config import FeatureConfig
from tts.prosody.measure import measure_sound, measure_units, median_f0, speech_level, without_octave_jumps

FRAME = 0.0125


def unit(text: str, frames: int) -> Unit:
    return Unit(text, (0, 0), [Phone("_" if text == "_" else "a", 0, frames)])


def test_a_glide_has_its_mean_range_and_slope():
    units = [unit("_", 4), unit("up", 41), unit("ss", 5), unit("_", 0)]
    semitones = np.linspace(-2, 4, 41)  # 6 st in 40 frames, half a second: 12 st/s, mean 1
    f0_hz = np.concatenate([[0, 150, 150, 150], 200 * 2 ** (semitones / 12), [0, 0, 0, 150, 150]])
    energy = np.log(np.concatenate([np.full(4, 1e-3), np.full(41, 0.2), np.full(5, 0.02)]))
    pause, up, ss, none = measure_units(units, f0_hz, energy, FRAME, median_hz=200.0, level_db=-20.0)
    assert (up.duration_ms, up.f0_st, up.f0_slope_st_s) == pytest.approx((512.5, 1.0, 12.0))
    assert up.f0_range_st == pytest.approx(0.8 * 6)  # 10th to 90th percentile of a straight line
    assert up.energy_db == pytest.approx(20 * np.log10(0.2) + 20)
    assert (ss.f0_st, ss.f0_range_st, ss.f0_slope_st_s) == (None, None, None)  # two voiced frames
    assert ss.energy_db == pytest.approx(up.energy_db - 20)
    assert pause.f0_st is None and pause.duration_ms == 50  # a pause has no F0, whatever the tracker found
    assert (none.duration_ms, none.energy_db) == (0, None)
    assert speech_level(units, energy) == pytest.approx(10 * np.log10((41 * 0.2**2 + 5 * 0.02**2) / 46))


def test_three_voiced_frames_have_a_mean_but_no_slope():
    measured = measure_units([unit("a", 4)], np.array([100.0, 100, 100, 0]), np.zeros(4), FRAME, 100.0, 0.0)[0]
    assert (measured.f0_st, measured.f0_range_st, measured.f0_slope_st_s) == (0, 0, None)


def test_an_octave_error_is_dropped_and_the_way_back_is_kept():
    f0_hz = np.concatenate([np.full(10, 110.0), np.full(4, 221.0), np.full(6, 112.0), [0], np.full(3, 230.0)])
    kept = without_octave_jumps(f0_hz)
    assert np.flatnonzero(kept != f0_hz).tolist() == [10, 11, 12, 13]  # after a gap a new height is no jump
    assert (kept[10:14] == 0).all()
    assert median_f0(f0_hz) == 110.0 and median_f0(np.zeros(5)) is None


def test_a_sound_is_measured_against_its_own_median():
    config = FeatureConfig()
    time = np.arange(24000) / 24000
    phase = 2 * np.pi * np.cumsum(np.where(time < 0.5, 150.0, 150.0 * 2 ** (4 / 12))) / 24000
    samples = (0.1 * sum(np.sin(k * phase) / k for k in range(1, 9))).astype(np.float32)
    sound = measure_sound(samples, [unit("low", 40), unit("high", 40)], config, median_hz=150.0)
    low, high = sound.units
    assert low.f0_st == pytest.approx(0, abs=0.3) and high.f0_st == pytest.approx(4, abs=0.3)
    assert abs(low.energy_db) < 0.5 and low.duration_ms == 500


def test_units_that_do_not_fit_the_frames_are_refused():
    with pytest.raises(ValueError, match="units of 3 frames do not fit F0 of 4"):
        measure_units([unit("a", 3)], np.zeros(4), np.zeros(4), FRAME, 100.0, 0.0)
