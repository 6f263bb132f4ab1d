import math

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from tts.evaluation.figure import (
    combine,
    correlation_of,
    divergence_of,
    estimate,
    mean_of,
    median_of,
    ratio_of,
    spread_of,
)
from tts.evaluation.statistics import bootstrap

rng = np.random.default_rng(0)
DATA = {f"u{i}": rng.normal(size=(2, rng.integers(3, 9))) for i in range(40)}
X, Y = (np.concatenate([pair[side] for pair in DATA.values()]) for side in (0, 1))


def test_values_are_those_of_the_pooled_data():
    assert correlation_of((n, x, y) for n, (x, y) in DATA.items()).value == pytest.approx(np.corrcoef(X, Y)[0, 1])
    assert spread_of((n, x) for n, (x, _) in DATA.items()).value == pytest.approx(X.std())
    edges = np.arange(-2, 2.1, 0.5)
    p, q = (np.histogram(np.clip(v, -2, 2), edges)[0] / len(v) + 1e-4 for v in (X, Y))
    assert divergence_of(((n, x, y) for n, (x, y) in DATA.items()), edges).value == pytest.approx(
        jensenshannon(p, q, base=2) ** 2
    )
    assert median_of((n, x[0]) for n, (x, _) in DATA.items()).value == pytest.approx(
        np.median([x[0] for x, _ in DATA.values()])
    )
    assert ratio_of([("a", 4.0, 0.0), ("b", 2.0, 0.0)], floor=0.5).value == 6


def test_resampled_values_are_those_of_the_resampled_data():
    names = sorted(DATA)
    counts = np.random.default_rng(1).multinomial(40, np.full(40, 1 / 40), size=3)
    figures = {"r": correlation_of((n, *DATA[n]) for n in names), "median": median_of((n, DATA[n][0][0]) for n in names)}
    for draw in counts:
        drawn = np.repeat(names, draw)
        x, y = (np.concatenate([DATA[n][side] for n in drawn]) for side in (0, 1))
        assert figures["r"].of(draw[None].astype(float))[0] == pytest.approx(np.corrcoef(x, y)[0, 1])
        assert figures["median"].of(draw[None].astype(float))[0] == pytest.approx(np.median([DATA[n][0][0] for n in drawn]))


def test_interval_is_that_of_the_plain_bootstrap():
    values = {n: x.mean() for n, (x, _) in DATA.items()}
    ours, plain = estimate([mean_of(values.items())]), bootstrap(list(values.values()))
    assert ours.mean == pytest.approx(plain.mean)
    assert (ours.low, ours.high) == pytest.approx((plain.low, plain.high), abs=0.02)


def test_a_difference_is_paired():
    far_apart = [(n, 100.0 * i) for i, n in enumerate(DATA)]
    difference = mean_of((n, v + 1) for n, v in far_apart) - mean_of(far_apart)
    found = estimate([difference])
    assert (found.mean, found.low, found.high) == pytest.approx((1, 1, 1))


def test_seeds_are_averaged_over_the_same_draws():
    first = mean_of((n, x.mean()) for n, (x, _) in DATA.items())
    second = combine(lambda a: 10 - a, first)
    found = estimate([first, second])
    assert (found.mean, found.low, found.high) == pytest.approx((5, 5, 5))


def test_what_never_moves_tells_nothing():
    assert correlation_of([("a", np.arange(3.0), np.ones(3))]).value == 0
    assert math.isnan(mean_of([]).value) and math.isnan(mean_of([("a", math.nan)]).value)
