"""Intervals that hold what they promise, and tests that agree with textbooks."""

import math

import numpy as np
import pytest

from tts.evaluation import statistics
from tts.evaluation.statistics import bootstrap, bootstrap_by_speaker, holm, paired_difference, paired_tests, resamplings


def test_missing_values_are_counted_not_averaged():
    found = bootstrap([1.0, math.nan, 3.0])
    assert (found.mean, found.count, found.missing) == (2.0, 2, 1)
    nothing = bootstrap([math.nan])
    assert math.isnan(nothing.mean) and (nothing.count, nothing.missing) == (0, 1)
    assert math.isnan(bootstrap([2.0]).low)


def test_the_same_seed_gives_the_same_interval_however_much_is_drawn_at_a_time(monkeypatch):
    values = np.random.default_rng(0).normal(size=40)
    found = bootstrap(values)
    assert found != bootstrap(values, seed=1)
    monkeypatch.setattr(statistics, "CHUNK", 40 * 7)
    assert bootstrap(values) == found


def test_the_interval_covers_the_truth_about_95_times_in_100():
    rng = np.random.default_rng(0)
    inside = [found.low <= 5 <= found.high for found in (bootstrap(rng.normal(5, 2, 40)) for _ in range(200))]
    assert 0.88 <= np.mean(inside) <= 0.99


def test_where_speakers_differ_only_the_interval_over_speakers_covers_the_truth():
    rng = np.random.default_rng(0)
    by_utterance = by_speaker = 0
    for _ in range(100):
        speakers = np.repeat(np.arange(20), 10)
        values = 5 + rng.normal(0, 1, 20)[speakers] + rng.normal(0, 0.3, 200)
        plain, clustered = bootstrap(values), bootstrap_by_speaker(values, [f"s{i}" for i in speakers])
        by_utterance += plain.low <= 5 <= plain.high
        by_speaker += clustered.low <= 5 <= clustered.high
    assert by_utterance < 60 and 85 <= by_speaker <= 99


def test_too_few_speakers_have_no_interval():
    found = bootstrap_by_speaker([1.0, 2.0, 3.0, 4.0], ["a", "b", "c", "d"])
    assert math.isnan(found.low) and found.speakers == 4
    assert bootstrap_by_speaker(range(10), list("aabbccddee")).speakers == 5


def test_resamplings_draw_whole_clusters():
    counts = np.concatenate(list(resamplings(["a", "a", "b", "c"])))
    assert counts.shape == (statistics.RESAMPLES, 4) and (counts[:, 0] == counts[:, 1]).all()
    assert (counts[:, 1:].sum(axis=1) == 3).all() and counts[:, 2].mean() == pytest.approx(1, abs=0.1)


def test_weights_pool_errors_over_all_phones():
    assert bootstrap([0.0, 1.0], weights=[90, 10]).mean == pytest.approx(0.1)
    assert bootstrap([0.0, 1.0], weights=[90, 0]).missing == 1


def test_paired_difference_goes_by_id():
    found = paired_difference({"a": 1.0, "b": 2.0, "c": 9.0}, {"a": 2.0, "b": 3.0, "d": 0.0})
    assert (found.mean, found.low, found.high, found.count, found.missing) == (1.0, 1.0, 1.0, 2, 2)


def test_paired_tests_follow_their_formulas():
    """Student's own example of 1908: hours of sleep gained, t = 4.06 with 9 degrees of freedom, p = 0.0028."""
    sleep = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    found = paired_tests([*sleep, math.nan])
    assert found.t == pytest.approx(0.00283, abs=1e-5) and found.wilcoxon < 0.01
    assert paired_tests([1.0, 2.0, 3.0]).wilcoxon == pytest.approx(0.25)  # the least that three can give
    assert paired_tests([0.0, 0.0]).t == 1 and math.isnan(paired_tests([1.0]).t)


def test_holm_by_hand():
    corrected = holm([0.01, 0.04, math.nan, 0.03, 0.005])
    assert (
        corrected[:2] == pytest.approx([0.03, 0.06])
        and math.isnan(corrected[2])
        and corrected[3:] == pytest.approx([0.06, 0.02])
    )
    assert holm([0.7, 0.8]) == [1.0, 1.0]


def test_holm_keeps_false_alarms_below_5_in_100():
    rng = np.random.default_rng(0)
    alarms = 0
    for _ in range(200):
        p = [paired_tests(rng.normal(size=20)).t for _ in range(6)]
        alarms += min(holm(p)) < 0.05
    assert alarms / 200 < 0.095
