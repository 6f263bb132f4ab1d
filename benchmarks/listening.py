"""What the analysis of listening tests promises, on simulated listeners whose truth is known.

    python -m benchmarks.listening [--tests 1000]

Screening: how many careless listeners are found and honest ones lost. Type I error: the share of tests of systems that are all
alike in which any pair comes out significant, screening and Holm-Bonferroni correction included, for each test and each unit,
with and without differences of taste and of items. Power: how often a difference is found, beside what the calculation says.
"""

from __future__ import annotations

import argparse
import itertools

import numpy as np

from tests.helpers.listeners import Population, conditions, crowd, honest
from tts.evaluation.statistics import holm_rows
from tts.mushra.pairs import tests_of_pairs
from tts.mushra.power import PUBLISHED, detectable_difference, power
from tts.mushra.screening import confuses_low_anchor, gives_one_value, misses_reference
from tts.mushra.significance import Components

LEVEL = 0.05
TESTS = ("t", "wilcoxon", "crossed")


def screened_out(scores: np.ndarray) -> np.ndarray:
    """True [tests, L] where the default rules leave a listener out."""
    reference, anchor = scores[..., 0], scores[..., -1]
    return misses_reference(reference) | confuses_low_anchor(anchor, reference) | gives_one_value(scores, "mushra")


def significant(scores: np.ndarray, out: np.ndarray, unit: str = "listener") -> dict[str, np.ndarray]:
    """True [tests, K] where a pair of systems is significant after screening and correction over all pairs, the reference's too.
    Each test goes the whole way; those that keep equally many listeners go together."""
    kept_counts = (~out).sum(axis=1)
    pairs = list(itertools.combinations(range(scores.shape[-1] - 1), 2))
    of_systems = [k for k, pair in enumerate(pairs) if 0 not in pair]
    found = {name: np.zeros((len(scores), len(of_systems)), dtype=bool) for name in TESTS}
    for count in np.unique(kept_counts):
        chosen = np.flatnonzero(kept_counts == count)
        kept = np.stack([scores[n][~out[n]] for n in chosen])[..., :-1]
        tested = tests_of_pairs(kept, unit)
        for name, p in zip(TESTS, (tested.p_t, tested.p_wilcoxon, tested.p_crossed)):
            found[name][chosen] = holm_rows(p)[:, of_systems] < LEVEL
    return found


def type_one(
    rng: np.random.Generator,
    tests: int,
    items: int,
    components: Components,
    new_items: bool,
    unit: str = "listener",
    honest_listeners: int = 32,
) -> dict[str, float]:
    """The share of tests with any false positive. new_items: systems are alike over all items there could be; else on these very
    items, the sense in which a test of listener means takes it."""
    if not new_items:
        components = Components(components.listener_system, 0.0, components.residual)
    scores, _ = crowd(rng, tests, items, Population(components=components), honest_listeners)
    return {name: float(found.any(axis=1).mean()) for name, found in significant(scores, screened_out(scores), unit).items()}


def found_share(
    rng: np.random.Generator, tests: int, listeners: int, items: int, difference: float, components: Components
) -> dict[str, float]:
    """How often a difference between two systems is found by honest listeners, the reference not in the family."""
    middle = Population().systems[0]
    population = Population(systems=(middle - difference / 2, middle + difference / 2), components=components)
    scores = honest(rng, tests, listeners, items, population)[..., 1:-1]
    tested = tests_of_pairs(scores)
    return {name: float((p[:, 0] < LEVEL).mean()) for name, p in zip(TESTS, (tested.p_t, tested.p_wilcoxon, tested.p_crossed))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tests", type=int, default=1000, help="simulated tests a line")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)

    scores, kinds = crowd(rng, args.tests, 20, Population())
    out = screened_out(scores)
    print(f"screening, 40 listeners x 20 items x {len(conditions(Population()))} conditions, {args.tests} tests; left out:")
    for kind in dict.fromkeys(kinds):
        own = out[:, [name == kind for name in kinds]]
        print(f"  {kind:12} {100 * own.mean():6.2f} % of {own.size}")

    print(
        f"\ntype I error in % over all pairs of 3 systems, 40 listeners of whom 8 careless, 20 items, {args.tests} tests a line"
        " (level 5)"
    )
    print(f"  {'taste, items':34} {'unit':9}" + "".join(f"{name:>10}" for name in TESTS))
    noise = PUBLISHED.residual
    for title, components, new_items in (
        ("none", Components(0, 0, noise), False),
        ("taste 5", PUBLISHED, False),
        ("taste 10", Components(10, 0, noise), False),
        ("taste 5, items 6, alike on any item", PUBLISHED, True),
        ("taste 10, items 10, alike on any", Components(10, 10, noise), True),
    ):
        for unit in ("listener", "rating"):
            shares = type_one(rng, args.tests, 20, components, new_items, unit)
            print(f"  {title:34} {unit:9}" + "".join(f"{100 * shares[name]:10.1f}" for name in TESTS))

    print(f"\npower in %, 2 systems, {args.tests} tests a line: found beside calculated")
    print(
        f"  {'listeners':>9} {'items':>6} {'points':>7} {'t':>7} {'wilcoxon':>9} {'calculated':>11} {'crossed':>9}"
        f" {'calculated':>11}"
    )
    fixed = Components(PUBLISHED.listener_system, 0.0, PUBLISHED.residual)
    for listeners, items in ((8, 10), (15, 20), (24, 20), (40, 30)):
        for wanted in (0.5, 0.8):
            points = detectable_difference(listeners, items, wanted=wanted)
            shares = found_share(rng, args.tests, listeners, items, points, fixed)
            crossed = found_share(rng, args.tests, listeners, items, points, PUBLISHED)
            print(
                f"  {listeners:9} {items:6} {points:7.1f} {100 * shares['t']:7.1f} {100 * shares['wilcoxon']:9.1f} "
                f"{100 * power(points, listeners, items):11.1f} {100 * crossed['crossed']:9.1f} "
                f"{100 * power(points, listeners, items, unit='crossed'):11.1f}"
            )


if __name__ == "__main__":
    main()
