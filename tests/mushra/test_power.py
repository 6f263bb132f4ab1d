"""What is calculated beforehand is what simulated listeners show."""

import math

import numpy as np
import pytest
from scipy import stats

from benchmarks.listening import found_share
from tests.helpers.listeners import Population, honest
from tts.errors import UserError
from tts.mushra.pairs import components_of
from tts.mushra.power import PUBLISHED, detectable_difference, detectable_share, listeners_needed, power
from tts.mushra.scores import ScoreTable
from tts.mushra.significance import Components

FIXED_ITEMS = Components(PUBLISHED.listener_system, 0.0, PUBLISHED.residual)


def test_power_is_that_of_the_paired_t_test():
    tt = pytest.importorskip("statsmodels.stats.power", reason="statsmodels is not installed")
    deviation = math.sqrt(2 * (5**2 + 20**2 / 20))
    assert power(6, 24, 20) == pytest.approx(tt.TTestPower().power(6 / deviation, 24, 0.025, alternative="larger"), abs=1e-6)


@pytest.mark.parametrize("listeners, items, wanted", [(8, 10, 0.5), (15, 20, 0.8), (24, 20, 0.8), (40, 30, 0.5)])
def test_simulated_listeners_show_the_calculated_power(listeners, items, wanted):
    points = detectable_difference(listeners, items, wanted=wanted)
    assert power(points, listeners, items) == pytest.approx(wanted, abs=1e-3)
    found = found_share(np.random.default_rng(2), 1000, listeners, items, points, FIXED_ITEMS)
    assert found["t"] == pytest.approx(wanted, abs=0.05)


def test_power_of_the_crossed_test():
    points = detectable_difference(24, 20, unit="crossed")
    assert points > detectable_difference(24, 20)
    found = found_share(np.random.default_rng(2), 1000, 24, 20, points, PUBLISHED)
    assert found["crossed"] == pytest.approx(0.8, abs=0.05)


def test_more_of_anything_shows_smaller_differences():
    assert detectable_difference(48, 20) < detectable_difference(24, 20) < detectable_difference(24, 20, systems=5)
    assert detectable_difference(24, 40) < detectable_difference(24, 20)
    assert detectable_difference(24, 20, kind="mos") == pytest.approx(0.04 * detectable_difference(24, 20), rel=0.01)
    assert detectable_difference(2, 1, systems=8) == math.inf
    needed = listeners_needed(4, 20)
    assert power(4, needed, 20) >= 0.8 > power(4, needed - 1, 20)
    assert listeners_needed(0.01, 20, most=50) is None


def test_share_that_a_binomial_test_shows():
    share = detectable_share(100)
    assert stats.binom.sf(60, 100, share) == pytest.approx(0.8, abs=1e-6)  # 61 of 100 is the first with two-sided p < 0.05
    assert stats.binomtest(61, 100).pvalue < 0.05 < stats.binomtest(60, 100).pvalue
    assert detectable_share(100, two_sided=False) < share and detectable_share(5) == math.inf


def test_variances_come_back_from_results():
    truth = Components(6.0, 4.0, 15.0)
    scores = honest(np.random.default_rng(0), 1, 200, 60, Population(components=truth, range=0.0, bias=3.0))[0][:, :, 1:-1]
    names = ["a", "b", "c"]
    found = components_of(
        ScoreTable(list(map(str, range(200))), list(map(str, range(60))), names, scores, [""] * 60, [""] * 60), names
    )
    assert (found.listener_system, found.item_system, found.residual) == pytest.approx((6, 4, 15), rel=0.12)


def test_too_small_a_test_is_a_sentence():
    with pytest.raises(UserError, match="2 listeners, 1 item and 2 systems"):
        detectable_difference(1, 20)
