"""From single checks to claims with a verdict, over one or several training seeds, and which systems make claims at all.

A check is what one trained model shows: a figure (figure.py) and the rule it must meet. Checks of the same name of several
seeds make one claim: the mean over seeds, its interval over utterances, and each seed's own value. A system's checks live in a
file of their own, named in `SYSTEMS`, with a function `judge_model(places, model) -> Judged`.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tts.errors import UserError
from tts.evaluation.figure import Figure, estimate
from tts.evaluation.statistics import Estimate

SYSTEMS = {
    "copycat2": "tts.evaluation.claims.copycat2",
    "copycat": "tts.evaluation.claims.copycat",
    "f0_augmentation": "tts.evaluation.claims.f0_augmentation",
    "lcpvae": "tts.evaluation.claims.lcpvae",
    "flowtts": "tts.evaluation.claims.flowtts",
    "studio": "tts.evaluation.claims.studio",
    "sharing": "tts.evaluation.claims.sharing",
}

REACHED, MISSED, NOT_MEASURED, STATED = "reached", "missed", "not measured", "stated"


@dataclass(frozen=True)
class Rule:
    """When a claim holds, in words and as a test; without a test the figure is only stated."""

    text: str
    holds: Callable[[Estimate], bool] | None


def at_least(limit: float, text: str = "") -> Rule:
    return Rule(text or f"≥ {limit:g}", lambda found: found.mean >= limit)


def at_most(limit: float, text: str = "") -> Rule:
    return Rule(text or f"≤ {limit:g}", lambda found: found.mean <= limit)


def between(low: float, high: float, text: str) -> Rule:
    return Rule(text, lambda found: low <= found.mean <= high)


def above_zero(text: str = "> 0, all of the interval") -> Rule:
    return Rule(text, lambda found: found.low > 0)


def stated(text: str = "") -> Rule:
    return Rule(text, None)


@dataclass(frozen=True)
class Check:
    """What one model shows. figure: None where it could not be measured, then `why` says why; beside: figures to read it by, in
    `beside_unit` or the claim's own; note: what else to know."""

    group: str
    name: str
    compared: str
    unit: str
    rule: Rule
    figure: Figure | None
    why: str = ""
    beside: dict[str, Figure] = field(default_factory=dict)
    beside_unit: str = ""
    note: str = ""


@dataclass(frozen=True)
class Claim:
    """A check over all seeds. seeds: the value of each; beside: means by name; why: it was not measured."""

    group: str
    name: str
    compared: str
    unit: str
    threshold: str
    verdict: str
    estimate: Estimate | None
    seeds: tuple[float, ...] = ()
    why: str = ""
    beside: dict[str, float] = field(default_factory=dict)
    beside_unit: str = ""
    note: str = ""


@dataclass(frozen=True)
class Judged:
    """All of one model: checks, a row per rendered sound, facts, what could not be spoken or measured, with its reason, and drawings
    (SVG) by name."""

    checks: list[Check]
    rows: list[dict] = field(default_factory=list)
    facts: dict = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    drawings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Places:
    """Where things lie: models of several seeds of one recipe, those they are compared with, and the corpus."""

    models: tuple[Path, ...]
    manifest: Path
    audio_root: Path
    features: Path
    baselines: tuple[Path, ...] = ()
    base: Path | None = None
    split: str = "test"
    limit: int | None = None
    jobs: int = 1
    recogniser: Path | None = None
    style_classifier: Path | None = None


def find_system(name: str):
    """The module with a system's checks; an unknown name is told which there are."""
    if name not in SYSTEMS:
        raise UserError(f"no claims are known of system {name!r}; there are claims of: {', '.join(SYSTEMS)}")
    return importlib.import_module(SYSTEMS[name])


def judge_models(system: str, places: Places) -> list[Judged]:
    """Check every model (seed) in turn."""
    module = find_system(system)
    return [module.judge_model(places, model) for model in places.models]


def claims_of(seeds: list[list[Check]]) -> list[Claim]:
    """One claim per name, in the order of the first model's checks."""
    names: dict[tuple[str, str], list[Check]] = {}
    for checks in seeds:
        for check in checks:
            names.setdefault((check.group, check.name), []).append(check)
    return [claim_of(same) for same in names.values()]


def claim_of(checks: list[Check]) -> Claim:
    """The claim that the same check of several seeds makes."""
    measured = [check for check in checks if check.figure is not None]
    first = (measured or checks)[0]
    common = (first.group, first.name, first.compared, first.unit, first.rule.text)
    figures = [check.figure for check in measured]
    if not figures:
        return Claim(*common, NOT_MEASURED, None, why=first.why)
    found, seeds = estimate(figures), tuple(figure.value for figure in figures)
    if not math.isfinite(found.mean):
        return Claim(*common, NOT_MEASURED, None, why=first.why or "nothing in these utterances to measure it on")
    beside = {name: _mean([c.beside[name].value for c in measured if name in c.beside]) for name in first.beside}
    few = f"Measured on {len(measured)} of {len(checks)} models." if len(measured) < len(checks) else ""
    verdict = STATED if first.rule.holds is None else REACHED if first.rule.holds(found) else MISSED
    return Claim(
        *common, verdict, found, seeds, "", beside, first.beside_unit or first.unit, " ".join(filter(None, (first.note, few)))
    )


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
