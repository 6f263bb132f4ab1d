"""The tests agree with scipy and statsmodels, and err as often as they say."""

import numpy as np
import pytest
from scipy import stats

from benchmarks.listening import type_one
from tts.evaluation.statistics import holm_rows as holm
from tts.mushra.power import PUBLISHED
from tts.mushra.significance import Components, crossed_t, crossed_variances, observations, paired_t, wilcoxon


def test_t_and_wilcoxon_are_those_of_scipy():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 101, (2, 30)), rng.integers(0, 101, (2, 30))
    known = stats.ttest_rel(a, b, axis=1)
    found = paired_t(a - b)
    assert found.t == pytest.approx(known.statistic) and found.p == pytest.approx(known.pvalue)
    interval = known.confidence_interval()
    assert found.low == pytest.approx(interval.low) and found.high == pytest.approx(interval.high)
    assert wilcoxon(a - b) == pytest.approx([stats.wilcoxon(x, y).pvalue for x, y in zip(a, b)])


def test_missing_ratings_are_left_out():
    values = np.array([1.0, np.nan, 4.0, 2.0])
    assert paired_t(values).p == pytest.approx(stats.ttest_1samp([1.0, 4.0, 2.0], 0).pvalue)
    assert wilcoxon(values) == pytest.approx(stats.wilcoxon([1.0, 4.0, 2.0]).pvalue)
    assert observations(np.array([[1.0, np.nan, 3.0], [np.nan] * 3]), "listener") == pytest.approx([2.0, np.nan], nan_ok=True)


def test_nothing_and_certainty():
    assert paired_t(np.zeros(5)).p == 1 and wilcoxon(np.zeros(5)) == 1  # identical systems
    assert paired_t(np.full(5, 2.0)).p == 0
    assert np.isnan(paired_t(np.array([3.0])).p) and np.isnan(wilcoxon(np.array([3.0])))
    assert np.isnan(crossed_t(np.ones((4, 1))).p)  # one item says nothing of others


def test_variances_are_those_of_the_two_way_analysis():
    d = np.random.default_rng(0).normal(2, 1, (12, 9)) + np.random.default_rng(1).normal(0, 1, (12, 1))
    mean = d.mean()
    listeners, items = 9 * ((d.mean(1) - mean) ** 2).sum() / 11, 12 * ((d.mean(0) - mean) ** 2).sum() / 8
    rest = ((d - d.mean(1, keepdims=True) - d.mean(0) + mean) ** 2).sum() / 88
    found = crossed_variances(d)
    assert (found.listener, found.item, found.residual) == pytest.approx(((listeners - rest) / 9, (items - rest) / 12, rest))


def test_variances_without_bias_where_ratings_are_missing():
    rng = np.random.default_rng(0)
    d = rng.normal(0, 1.0, (3000, 12, 1)) + rng.normal(0, 2.0, (3000, 1, 9)) + rng.normal(0, 3.0, (3000, 12, 9))
    d[rng.random(d.shape) < 0.4] = np.nan
    found = crossed_variances(d)
    assert (found.listener.mean(), found.item.mean(), found.residual.mean()) == pytest.approx((1, 4, 9), rel=0.06)


def test_holm_is_that_of_statsmodels():
    multitest = pytest.importorskip("statsmodels.stats.multitest", reason="statsmodels is not installed")
    p = np.random.default_rng(0).uniform(size=(4, 7)) ** 3
    assert holm(p) == pytest.approx(np.array([multitest.multipletests(row, method="holm")[1] for row in p]))
    assert holm(np.array([0.01, np.nan, 0.04])) == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)


@pytest.mark.parametrize("components", [PUBLISHED, Components(0, 0, 20)])
def test_the_whole_analysis_errs_in_three_to_seven_of_a_hundred(components):
    """1,000 tests of three systems that are alike, 40 listeners of whom 8 careless, screening and correction included."""
    shares = type_one(np.random.default_rng(1), 1000, 20, components, new_items=False)
    assert 0.03 <= shares["t"] <= 0.07
    assert 0.03 <= shares["wilcoxon"] <= 0.07


def test_what_each_unit_speaks_for():
    """Single ratings find too much where tastes differ; listener means do where items are a sample, and the crossed test does
    not."""
    assert type_one(np.random.default_rng(1), 500, 20, PUBLISHED, new_items=False, unit="rating")["t"] > 0.12
    shares = type_one(np.random.default_rng(1), 500, 20, Components(10, 10, 20), new_items=True)
    assert shares["t"] > 0.12 and 0.02 <= shares["crossed"] <= 0.07
