"""The secondary VAE of LCPVAE (Karanasou et al. 2021): what to expect of the latents of a style, before anything is heard.

    one-hot style ─→ feed-forward ─→ μ_c, σ_c ─→ z_c = μ_c + σ_c ε ─→ feed-forward ─→ style      cross-entropy

The primary encoder's μ, σ then move and scale what the prior draws: z = μ + σ z_c, so the posterior is N(μ + σ μ_c, (σ σ_c)²), and where
the recording has nothing to add (μ = 0, σ = 1) it is the prior itself.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.models.layers.gaussian import Gaussian, gaussian_layer, kl_between


class StylePrior(nn.Module):
    """style [B] → Gaussian [B, Z], and back."""

    def __init__(self, styles: int, latent_dim: int, dim: int):
        super().__init__()
        self.styles = styles
        self.encoder = nn.Sequential(nn.Linear(styles, dim), nn.ReLU(), nn.Linear(dim, dim), nn.ReLU(), gaussian_layer(dim, latent_dim))
        self.decoder = nn.Sequential(nn.Linear(latent_dim, dim), nn.ReLU(), nn.Linear(dim, dim), nn.ReLU(), nn.Linear(dim, styles))

    def forward(self, style: Tensor) -> Gaussian:
        return Gaussian.from_parameters(self.encoder(functional.one_hot(style, self.styles).float()))

    def tell(self, latent: Tensor) -> Tensor:
        """latent [B, Z] → logits of the style [B, S]."""
        return self.decoder(latent)

    @torch.no_grad()
    def centres(self) -> Tensor:
        """μ_c of every style [S, Z]."""
        return self(torch.arange(self.styles, device=self.decoder[0].weight.device)).mean


def moved(prior: Gaussian, primary: Gaussian) -> Gaussian:
    """The posterior of z = μ + σ z_c, where `primary` is N(μ, σ²) and z_c is distributed as `prior`."""
    scale = torch.exp(0.5 * primary.log_variance)
    return Gaussian(primary.mean + scale * prior.mean, primary.log_variance + prior.log_variance)


def kl_to_prior(prior: Gaussian, primary: Gaussian) -> Tensor:
    """KL(posterior ‖ prior) [B] in nats; the prior is not moved by it, only the posterior is.

    Per dimension −log σ + ½ (σ² + ((μ + (σ − 1) μ_c) / σ_c)² − 1), which is 0 at μ = 0, σ = 1.
    """
    frozen = Gaussian(prior.mean.detach(), prior.log_variance.detach())
    return kl_between(moved(frozen, primary), frozen)
