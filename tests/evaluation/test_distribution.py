"""Distances between distributions of F0 that are known, or that SciPy measures too."""

import math

import numpy as np
import pytest
from scipy.stats import entropy, wasserstein_distance

from tts.evaluation.distribution import HZ_EDGES, distance_functions, f0_distances, histograms, noise_floor, spread_ratio
from tts.evaluation.figure import EMPTY_BIN

STEP = 0.0125


def contour(mean_hz=150.0, spread=0.15, frames=4000, seed=0):
    """A wandering contour with unvoiced stretches."""
    rng = np.random.default_rng(seed)
    wander = np.convolve(rng.normal(size=frames + 20), np.ones(21) / math.sqrt(21), "valid")
    return np.where(np.arange(frames) % 50 < 40, mean_hz * np.exp(spread * wander), 0.0)


def test_the_same_is_no_distance():
    found = f0_distances(contour(), contour(), STEP)
    assert len(found) == 5 and all(value == pytest.approx(0, abs=1e-12) for value in found.values())


def test_a_shift_is_its_own_wasserstein_distance_and_changes_no_delta():
    shifted = contour() * 2 ** (3 / 12)
    found = f0_distances(contour(), shifted, STEP)
    assert found["f0_wasserstein_st"] == pytest.approx(3, abs=1e-6)
    assert found["delta_f0_wasserstein_st_per_s"] == pytest.approx(0, abs=0.02)


def test_twice_the_movement_is_twice_the_delta():
    one, two = contour(spread=0.1), contour(spread=0.2)
    voiced = (one[1:] > 0) & (one[:-1] > 0)
    mean_change = np.abs(12 * np.diff(np.log2(np.where(one > 0, one, 1)))[voiced]).mean() / STEP
    found = f0_distances(one, two, STEP)["delta_f0_wasserstein_st_per_s"]
    assert found == pytest.approx(mean_change, rel=0.05)  # |2d| - |d|


def test_it_agrees_with_scipy():
    a, b = contour(), contour(170, 0.25, 3000, seed=1)
    found = f0_distances(a, b, STEP)
    semitones = [12 * np.log2(x[x > 0] / 100) for x in (a, b)]
    assert found["f0_wasserstein_st"] == pytest.approx(wasserstein_distance(*semitones), abs=0.02)
    p, q = (np.histogram(np.clip(x[x > 0], HZ_EDGES[0], HZ_EDGES[-1]), HZ_EDGES)[0] for x in (a, b))
    p, q = p / p.sum() + EMPTY_BIN, q / q.sum() + EMPTY_BIN
    assert found["f0_kld_reference_system_bits"] == pytest.approx(entropy(p, q, base=2))
    assert found["f0_kld_system_reference_bits"] == pytest.approx(entropy(q, p, base=2))
    assert found["f0_kld_reference_system_bits"] != pytest.approx(found["f0_kld_system_reference_bits"], rel=0.01)


def test_what_never_overlaps_is_nearly_one_bit_apart():
    assert 0.95 < f0_distances(contour(100, 0.02), contour(300, 0.02), STEP)["f0_jsd_bits"] <= 1


def test_the_noise_floor_lies_between_nothing_and_a_real_difference():
    distance = distance_functions(STEP)["f0_wasserstein_st"]
    sounds = [histograms(contour(100 if i % 2 else 200, frames=400, seed=i)) for i in range(20)]
    by_speaker = noise_floor(sounds, ["low" if i % 2 else "high" for i in range(20)], distance)
    assert 0 < by_speaker.min() and by_speaker.max() < 1.2  # nobody differs here but by chance
    mixed = noise_floor(sounds, [""] * 20, distance)
    assert mixed.mean() > 2 * by_speaker.mean()  # the halves have other shares of low and high voices


def test_spread_is_about_each_speakers_own_mean():
    def moments(values):
        return np.array([len(values), values.sum(), np.square(values).sum()])

    low, high = np.log(100) + np.array([-0.1, 0.1]), np.log(200) + np.array([-0.1, 0.1])
    flat = {"a": (moments(low), moments(low / 2)), "b": (moments(high), moments(high / 2))}
    assert spread_ratio(flat, {"a": "x", "b": "y"}).value == pytest.approx(0.5)
    assert spread_ratio({"a": (moments(low[:1]), moments(low))}, {"a": "x"}).value != 0  # a reference without spread: no ratio
    assert math.isnan(spread_ratio({"a": (moments(low[:1]), moments(low))}, {"a": "x"}).value)
