"""Does the F0 of what was made lie as the target's own does? Four corpora for every pair (detailed, predicted, original, none)
against recordings of the target that nothing was trained on. The claim of the paper is about all pairs together: predicted is
lowest on average and never bad, not lowest for every pair. Of detailed, which is not the paper's, the difference is stated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from tts.augmentation.contours import DETAILED, KINDS, NONE, ORIGINAL, PREDICTED
from tts.evaluation.claims.claims import Check, Rule, stated
from tts.evaluation.distribution import (BINS_PER_ST, DELTA_BINS_PER_ST, Distance, F0Histograms, jensen_shannon,
                                         kullback_leibler, noise_floor,
                                         wasserstein)
from tts.evaluation.figure import Figure, combine, mean_of

COARSE = 10  # fine bins of delta-F0 in one of the divergences': a tenth of a semitone a frame
LOWEST = Rule("≤ 0: the lowest", lambda found: found.mean <= 0)


@dataclass(frozen=True)
class Material:
    """One pair: the target's unseen recordings, the corpora by kind, and by how much target and supporter differ: mean and
    deviation, in semitones."""

    target: str
    reference: list[F0Histograms]
    made: dict[str, list[F0Histograms]]
    mean_difference_st: float
    deviation_difference_st: float


def measures(frame_seconds: float) -> dict[str, tuple[str, Distance]]:
    """Name → unit, distance; the target's recordings are the first argument."""
    def coarse(function: Callable) -> Callable:
        return lambda p, q: function(_joined(p), _joined(q))

    return {
        "KLD of F0": ("bits", Distance("hz", kullback_leibler)),
        "JSD of F0": ("bits", Distance("hz", jensen_shannon)),
        "Wasserstein of F0": ("st", Distance("semitones", partial(wasserstein, bin_width=1 / BINS_PER_ST))),
        "KLD of delta-F0": ("bits", Distance("deltas", coarse(kullback_leibler))),
        "JSD of delta-F0": ("bits", Distance("deltas", coarse(jensen_shannon))),
        "Wasserstein of delta-F0": ("st/s", Distance("deltas", partial(wasserstein,
                                                                       bin_width=1 / DELTA_BINS_PER_ST / frame_seconds))),
    }


def _joined(counts: np.ndarray) -> np.ndarray:
    """Counts [.., K] in coarser bins, the odd last one with its neighbours."""
    whole = counts.shape[-1] // COARSE * COARSE
    joined = counts[..., :whole].reshape(*counts.shape[:-1], -1, COARSE).sum(-1)
    joined[..., -1] += counts[..., whole:].sum(-1)
    return joined


def distance(material: Material, kind: str, measure: Distance) -> Figure:
    """Over the utterances of both sides: drawn anew, recordings and made ones each."""
    real = [getattr(h, measure.part) for h in material.reference]
    made = [getattr(h, measure.part) for h in material.made[kind]]
    rows = {f"{material.target}/recording {i}": (counts, 0 * counts) for i, counts in enumerate(real)}
    rows |= {f"{material.target}/{kind} {i}": (0 * counts, counts) for i, counts in enumerate(made)}
    ids = tuple(sorted(rows))
    tables = [np.array([rows[name][side] for name in ids], dtype=np.float64) for side in (0, 1)]
    return Figure(ids, lambda counts: measure.function(counts @ tables[0], counts @ tables[1]))


def distribution_checks(materials: list[Material], frame_seconds: float) -> list[Check]:
    """For every distance: mean over pairs and worst pair, predicted and detailed against the best of the others."""
    checks = []
    for name, (unit, measure) in measures(frame_seconds).items():
        found = {kind: [distance(material, kind, measure) for material in materials] for kind in KINDS}
        floors = [float(np.mean(noise_floor(m.reference, ["target"] * len(m.reference), measure))) for m in materials]
        for over, function in (("mean over pairs", np.mean), ("worst pair", np.max)):
            whole = {kind: combine(lambda *values, f=function: f(values, axis=0), *figures) for kind, figures in found.items()}
            beside = {**whole, "noise floor": mean_of([("floor", float(function(floors)))])}
            for mine, others, rule in ((PREDICTED, (NONE, ORIGINAL), LOWEST), (DETAILED, (NONE, ORIGINAL, PREDICTED), stated())):
                lowest = combine(lambda mine, *others: mine - np.minimum.reduce(others), whole[mine], *(whole[kind] for kind in others))
                checks.append(Check("distribution", f"{name}, {over}{', detailed' if mine == DETAILED else ''}",
                                    f"F0 of what was made against the target's unseen recordings: {mine} minus the lowest of {', '.join(others)}",
                                    unit, rule, lowest, "", beside))
        checks += _gain_checks(materials, name, found)
    return checks


def _gain_checks(materials: list[Material], name: str, found: dict[str, list[Figure]]) -> list[Check]:
    """Does the gain over the variant without F0 grow with the difference between target and supporter?"""
    if len(materials) < 3 or name not in ("KLD of F0", "Wasserstein of F0"):
        return []
    checks = []
    for what, differences in (("mean", [abs(m.mean_difference_st) for m in materials]),
                              ("deviation", [abs(m.deviation_difference_st) for m in materials])):
        far = np.asarray(differences) - np.mean(differences)

        def r(*values: np.ndarray, far: np.ndarray = far) -> np.ndarray:
            gain = np.array(values[: len(far)]) - np.array(values[len(far):])  # [pairs, R]
            gain = gain - gain.mean(axis=0)
            return (far @ gain) / np.maximum(np.linalg.norm(far) * np.linalg.norm(gain, axis=0), 1e-12)

        rule = Rule("> 0", lambda estimate: estimate.mean > 0)
        checks.append(Check("distribution", f"gain in {name} grows with the difference of {what}",
                            "over pairs: correlation of (none minus predicted) with "
                            f"the difference of log-F0 {what} between target and supporter", "r", rule,
                            combine(r, *found[NONE], *found[PREDICTED]), note=f"{len(far)} pairs; differences in semitones: "
                            + ", ".join(f"{m.target} {d:.1f}" for m, d in zip(materials, differences)) + "."))
    return checks


def rows(materials: list[Material], frame_seconds: float) -> list[dict]:
    """A row for every pair and kind."""
    return [{"kind": f"augmented: {kind}", "voice": material.target, "utterances": len(material.made[kind]),
             **{name: distance(material, kind, measure).value for name, (_, measure) in measures(frame_seconds).items()}}
            for material in materials for kind in KINDS]
