"""The mixed model finds the effects and deviations that were put in."""

import numpy as np
import pytest

from tests.helpers.listeners import table_of


def test_mixed_model_finds_what_was_put_in():
    pytest.importorskip("statsmodels", reason="statsmodels is not installed")
    from tts.mushra.mixed_model import fit

    rng = np.random.default_rng(0)
    scores = (
        np.array([50.0, 54.0, 50.0])
        + rng.normal(0, 12, (30, 1, 1))
        + rng.normal(0, 4, (1, 30, 1))
        + rng.normal(0, 8, (30, 30, 3))
    )
    found = fit(table_of(scores, ["a", "b", "c"]), ["a", "b", "c"], "a")
    assert found.converged and (found.listener_sd, found.item_sd, found.residual_sd) == pytest.approx((12, 4, 8), rel=0.3)
    means = scores.mean(axis=(0, 1))
    assert [effect.difference for effect in found.effects] == pytest.approx([means[1] - means[0], means[2] - means[0]], abs=1e-3)
    assert found.effects[0].p < 1e-6 < found.effects[1].p and found.p < 1e-6
