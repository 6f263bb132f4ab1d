"""How large a difference a listening test will show, before anybody has listened; and how many listeners a difference asks for.

The model is score = system + listener + item + listener x system + item x system + rest, all Gaussian. In a paired test only the
last three remain (significance.Components). Power is that of the t-test on the unit named, by the noncentral t distribution, at a
level divided by the number of pairs (Bonferroni: a little less than Holm-Bonferroni gives).

The defaults are read off published tests as far as those go. Comini et al. 2022 (15 listeners, 200 sentences a voice) find
differences of 1.2 points and more significant, of 1.0 point and less not: with tests on single ratings that is a deviation of 20
to 24 points a rating and system. How it divides is our assumption: 5 points of taste, 6 of items, 20 of rest (21.5 together).
Earlier results of one's own tell better: `tts mushra power --from RESULTS`.
"""

from __future__ import annotations

import math

from scipy import stats
from scipy.optimize import brentq

from tts.errors import UserError
from tts.mushra.significance import Components, satterthwaite

SCALES = {"mushra": 100.0, "mos": 4.0}
PUBLISHED = Components(listener_system=5.0, item_system=6.0, residual=20.0)
GENERALISES = {"listener": "for other listeners of these items", "crossed": "for other listeners and other items"}


def default_components(kind: str = "mushra") -> Components:
    """The published ones in points of the kind's scale: for MOS the same fractions of 1 to 5."""
    factor = SCALES[kind] / SCALES["mushra"]
    return Components(*(factor * value for value in (PUBLISHED.listener_system, PUBLISHED.item_system, PUBLISHED.residual)))


def power(
    difference: float,
    listeners: int,
    items: int,
    systems: int = 2,
    components: Components | None = None,
    alpha: float = 0.05,
    unit: str = "listener",
    kind: str = "mushra",
) -> float:
    """The chance, 0 to 1, that a true difference of so many points between two systems comes out significant, and the right way
    round.

    listeners: after screening. systems: how many are compared, each with each. unit: "listener" (items fixed) or "crossed" (items
    are a sample too), see significance.py.
    """
    check_size(listeners, items, systems)
    components = components or default_components(kind)
    taste = 2 * components.listener_system**2 / listeners
    merit = 2 * components.item_system**2 / items if unit == "crossed" else 0.0
    noise = 2 * components.residual**2 / (listeners * items)
    df = float(satterthwaite(taste, merit, noise, listeners, items)) if unit == "crossed" else listeners - 1.0
    variance = taste + merit + noise
    if variance == 0:
        return float(difference != 0)
    critical = stats.t.isf(alpha / pairs(systems) / 2, df)
    return float(stats.nct.sf(critical, df, abs(difference) / math.sqrt(variance)))


def detectable_difference(
    listeners: int,
    items: int,
    systems: int = 2,
    components: Components | None = None,
    wanted: float = 0.8,
    alpha: float = 0.05,
    unit: str = "listener",
    kind: str = "mushra",
) -> float:
    """The difference in points that comes out significant with the chance `wanted`; math.inf where the whole scale is not
    enough."""

    def lacking(difference: float) -> float:
        return power(difference, listeners, items, systems, components, alpha, unit, kind) - wanted

    whole = SCALES[kind]
    return float(brentq(lacking, 0.0, whole, xtol=1e-4 * whole)) if lacking(whole) > 0 else math.inf


def listeners_needed(
    difference: float,
    items: int,
    systems: int = 2,
    components: Components | None = None,
    wanted: float = 0.8,
    alpha: float = 0.05,
    unit: str = "listener",
    kind: str = "mushra",
    most: int = 2000,
) -> int | None:
    """The smallest number of listeners after screening that shows the difference; None if `most` are not enough."""
    for listeners in range(2, most + 1):
        if power(difference, listeners, items, systems, components, alpha, unit, kind) >= wanted:
            return listeners
    return None


def detectable_share(answers: int, wanted: float = 0.8, alpha: float = 0.05, two_sided: bool = True) -> float:
    """Preference and ABX: the true share above one half that an exact binomial test of so many independent answers shows with the
    chance `wanted`; two_sided for a preference, one-sided for ABX. math.inf where even a share of 1 does not do."""
    level = alpha / 2 if two_sided else alpha
    critical = int(stats.binom.isf(level, answers, 0.5)) + 1  # the smallest count that is significant
    if critical > answers:
        return math.inf
    return float(brentq(lambda share: stats.binom.sf(critical - 1, answers, share) - wanted, 0.5, 1.0))


def pairs(systems: int) -> int:
    return systems * (systems - 1) // 2


def check_size(listeners: int, items: int, systems: int) -> None:
    if listeners < 2 or items < 1 or systems < 2:
        raise UserError(
            f"a paired test needs 2 listeners, 1 item and 2 systems at least; found {listeners}, {items} and {systems}"
        )


def sentence(
    listeners: int,
    items: int,
    systems: int = 2,
    components: Components | None = None,
    unit: str = "listener",
    kind: str = "mushra",
) -> str:
    """What to expect of a test, as a sentence."""
    found = detectable_difference(listeners, items, systems, components, unit=unit, kind=kind)
    how = f"(80 % power, level 0.05 over {pairs(systems)} pair{'s' if pairs(systems) > 1 else ''}; holds {GENERALISES[unit]})"
    if math.isinf(found):
        return f"With {listeners} listeners and {items} items no difference on the scale is sure to show {how}."
    decimals = 1 if kind == "mushra" else 2
    return (
        f"With {listeners} listeners after screening and {items} items you will see a difference of {found:.{decimals}f} points"
        f" {how}."
    )
