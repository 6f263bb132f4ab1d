"""Gaussians, pooling and recurrence against answers that are known."""

import pytest
import torch

from tts.models.layers.convolution import FEW_NUMBERS, MANY_NUMBERS, NARROW, Convolution
from tts.models.layers.gaussian import Gaussian, kl_between, kl_to_standard, log_density
from tts.models.layers.pooling import pool_segments, segment_lengths
from tts.models.layers.recurrent import BiGru


def test_closed_forms_agree_with_monte_carlo():
    torch.manual_seed(0)
    p = Gaussian(torch.tensor([[0.3, -1.0]]), torch.tensor([[-0.5, 0.4]]))
    q = Gaussian(torch.tensor([[-0.2, 0.5]]), torch.tensor([[0.3, 0.9]]))
    draws = Gaussian(p.mean.expand(400_000, 2), p.log_variance.expand(400_000, 2)).sample()
    standard = Gaussian(torch.zeros(1, 2), torch.zeros(1, 2))
    assert kl_between(p, q).item() == pytest.approx((log_density(draws, p) - log_density(draws, q)).mean().item(), abs=0.01)
    assert kl_to_standard(p).item() == pytest.approx(kl_between(p, standard).item())
    assert kl_between(p, p).item() == pytest.approx(0, abs=1e-6)


def test_a_gaussian_without_temperature_is_its_mean():
    p = Gaussian.from_parameters(torch.tensor([[1.0, 2.0, 50.0, -50.0]]))
    assert p.sample(0.0).tolist() == [[1.0, 2.0]]
    assert p.log_variance.max() <= 3.0 and p.log_variance.min() >= -9.0


STATES = torch.arange(12.0).view(1, 6, 2)  # forward half 0 2 4 6 8 10, backward half 1 3 5 7 9 11
LENGTHS = torch.tensor([[2, 0, 3, 1]])


@pytest.mark.parametrize(("how", "expected"), [
    ("boundary", [[2, 1], [0, 0], [8, 5], [10, 11]]),  # forward at the last step, backward at the first
    ("middle", [[0, 1], [0, 0], [6, 7], [10, 11]]),
    ("mean", [[1, 2], [0, 0], [6, 7], [10, 11]])])
def test_pooling(how, expected):
    assert pool_segments(STATES, LENGTHS, how).tolist() == [expected]


def test_segment_lengths_add_up_over_segments():
    assert segment_lengths(torch.tensor([[0, 0, 2, 2, 2]]), torch.tensor([[1, 2, 3, 4, 0]]), 4).tolist() == [[3, 0, 7, 0]]


def test_recurrence_does_not_see_padding():
    torch.manual_seed(0)
    gru, x = BiGru(3, 4), torch.randn(2, 7, 3)
    mask = torch.arange(7) < torch.tensor([7, 4])[:, None]
    alone, padded = gru(x[1:, :4], mask[1:, :4]), gru(x, mask)
    assert torch.allclose(padded[1, :4], alone[0], atol=1e-6)
    assert not padded[1, 4:].any()


def test_recurrence_is_that_of_packed_sequences_with_their_gradients():
    torch.manual_seed(0)
    gru, mask = BiGru(3, 4).double(), torch.arange(9) < torch.tensor([9, 5, 1])[:, None]
    zeros, results = torch.zeros((), dtype=torch.double), []
    for way in (lambda x: gru._packed(x, mask.sum(1)), lambda x: gru._learning(x, mask)):
        x = torch.randn(3, 9, 3, generator=torch.Generator().manual_seed(1), dtype=torch.double, requires_grad=True)
        states = torch.where(mask[..., None], way(x), zeros)
        results.append((states, *torch.autograd.grad(states.square().sum(), [x, *gru.parameters()])))
    for packed, *others in zip(*results):
        assert all(torch.allclose(packed, other, atol=1e-12) for other in others)


def test_recurrence_says_the_same_whether_it_learns_or_not():
    torch.manual_seed(0)
    gru, x, mask = BiGru(3, 4), torch.randn(2, 7, 3), torch.arange(7) < torch.tensor([7, 4])[:, None]
    learning = gru(x, mask)
    with torch.no_grad():
        assert learning.requires_grad and torch.allclose(learning, gru(x, mask), atol=1e-6)


def test_recurrence_passes_on_what_is_no_number():
    """A loss that is NaN is the training loop's to deal with."""
    gru, x, mask = BiGru(3, 4), torch.randn(1, 5, 3), torch.ones(1, 5, dtype=torch.bool)
    x[0, 2] = float("nan")
    states = gru(x.requires_grad_(), mask)
    states.sum().backward()
    assert states.isnan().any() and x.grad.isnan().any()


@pytest.mark.parametrize(("kernel", "dilation"), [(3, 1), (3, 2), (5, 4), (1, 2)])
def test_a_short_convolution_is_the_same_whichever_way_it_is_done(kernel, dilation):
    torch.manual_seed(0)
    for channels, steps in ((6, 1), (6, 2), (6, 9), (6, FEW_NUMBERS // 6 + 1), (6, MANY_NUMBERS // 6 + 1), (NARROW + 1, 9), (NARROW + 1, FEW_NUMBERS // NARROW)):
        conv = Convolution(channels, 8, kernel, padding=dilation * (kernel // 2), dilation=dilation)
        x = torch.randn(1, channels, steps)
        with torch.inference_mode():
            torch.testing.assert_close(conv(x), torch.nn.Conv1d.forward(conv, x), rtol=1e-4, atol=1e-5)
    x = torch.randn(1, channels, 9, requires_grad=True)
    conv(x).sum().backward()
    assert x.grad.abs().sum() > 0
