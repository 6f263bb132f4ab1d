"""How latents lie: do those of a style lie together, whatever the language and whoever speaks?

Every figure is a mean of one value per utterance, so that it can be resampled over utterances; distances are of the cosine, from the mean of
all latents.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tts.evaluation.claims.probe import probe
from tts.evaluation.figure import Figure, combine, mean_of

NEIGHBOURS = 10


@dataclass(frozen=True)
class Latent:
    """What an encoder says of a recording it was not trained on: posterior mean and deviation [Z], and what is known of it."""

    id: str
    speaker: str
    language: str
    style: str
    mean: np.ndarray
    deviation: np.ndarray


def distances(points: np.ndarray) -> np.ndarray:
    """Cosine distances [N, N] of points [N, Z] seen from their mean."""
    centred = points - points.mean(0)
    directions = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-12)
    return 1 - directions @ directions.T


def silhouette(latents: list[Latent], label: str) -> Figure:
    """Mean of (b − a) / max(a, b): a the mean distance to others of the label, b that to the nearest other label."""
    labels = np.array([getattr(item, label) for item in latents])
    between = distances(np.stack([item.mean for item in latents]))
    names = sorted(set(labels))
    sums = np.stack([between[:, labels == name].sum(1) for name in names], axis=1)
    counts = np.array([(labels == name).sum() for name in names])
    own = np.array([names.index(name) for name in labels])
    rows = np.arange(len(latents))
    a = sums[rows, own] / np.maximum(counts[own] - 1, 1)
    others = sums / counts
    others[rows, own] = np.inf
    b = others.min(1)
    values = np.where((counts[own] > 1) & np.isfinite(b), (b - a) / np.maximum(np.maximum(a, b), 1e-12), 0.0)
    return mean_of((item.id, float(value)) for item, value in zip(latents, values))


def retrieval(latents: list[Latent]) -> Figure:
    """Share of the nearest latents of the other languages that have the same style."""
    between = distances(np.stack([item.mean for item in latents]))
    styles, languages = (np.array([getattr(item, name) for item in latents]) for name in ("style", "language"))
    found = []
    for row, item in enumerate(latents):
        foreign = np.flatnonzero(languages != item.language)
        nearest = foreign[np.argsort(between[row, foreign], kind="stable")[:NEIGHBOURS]]
        if len(nearest):
            found.append((item.id, float((styles[nearest] == item.style).mean())))
    return mean_of(found)


def within_styles(latents: list[Latent], label: str, drawn: bool) -> tuple[Figure, Figure] | None:
    """(how much better than chance a probe tells the label among utterances of one style, its accuracy), means over styles. `drawn`: from
    draws of the posteriors, which is what a decoder hears in training; else from their means. None where there is nothing to tell."""
    gains, accuracies = [], []
    for style in sorted({item.style for item in latents}):
        items = []
        for item in latents:
            if item.style == style:
                noise = np.random.default_rng(len(items)).standard_normal(len(item.mean)) if drawn else 0.0
                items.append((item.id, getattr(item, label), (item.mean + noise * item.deviation)[None]))
        found = probe(items)
        if found is not None:
            gains.append(combine(lambda a, chance=found.balanced_chance: a - chance, found.balanced))
            accuracies.append(found.balanced)
    return (_mean(gains), _mean(accuracies)) if gains else None


def _mean(figures: list[Figure]) -> Figure:
    return combine(lambda *values: np.nanmean(values, axis=0), *figures)


def principal_axes(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(points [N, 2] on their two principal axes, share of the variance on each)."""
    centred = points - points.mean(0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    return u[:, :2] * s[:2], (s[:2] ** 2) / max(float((s**2).sum()), 1e-12)
