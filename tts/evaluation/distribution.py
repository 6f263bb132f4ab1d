"""How far two distributions of F0 lie apart, when nobody says which frame belongs to which: expressive range, not imitation.

    KLD(P‖Q)     Σ P log₂ P/Q over histograms of voiced F0, 4 Hz bins from 60 to 500 Hz, 1e-4 added to each bin; both ways
    JSD          the symmetric divergence from the histograms' mean, 0 to 1 bit
    Wasserstein  mean distance of equal quantiles, in semitones; of delta-F0 in semitones per second
    spread ratio standard deviation of log-F0 about each speaker's mean, over the reference's

The noise floor is the same distance between random halves of the reference, each speaker's halved: a gain below it is none.
Everything is a function of histograms that add up over utterances, so intervals come from drawing utterances.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from tts.evaluation.figure import EMPTY_BIN, Figure

HZ_EDGES = np.arange(60.0, 500.1, 4.0)
LOW_ST, HIGH_ST, BINS_PER_ST = -18, 42, 10  # semitones re 100 Hz: 35 to 1131 Hz
LARGEST_DELTA_ST, DELTA_BINS_PER_ST = 3, 100  # per frame; larger steps count as this
HALVINGS = 20


@dataclass(frozen=True)
class F0Histograms:
    """One sound's voiced F0 in counts: by Hz, by semitone, its change by semitones per frame; and n, Σx, Σx² of log-F0."""

    hz: np.ndarray
    semitones: np.ndarray
    deltas: np.ndarray
    moments: np.ndarray


def histograms(f0_hz: np.ndarray) -> F0Histograms:
    """Counts of a contour [T] in Hz, 0 where unvoiced. What lies outside counts in the last bins."""
    voiced = f0_hz > 0
    found = f0_hz[voiced].astype(np.float64)
    semitones = np.full(len(f0_hz), np.nan)
    semitones[voiced] = 12 * np.log2(found / 100)
    deltas = np.diff(semitones)[voiced[1:] & voiced[:-1]]
    log_f0 = np.log(found)
    return F0Histograms(
        np.histogram(np.clip(found, HZ_EDGES[0], HZ_EDGES[-1]), HZ_EDGES)[0],
        _counted(semitones[voiced], LOW_ST, HIGH_ST, BINS_PER_ST),
        _counted(deltas, -LARGEST_DELTA_ST, LARGEST_DELTA_ST, DELTA_BINS_PER_ST),
        np.array([len(log_f0), log_f0.sum(), np.square(log_f0).sum()]),
    )


def f0_distances(reference_hz: np.ndarray, system_hz: np.ndarray, frame_seconds: float) -> dict[str, float]:
    """All distances, by the names of METRICS, of two contours [T] in Hz (0 where unvoiced), however long each is."""
    both = histograms(reference_hz), histograms(system_hz)
    return {name: figure.value for name, figure in distances({"all": both}, frame_seconds).items()}


@dataclass(frozen=True)
class Distance:
    """A function of two sets of counts [.., K] of the same part of F0Histograms."""

    part: str
    function: Callable[[np.ndarray, np.ndarray], np.ndarray]


def distance_functions(frame_seconds: float) -> dict[str, Distance]:
    """By the names of METRICS; the first argument is the reference."""
    return {
        "f0_kld_reference_system_bits": Distance("hz", kullback_leibler),
        "f0_kld_system_reference_bits": Distance("hz", lambda p, q: kullback_leibler(q, p)),
        "f0_jsd_bits": Distance("hz", jensen_shannon),
        "f0_wasserstein_st": Distance("semitones", partial(wasserstein, bin_width=1 / BINS_PER_ST)),
        "delta_f0_wasserstein_st_per_s": Distance(
            "deltas", partial(wasserstein, bin_width=1 / DELTA_BINS_PER_ST / frame_seconds)
        ),
    }


