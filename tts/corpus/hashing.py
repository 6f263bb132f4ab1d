"""Hashes that do not change from run to run, and duplicates found among millions of them in eight bytes each."""

from __future__ import annotations

from array import array
from hashlib import blake2b

import numpy as np


def hash64(data: str | bytes) -> int:
    """64 bits of a text or of bytes; the same on every machine and in every run. Never 0, which stands for "nothing"."""
    data = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little") or 1


def duplicates(hashes: array) -> list[tuple[int, int]]:
    """(first row, later row) for every row whose hash occurred before, by later row; zeros never count."""
    values = np.frombuffer(hashes, dtype=np.uint64) if len(hashes) else np.zeros(0, dtype=np.uint64)
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    repeats = np.flatnonzero((ranked[1:] == ranked[:-1]) & (ranked[1:] != 0)) + 1
    firsts = order[np.searchsorted(ranked, ranked[repeats])]
    return sorted(zip(firsts.tolist(), order[repeats].tolist()), key=lambda pair: pair[1])
