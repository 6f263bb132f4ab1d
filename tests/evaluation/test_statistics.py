"""Intervals that hold what they promise."""

import math

import numpy as np
import pytest

from tts.evaluation.statistics import bootstrap, paired_difference


def test_missing_values_are_counted_not_averaged():
    found = bootstrap([1.0, math.nan, 3.0])
    assert (found.mean, found.count, found.missing) == (2.0, 2, 1)
    nothing = bootstrap([math.nan])
    assert math.isnan(nothing.mean) and (nothing.count, nothing.missing) == (0, 1)
    assert math.isnan(bootstrap([2.0]).low)


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(0).normal(size=40)
    assert bootstrap(values) == bootstrap(values) != bootstrap(values, seed=1)


def test_the_interval_covers_the_truth_about_95_times_in_100():
    rng = np.random.default_rng(0)
    inside = [found.low <= 5 <= found.high for found in (bootstrap(rng.normal(5, 2, 40)) for _ in range(200))]
    assert 0.88 <= np.mean(inside) <= 0.99


def test_weights_pool_errors_over_all_phones():
    assert bootstrap([0.0, 1.0], weights=[90, 10]).mean == pytest.approx(0.1)
    assert bootstrap([0.0, 1.0], weights=[90, 0]).missing == 1


def test_paired_difference_goes_by_id():
    found = paired_difference({"a": 1.0, "b": 2.0, "c": 9.0}, {"a": 2.0, "b": 3.0, "d": 0.0})
    assert (found.mean, found.low, found.high, found.count, found.missing) == (1.0, 1.0, 1.0, 2, 2)
