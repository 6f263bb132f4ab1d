"""How far speakers lie from each other and from made-up ones, as cosine distances (Stanton et al. 2021).

    s2s   from a speaker to the nearest other one: how far apart people are
    g2s   from a made-up voice to the nearest speaker: much less than s2s would be a copy, much more would be no voice
    g2g   from a made-up voice to the nearest other one: much less than s2s would be the same voice again and again

Each is the median over the first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class SpawnDistances:
    s2s: float
    g2s: float
    g2g: float


def nearest_distances(vectors: np.ndarray, others: np.ndarray | None = None) -> np.ndarray:
    """Cosine distance [N] of every vector of unit length [N, V] to the nearest of `others` [S, V]; without them to the nearest one of its own
    kind."""
    distance = 1 - vectors @ (vectors if others is None else others).T
    if others is None:
        np.fill_diagonal(distance, np.inf)
    return distance.min(axis=1)


def spawn_distances(speakers: np.ndarray, made: np.ndarray) -> SpawnDistances:
    """The three distances of speakers [S, V] and made-up voices [G, V]."""
    return SpawnDistances(*(float(np.median(found)) for found in
                            (nearest_distances(speakers), nearest_distances(made, speakers), nearest_distances(made))))
