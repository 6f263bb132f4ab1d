"""Diagonal Gaussians: what an encoder believes of a latent, how to draw from it, how far two beliefs lie apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

LOG_2_PI = math.log(2 * math.pi)
FIRST_LOG_VARIANCE = -3.0  # where posteriors begin: nearly certain, for a decoder that is fed noise learns late
LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE = -9.0, 3.0  # a standard deviation from 0.011 to 4.5


@dataclass(frozen=True)
class Gaussian:
    """mean and log_variance [.., Z]."""

    mean: Tensor
    log_variance: Tensor

    @classmethod
    def from_parameters(cls, parameters: Tensor) -> Gaussian:
        """[.., 2Z] as a network gives them; the log-variance is kept within bounds without cutting its gradient at once."""
        mean, raw = parameters.float().chunk(2, dim=-1)
        middle, reach = (MOST_LOG_VARIANCE + LEAST_LOG_VARIANCE) / 2, (MOST_LOG_VARIANCE - LEAST_LOG_VARIANCE) / 2
        return cls(mean, middle + reach * torch.tanh((raw - middle) / reach))

    def sample(self, temperature: float = 1.0) -> Tensor:
        """A draw [.., Z]; `temperature` multiplies the standard deviation, 0 gives the mean."""
        return self.mean + temperature * torch.exp(0.5 * self.log_variance) * torch.randn_like(self.mean)


def gaussian_layer(enter_dim: int, latent_dim: int) -> nn.Linear:
    """The layer that gives `Gaussian.from_parameters` its parameters, beginning with little spread."""
    layer = nn.Linear(enter_dim, 2 * latent_dim)
    nn.init.constant_(layer.bias[latent_dim:], FIRST_LOG_VARIANCE)
    return layer


def kl_to_standard(q: Gaussian) -> Tensor:
    """KL(q ‖ N(0, I)) per vector [..], in nats."""
    return 0.5 * (q.mean.square() + q.log_variance.exp() - q.log_variance - 1).sum(-1)


def kl_between(p: Gaussian, q: Gaussian) -> Tensor:
    """KL(p ‖ q) per vector [..], in nats."""
    difference = (p.mean - q.mean).square()
    return 0.5 * (q.log_variance - p.log_variance + (p.log_variance.exp() + difference) / q.log_variance.exp() - 1).sum(-1)


def log_density(value: Tensor, p: Gaussian) -> Tensor:
    """log p(value) per vector [..], in nats."""
    return -0.5 * ((value - p.mean).square() / p.log_variance.exp() + p.log_variance + LOG_2_PI).sum(-1)
