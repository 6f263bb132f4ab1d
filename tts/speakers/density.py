"""Accent → density over speaker vectors, to draw speakers from who are nobody (Stanton et al. 2021, Biliński et al. 2022).

    per-dimension   the paper's: a mixture of Gaussians for every dimension by itself, drawn independently
    joint           one mixture of Gaussians with diagonal covariances over all dimensions, TacoSpawn's
    flow            a few affine couplings over the whole vector

All three are networks of the accent, trained by likelihood on the vectors of the training speakers, and see them in the same
coordinates: the principal axes that hold most of the variance, scaled to deviation 1. How long to train is decided on speakers held
out in turn, whose likelihood is also what densities are compared by; how far their draws lie from speakers and from each other is in distances.py.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from tts.errors import UserError

FAMILIES = ("per-dimension", "joint", "flow")
KEPT_VARIANCE = 0.95
LEAST_DEVIATION = 0.3  # of a component, where speakers' own deviation is 1: no component closes on one speaker
JITTER = 0.15  # added to vectors in training, about as much as recordings of one speaker differ
STEPS, LOOK_EVERY, FOLDS = 150, 10, 4


@dataclass(frozen=True)
class Axes:
    """Principal axes of vectors: mean [V], basis [K, V] (rows of unit length), scale [K]."""

    mean: np.ndarray
    basis: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(cls, vectors: np.ndarray) -> Axes:
        mean = vectors.mean(axis=0)
        _, singular, basis = np.linalg.svd(vectors - mean, full_matrices=False)
        variance = singular**2 / len(vectors)
        most = max(1, len(vectors) // 3)
        count = min(most, 1 + int(np.searchsorted(np.cumsum(variance) / max(variance.sum(), 1e-12), KEPT_VARIANCE)))
        return cls(mean, basis[:count], np.sqrt(np.maximum(variance[:count], 1e-12)))

    def enter(self, vectors: np.ndarray) -> np.ndarray:
        return (vectors - self.mean) @ self.basis.T / self.scale

    def leave(self, coordinates: np.ndarray) -> np.ndarray:
        """Vectors of unit length."""
        vectors = self.mean + coordinates * self.scale @ self.basis
        return (vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)).astype(np.float32)


# -- the three families: x [N, K], accent [N, A] one-hot --------------------------------------------------------------


class Mixture(nn.Module):
    """Mixtures of Gaussians; `joint`: one over all dimensions, else one for each."""

    def __init__(self, dims: int, accents: int, components: int, joint: bool, hidden: int = 256):
        super().__init__()
        self.dims, self.components, self.joint = dims, components, joint
        self.hidden = nn.Sequential(nn.Linear(accents, hidden), nn.Tanh(), nn.Linear(hidden, hidden), nn.Tanh())
        self.weights = nn.Linear(hidden, components if joint else components * dims)
        self.means = nn.Linear(hidden, components * dims)
        self.deviations = nn.Linear(hidden, components * dims)
        nn.init.normal_(self.means.bias, std=0.7)

    def log_prob(self, x: Tensor, accent: Tensor) -> Tensor:
        log_weights, means, deviations = self._mixture(accent)
        each = -0.5 * ((x[:, None] - means) / deviations).square() - deviations.log() - 0.5 * math.log(2 * math.pi)  # [N, Q, K]
        if self.joint:
            return torch.logsumexp(log_weights[..., 0] + each.sum(2), dim=1)
        return torch.logsumexp(log_weights + each, dim=1).sum(1)

    def sample(self, accent: Tensor, chance: torch.Generator) -> Tensor:
        log_weights, means, deviations = self._mixture(accent)
        picked = torch.multinomial(log_weights.exp().transpose(1, 2).flatten(0, 1), 1, generator=chance)
        picked = picked.view(len(accent), 1, -1).expand(-1, 1, self.dims)
        noise = torch.randn(len(accent), self.dims, generator=chance)
        return means.gather(1, picked)[:, 0] + deviations.gather(1, picked)[:, 0] * noise

    def _mixture(self, accent: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Log-weights [N, Q, 1 or K], means and deviations [N, Q, K]."""
        hidden, shape = self.hidden(accent), (len(accent), self.components, -1)
        deviations = LEAST_DEVIATION + nn.functional.softplus(self.deviations(hidden).view(shape))
        return self.weights(hidden).view(shape).log_softmax(1), self.means(hidden).view(shape), deviations


