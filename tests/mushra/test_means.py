"""Means with intervals that hold what they promise, and the gap that a system closes."""

import numpy as np
import pytest

from tests.helpers.listeners import table_of
from tts.mushra.means import gap_reductions, summarise


def test_gap_reduction_of_a_published_table():
    """Comini et al. 2022, French male voice: 68.67, 56.51 and 59.14 are printed as 21.7 %."""
    rng = np.random.default_rng(0)
    scores = np.array([68.67, 56.51, 59.14]) + rng.normal(0, 5, (20, 1, 1)) + np.zeros((1, 10, 1))
    scores += 56.51 - scores[:, :, 1].mean()
    gap = gap_reductions(table_of(scores, ["reference", "base", "ours"]), "base", seed=0)
    assert gap[0].value == pytest.approx(21.63, abs=0.01) and gap[0].low == pytest.approx(
        gap[0].high
    )  # every listener has the same gap
    noisy = scores + rng.normal(0, 10, scores.shape)
    row = gap_reductions(table_of(noisy, ["reference", "base", "ours"]), "base", seed=0)[0]
    assert row.low < row.value < row.high
    none = gap_reductions(table_of(scores[:, :, [1, 0, 2]], ["reference", "base", "ours"]), "base", seed=0)[0]
    assert np.isnan(none.value) and "no gap" in none.why
    doubtful = scores.copy()
    doubtful[:, :, 0] = doubtful[:, :, 1] + rng.normal(0.1, 20, (20, 1))
    if doubtful[:, :, 0].mean() > doubtful[:, :, 1].mean():
        assert "includes 0" in gap_reductions(table_of(doubtful, ["reference", "base", "ours"]), "base", seed=0)[0].why


def test_intervals_of_means_hold_the_truth():
    rng = np.random.default_rng(0)
    held = []
    for _ in range(200):
        scores = 60 + rng.normal(0, 8, (24, 1, 1)) + rng.normal(0, 20, (24, 10, 1))
        row = summarise(table_of(scores, ["a"]), "", "", seed=0)[0]
        held.append(row.low <= 60 <= row.high)
    assert 0.89 <= np.mean(held) <= 0.98
