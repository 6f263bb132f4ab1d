"""Mel-cepstra against their definition, and distortions with known values."""

import math

import numpy as np
import pytest

from tests.vocoder.test_griffin_lim import CONFIG, glide
from tts.errors import UserError
from tts.evaluation.cepstra import (
    ORDER_AND_WARPING,
    align,
    mel_cepstra,
    mel_cepstral_distortion,
    spectrum_to_mel_cepstrum,
    warping_matrix,
)
from tts.features.config import FeatureConfig
from tts.features.f0 import extract_f0

DIO = FeatureConfig(f0_method="dio")


def test_a_cepstrum_evaluated_on_the_warped_axis_is_the_spectrum():
    order, warping, bins = 200, 0.46, 513  # an order so high that nothing is cut off
    omega = np.linspace(0, np.pi, bins)
    log_magnitude = 1.5 * np.cos(2 * omega) - 0.7 * np.cos(5 * omega) + 0.3
    cepstrum = spectrum_to_mel_cepstrum(np.exp(2 * log_magnitude)[None], order, warping)[0]
    warped = omega + 2 * np.arctan(warping * np.sin(omega) / (1 - warping * np.cos(omega)))
    assert np.allclose(np.cos(np.outer(warped, np.arange(order + 1))) @ cepstrum, log_magnitude, atol=1e-6)


def test_no_warping_is_the_identity():
    assert np.allclose(warping_matrix(10, 6, 0.0), np.eye(7, 10))


def test_distortion_of_a_known_difference_leaves_loudness_out():
    a = np.zeros((4, 25))
    b = a.copy()
    b[:, 0], b[:, 3] = 7.0, 0.5
    assert mel_cepstral_distortion(a, b) == pytest.approx(10 / math.log(10) * math.sqrt(2) * 0.5)


def test_equal_sounds_have_no_distortion_and_a_louder_one_hardly_any():
    samples = glide(100, 180).numpy()
    f0_hz = extract_f0(samples, DIO).f0_hz
    a, b = (mel_cepstra(sound, f0_hz, DIO) for sound in (samples, 0.5 * samples))
    assert a.shape == (80, ORDER_AND_WARPING[24000][0] + 1)
    assert mel_cepstral_distortion(a, a) == 0 and mel_cepstral_distortion(a, b) < 0.01
    assert mel_cepstral_distortion(a, a, align(a, a)) == 0


def test_alignment_undoes_a_stretch():
    rng = np.random.default_rng(0)
    a = rng.normal(size=(30, 25))
    b = np.repeat(a, 2, axis=0)
    path = align(a, b)
    assert mel_cepstral_distortion(a, b, path) == pytest.approx(0)
    assert path[0].tolist() == [0, 0] and path[-1].tolist() == [29, 59] and (np.diff(path, axis=0) >= 0).all()


def test_a_rate_without_convention_is_refused():
    odd = FeatureConfig(sample_rate=20000, mel_high_hz=10000.0)
    with pytest.raises(UserError, match="20000 Hz"):
        mel_cepstra(np.zeros(1000), np.zeros(4), odd)
    assert CONFIG.sample_rate in ORDER_AND_WARPING


def test_mel_cepstra_agree_with_sptk():
    """SPTK's own C code warps a spectrum of many bins as our matrix does."""
    pysptk = pytest.importorskip("pysptk", reason="pysptk is not installed (pip install pysptk)")
    rng = np.random.default_rng(0)
    smooth = np.exp(np.cumsum(rng.normal(0, 0.05, (5, 513)), axis=1))
    for order, warping in ORDER_AND_WARPING.values():
        assert np.allclose(spectrum_to_mel_cepstrum(smooth, order, warping), pysptk.sp2mc(smooth, order, warping), atol=1e-8)


def test_the_path_is_as_cheap_as_plain_dynamic_programming_finds():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=(25, 13)), rng.normal(size=(31, 13))
    cost = np.linalg.norm(a[:, None, 1:] - b[None, :, 1:], axis=2)
    best = np.full((26, 32), np.inf)
    best[0, 0] = 0
    for i in range(25):
        for j in range(31):
            best[i + 1, j + 1] = cost[i, j] + min(best[i, j], best[i, j + 1], best[i + 1, j])
    path = align(a, b)
    assert cost[path[:, 0], path[:, 1]].sum() == pytest.approx(best[-1, -1])