def distances(materials: Mapping[str, tuple[F0Histograms, F0Histograms]], frame_seconds: float) -> dict[str, Figure]:
    """Each distance as a figure over utterances, from reference and system by id."""
    ids = tuple(sorted(materials))
    tables = {
        part: tuple(np.array([getattr(materials[name][side], part) for name in ids], dtype=np.float64) for side in (0, 1))
        for part in ("hz", "semitones", "deltas")
    }

    def figure(distance: Distance) -> Figure:
        reference, system = tables[distance.part]
        return Figure(ids, lambda counts: distance.function(counts @ reference, counts @ system))

    return {name: figure(distance) for name, distance in distance_functions(frame_seconds).items()}


def kullback_leibler(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Σ P log₂ P/Q of counts [.., K]; NaN where a side has none."""
    p, q = _smoothed(p), _smoothed(q)
    return (p * np.log2(p / q)).sum(axis=-1)


def jensen_shannon(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """The mean divergence of both counts [.., K] from their mean, in bits."""
    p, q = _smoothed(p), _smoothed(q)
    middle = (p + q) / 2
    return ((p * np.log2(p / middle)).sum(axis=-1) + (q * np.log2(q / middle)).sum(axis=-1)) / 2


def wasserstein(p: np.ndarray, q: np.ndarray, bin_width: float) -> np.ndarray:
    """The mean distance of equal quantiles of counts [.., K], in units of `bin_width`'s axis."""
    return np.abs(np.cumsum(_shares(p), axis=-1) - np.cumsum(_shares(q), axis=-1)).sum(axis=-1) * bin_width


def spread_ratio(moments: Mapping[str, tuple[np.ndarray, np.ndarray]], speakers: Mapping[str, str]) -> Figure:
    """The system's standard deviation about each speaker's mean over the reference's, from (n, Σx, Σx²) of both by id."""
    ids = tuple(sorted(moments))
    table = np.array([np.concatenate(moments[name]) for name in ids], dtype=np.float64).reshape(-1, 6)
    groups = [np.flatnonzero([speakers[name] == speaker for name in ids]) for speaker in sorted({speakers[n] for n in ids})]

    def of(counts: np.ndarray) -> np.ndarray:
        within, total = np.zeros((len(counts), 2)), np.zeros((len(counts), 2))
        for members in groups:
            n, x, xx = np.moveaxis((counts[:, members] @ table[members]).reshape(-1, 2, 3), -1, 0)
            within += np.maximum(xx - np.square(x) / np.maximum(n, 1), 0)
            total += n
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.sqrt(within / total)
            return np.where(spread[:, 0] > 1e-9, spread[:, 1] / spread[:, 0], np.nan)

    return Figure(ids, of)


def noise_floor(reference: list[F0Histograms], speakers: list[str], distance: Distance, seed: int = 0) -> np.ndarray:
    """The distance between random halves of the reference, for each of HALVINGS. Every speaker's utterances are halved, for a
    system, too, is compared with the same speakers."""
    rows = np.array([getattr(one, distance.part) for one in reference], dtype=np.float64)
    members = [np.flatnonzero([name == speaker for name in speakers]) for speaker in sorted(set(speakers))]
    rng, found = np.random.default_rng(seed), []
    for _ in range(HALVINGS):
        first = np.zeros(len(rows), bool)
        for utterances in members:
            some = len(utterances) // 2 + (len(utterances) % 2 and rng.integers(2))  # an odd one falls on either side
            first[rng.permutation(utterances)[:some]] = True
        if first.any() and not first.all():
            found.append(float(distance.function(rows[first].sum(axis=0), rows[~first].sum(axis=0))))
    return np.array(found)


def _counted(values: np.ndarray, low: float, high: float, per_unit: int) -> np.ndarray:
    """Counts of values rounded to the nearest 1 / per_unit from low to high."""
    at = np.rint((np.clip(values, low, high) - low) * per_unit).astype(int)
    return np.bincount(at, minlength=round((high - low) * per_unit) + 1)


def _shares(counts: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return counts / counts.sum(axis=-1, keepdims=True)


def _smoothed(counts: np.ndarray) -> np.ndarray:
    shares = _shares(counts) + EMPTY_BIN
    return shares / shares.sum(axis=-1, keepdims=True)
