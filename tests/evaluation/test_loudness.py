"""Loudness by the Recommendation's own figure: a full-scale sine of 997 Hz in one channel is -3.01 LUFS."""

import math

import numpy as np
import pytest

from tts.errors import UserError
from tts.evaluation.loudness import clipping_share, integrated_loudness, peak_dbfs

pytest.importorskip("pyloudnorm", reason="pyloudnorm is not installed (pip install pyloudnorm)")


def sine(rate, seconds=3.0, hz=997.0):
    return np.sin(2 * np.pi * hz * np.arange(round(rate * seconds)) / rate)


@pytest.mark.parametrize("rate", [16000, 22050, 24000, 44100, 48000])
def test_a_sine_has_the_loudness_of_the_standard(rate):
    assert integrated_loudness(sine(rate), rate) == pytest.approx(-3.01, abs=0.01)
    assert integrated_loudness(0.1 * sine(rate), rate) == pytest.approx(-23.01, abs=0.01)


def test_silence_between_is_gated_out_and_only_silence_has_no_loudness():
    gaps = np.concatenate([0.1 * sine(48000), np.zeros(48000 * 6), 0.1 * sine(48000)])
    assert integrated_loudness(gaps, 48000) == pytest.approx(-23.01, abs=0.3)  # blocks at the edges are half empty
    assert integrated_loudness(np.zeros(48000), 48000) == -math.inf
    with pytest.raises(UserError, match="0.30 s is too short"):
        integrated_loudness(sine(24000, 0.3), 24000)


def test_peak_and_clipping():
    sound = 0.5 * sine(24000)
    assert peak_dbfs(sound) == pytest.approx(-6.02, abs=0.01) and clipping_share(sound) == 0
    sound[100:110] = 32767 / 32768
    sound[200] = -1.0  # alone: it may just have touched
    assert clipping_share(sound) == pytest.approx(10 / len(sound)) and peak_dbfs(np.zeros(5)) == -math.inf