class VectorFlow(nn.Module):
    """Affine couplings over the vector's coordinates, told the accent."""

    def __init__(self, dims: int, accents: int, steps: int = 4, hidden: int = 64):
        super().__init__()
        self.half, self.dims = dims // 2, dims
        self.base = nn.Linear(accents, 2 * dims)  # where the accent lies, and how wide
        self.nets = nn.ModuleList(nn.Sequential(nn.Linear(self.half + accents, hidden), nn.Tanh(),
                                                nn.Linear(hidden, 2 * (dims - self.half)))
                                  for _ in range(steps))
        for last in [self.base, *(net[-1] for net in self.nets)]:
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def log_prob(self, x: Tensor, accent: Tensor) -> Tensor:
        log_det = x.new_zeros(len(x))
        for net in self.nets:
            kept, changed = x[:, :self.half], x[:, self.half:]
            log_scale, shift = self._coupling(net, kept, accent)
            x = torch.cat([changed * log_scale.exp() + shift, kept], dim=1)
            log_det = log_det + log_scale.sum(1)
        mean, log_scale = self._base(accent)
        z = (x - mean) * torch.exp(-log_scale)
        return log_det - log_scale.sum(1) - 0.5 * z.square().sum(1) - 0.5 * self.dims * math.log(2 * math.pi)

    def sample(self, accent: Tensor, chance: torch.Generator) -> Tensor:
        mean, log_scale = self._base(accent)
        x = mean + log_scale.exp() * torch.randn(len(accent), self.dims, generator=chance)
        for net in reversed(self.nets):
            changed, kept = x[:, :self.dims - self.half], x[:, self.dims - self.half:]
            log_scale, shift = self._coupling(net, kept, accent)
            x = torch.cat([kept, (changed - shift) * torch.exp(-log_scale)], dim=1)
        return x

    def _base(self, accent: Tensor) -> tuple[Tensor, Tensor]:
        mean, raw = self.base(accent).chunk(2, dim=1)
        return mean, torch.tanh(raw)

    def _coupling(self, net: nn.Module, kept: Tensor, accent: Tensor) -> tuple[Tensor, Tensor]:
        raw, shift = net(torch.cat([kept, accent], dim=1)).chunk(2, dim=1)
        return torch.tanh(raw), shift


def make_network(family: str, dims: int, accents: int, speakers: int) -> nn.Module:
    components = max(1, min(10, speakers // (8 * accents)))  # the paper's 10 where there are speakers enough to place them
    if family == "flow":
        return VectorFlow(dims, accents)
    return Mixture(dims, accents, components, joint=family == "joint")


# -- fitting -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SpeakerDensity:
    """A fitted density. held_out: mean log-density of speakers held out in turn, nats per dimension, in the common coordinates."""

    family: str
    accents: tuple[str, ...]
    axes: Axes
    network: nn.Module
    held_out: float

    @torch.inference_mode()
    def log_density(self, vectors: np.ndarray, accent: str) -> np.ndarray:
        """ln p(vector | accent) [N] of vectors [N, V], nats."""
        x = torch.from_numpy(self.axes.enter(vectors).astype(np.float32))
        return self.network.log_prob(x, self._told(accent, len(x))).numpy()

    @torch.inference_mode()
    def sample(self, accent: str, count: int, seed: int) -> np.ndarray:
        """Vectors [count, V] of unit length; the same seed draws the same."""
        chance = torch.Generator().manual_seed(seed)
        drawn = torch.cat([self.network.sample(self._told(accent, 1), chance) for _ in range(count)])
        return self.axes.leave(drawn.numpy().astype(np.float64))

    def _told(self, accent: str, count: int) -> Tensor:
        if accent not in self.accents:
            near = difflib.get_close_matches(accent, self.accents, n=1)
            raise UserError(f"no speaker of the accent {accent!r} to learn from" + (f"; did you mean {near[0]}?" if near else "")
                            + f"; known: {', '.join(self.accents)}")
        return nn.functional.one_hot(torch.full((count,), self.accents.index(accent)), len(self.accents)).float()


def fit_density(vectors: dict[str, np.ndarray], accents: dict[str, str], family: str = "joint", seed: int = 0) -> SpeakerDensity:
    """The density of speakers' vectors given their accents, both by name."""
    if family not in FAMILIES:
        raise UserError(f"no density {family!r}; expected {', '.join(FAMILIES)}")
    if len(vectors) < 2 * FOLDS:
        raise UserError(f"{len(vectors)} speakers are too few to learn what speakers are like; at least {2 * FOLDS} are needed, and tens are better")
    names = sorted(vectors)
    rows, known = np.stack([vectors[name] for name in names]).astype(np.float64), tuple(sorted({accents[name] for name in names}))
    told = nn.functional.one_hot(torch.tensor([known.index(accents[name]) for name in names]), len(known)).float()
    axes = Axes.of(rows)
    x = torch.from_numpy(axes.enter(rows).astype(np.float32))
    fold = torch.from_numpy(np.random.default_rng(seed).permutation(len(names)) % FOLDS)
    curves = [_train(family, x[fold != k], told[fold != k], STEPS, seed, x[fold == k],
                     told[fold == k])[1] * float((fold == k).sum()) for k in range(FOLDS)]
    curve = sum(curves) / len(names)
    best = int(curve.argmax())
    network, _ = _train(family, x, told, best * LOOK_EVERY, seed)
    return SpeakerDensity(family, known, axes, network, float(curve[best]) / x.shape[1])


def _train(family: str, x: Tensor, told: Tensor, steps: int, seed: int, held_x: Tensor | None = None,
           held_told: Tensor | None = None) -> tuple[nn.Module, np.ndarray]:
    """(the trained network, mean log-density of the held-out vectors at every look)."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = make_network(family, x.shape[1], told.shape[1], len(x))
        optimizer, looks = torch.optim.AdamW(network.parameters(), lr=7e-3, weight_decay=0.01), []
        for step in range(steps + 1):
            if held_x is not None and step % LOOK_EVERY == 0:
                with torch.no_grad():
                    looks.append(float(network.log_prob(held_x, held_told).mean()))
            if step == steps:
                break
            loss = -network.log_prob(x + JITTER * torch.randn_like(x), told).mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
    return network.eval(), np.array(looks)
