"""Densities over speaker vectors against distributions that are known."""

import dataclasses
import math

import numpy as np
import pytest
import torch

from tts.errors import UserError
from tts.speakers.density import FAMILIES, Axes, fit_density, make_network
from tts.speakers.distances import nearest_distances, spawn_distances


def crossed(count: int, seed: int) -> tuple[dict, dict]:
    """Speakers of two accents on either side, each in three groups at the corners of a triangle, whose dimensions depend on each other however
    they are turned."""
    rng, vectors, accents = np.random.default_rng(seed), {}, {}
    for number in range(count):
        accent, corner = number % 2, 2 * np.pi * (number // 2 % 3) / 3
        row = np.array([2.0, accent * 2 - 1, 1.2 * np.cos(corner), 1.2 * np.sin(corner)]) + 0.1 * rng.standard_normal(4)
        vectors[f"s{number:03d}"] = (row / np.linalg.norm(row)).astype(np.float32)
        accents[f"s{number:03d}"] = ("en-gb", "en-us")[accent]
    return vectors, accents


@pytest.fixture(scope="module")
def fitted():
    vectors, accents = crossed(120, 0)
    return {family: fit_density(vectors, accents, family) for family in FAMILIES}


def test_what_knows_of_several_dimensions_at_once_explains_unheard_speakers_better(fitted):
    gain = {family: fitted[family].held_out - fitted["per-dimension"].held_out for family in ("joint", "flow")}
    assert min(gain.values()) > 0.02


@pytest.mark.parametrize("family", FAMILIES)
def test_draws_have_the_accent_that_was_asked_for_and_repeat(fitted, family):
    density = fitted[family]
    british, american = density.sample("en-gb", 200, 1), density.sample("en-us", 200, 1)
    assert (british[:, 1] < 0).mean() > 0.95 and (american[:, 1] > 0).mean() > 0.95
    np.testing.assert_allclose(np.linalg.norm(british, axis=1), 1, atol=1e-5)
    assert np.array_equal(density.sample("en-gb", 5, 7), density.sample("en-gb", 5, 7))
    assert not np.array_equal(density.sample("en-gb", 5, 7), density.sample("en-gb", 5, 8))
    assert density.log_density(british, "en-gb").mean() > density.log_density(british, "en-us").mean() + 1


@pytest.mark.parametrize("family", FAMILIES)
def test_densities_integrate_to_one(family):
    torch.manual_seed(0)
    network = make_network(family, 2, 2, 200)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.15)
    edge = torch.arange(-12, 12, 0.1)
    grid = torch.cartesian_prod(edge, edge)
    with torch.inference_mode():
        total = network.log_prob(grid, torch.tensor([[1.0, 0.0]]).expand(len(grid), -1)).exp().sum() * 0.1**2
        assert total.item() == pytest.approx(1, abs=1e-2)
        drawn = network.sample(torch.tensor([[1.0, 0.0]]).expand(4000, -1), torch.Generator().manual_seed(0))
        weight = network.log_prob(grid, torch.tensor([[1.0, 0.0]]).expand(len(grid), -1)).exp() * 0.1**2
        assert torch.allclose(drawn.mean(0), (weight[:, None] * grid).sum(0), atol=0.12)  # what is drawn is what is scored


def test_axes_go_there_and_back():
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((60, 3)) @ rng.standard_normal((3, 8))
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    axes = Axes.of(vectors)
    coordinates = axes.enter(vectors)
    assert len(axes.scale) <= 4 and np.allclose(coordinates.std(axis=0), 1, atol=1e-6)
    assert (np.sum(axes.leave(coordinates) * vectors, axis=1) > 0.9).all()


def test_distances_of_known_voices():
    speakers = np.eye(3, dtype=np.float32)
    found = spawn_distances(speakers, np.concatenate([speakers[:2], speakers[:1]]))
    assert dataclasses.astuple(found) == pytest.approx((1, 0, 0))
    halfway = np.array([[math.sqrt(0.5), math.sqrt(0.5), 0]])
    assert nearest_distances(halfway, speakers)[0] == pytest.approx(1 - math.sqrt(0.5))


def test_what_cannot_be_learned_or_asked_for_is_said(fitted):
    with pytest.raises(UserError, match="did you mean en-gb"):
        fitted["joint"].sample("en-g", 1, 0)
    with pytest.raises(UserError, match="too few"):
        fit_density(*crossed(6, 0))
    with pytest.raises(UserError, match="no density"):
        fit_density(*crossed(20, 0), family="gmm")
