"""Which listeners' answers are used, and why the others' are not.

The rule of ITU-R BS.1534-3: left out is who rates the hidden reference under 90 in more than 15 % of the items. It presumes an
open reference that listeners are told to find again; in a test without one, where recordings of people often get 70, it would
throw out everybody, so there it is off unless asked for. Its second rule, a mid anchor (7 kHz) over 90 in more than 15 % of the
items, is off by default: speech of 16 to 24 kHz has little above 7 kHz, and honest listeners hear no difference. No rule looks at
how systems compare with each other, so that screening cannot favour one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tts.mushra.answers import RANGES
from tts.mushra.folder import ANCHORS, REFERENCE
from tts.mushra.ratings import Results
from tts.mushra.scores import ScoreTable

BOUND, PERCENT = 90, 15
ONE_VALUE_PERCENT = 95
LOW_ANCHOR, MID_ANCHOR = ANCHORS["35"], ANCHORS["70"]


@dataclass(frozen=True)
class Rules:
    """Which rules hold. reference: None is yes where the test has an open reference. unfinished: keep who did not answer every
    page."""

    reference: bool | None = None
    mid_anchor: bool = False
    low_anchor: bool = True
    one_value: bool = True
    attention: bool = True
    unfinished: bool = False


@dataclass(frozen=True)
class Screening:
    """rules: those that held, as sentences; off: those that did not, and why; excluded: reasons by listener."""

    kept: list[str]
    excluded: dict[str, list[str]]
    rules: list[str]
    off: list[str]


# -- rules on arrays: scores [..., L, I], True [..., L] for a listener who fails ------------------------------------------------


def exceeds(failed: np.ndarray, rated: np.ndarray) -> np.ndarray:
    """Whether more than 15 % of what was rated failed."""
    return 100 * (failed & rated).sum(axis=-1) > PERCENT * rated.sum(axis=-1)


def misses_reference(reference: np.ndarray) -> np.ndarray:
    return exceeds(reference < BOUND, np.isfinite(reference))


def praises_mid_anchor(anchor: np.ndarray) -> np.ndarray:
    return exceeds(anchor > BOUND, np.isfinite(anchor))


def confuses_low_anchor(anchor: np.ndarray, reference: np.ndarray) -> np.ndarray:
    return exceeds(anchor >= reference, np.isfinite(anchor) & np.isfinite(reference))


def gives_one_value(scores: np.ndarray, kind: str) -> np.ndarray:
    """scores [..., L, I, C]: nearly all within 1 % of the scale from the listener's median."""
    values = scores.reshape(*scores.shape[:-2], -1)
    rated = np.isfinite(values)
    middle = np.nanmedian(np.where(rated.any(axis=-1, keepdims=True), values, 0.0), axis=-1, keepdims=True)
    low, high = RANGES[kind]
    near = (np.abs(values - middle) <= (high - low) / 100) & rated
    return (100 * near.sum(axis=-1) >= ONE_VALUE_PERCENT * rated.sum(axis=-1)) & (rated.sum(axis=-1) > 1)


# -- the whole ------------------------------------------------------------------------------------------------------------------


def screen(results: Results, rules: Rules, table: ScoreTable | None) -> Screening:
    """Apply the rules. table: None for preference and abx, where only unfinished sessions and attention checks count."""
    reasons: dict[str, list[str]] = {session.listener: [] for session in results.sessions}
    held, off = [], []
    unfinished_rule(results, rules, reasons, held, off)
    attention_rule(results, rules, reasons, held, off)
    if table is not None:
        score_rules(results, rules, table, reasons, held, off)
    excluded = {listener: found for listener, found in reasons.items() if found}
    return Screening([listener for listener in reasons if listener not in excluded], excluded, held, off)


def unfinished_rule(results: Results, rules: Rules, reasons: dict, held: list, off: list) -> None:
    if rules.unfinished:
        off.append("unfinished sessions are kept, as asked for; a paired test uses what is there")
        return
    held.append("did not answer every page")
    for session in results.sessions:
        if session.rated_pages < session.pages:
            reasons[session.listener].append(f"answered {session.rated_pages} of {session.pages} pages")


def attention_rule(results: Results, rules: Rules, reasons: dict, held: list, off: list) -> None:
    checks = [rating for rating in results.ratings if rating.attention]
    if not (checks and rules.attention):
        off.append("attention checks: " + ("not applied, as asked for" if checks else "the test has none that was answered"))
        return
    held.append("failed an attention check")
    for listener in reasons:
        own = [rating for rating in checks if rating.listener == listener]
        if failed := sorted({rating.item for rating in own if rating.score > 0}):
            reasons[listener].append(
                f"failed {len(failed)} of {len({rating.item for rating in own})} attention checks ({', '.join(failed)})"
            )


def score_rules(results: Results, rules: Rules, table: ScoreTable, reasons: dict, held: list, off: list) -> None:
    def apply(sentence: str, fails: np.ndarray, why) -> None:
        held.append(sentence)
        for number in np.flatnonzero(fails):
            reasons[table.listeners[number]].append(why(number))

    def counted(what: str, marks: np.ndarray, number: int) -> str:
        return f"{what} in {marks[number].sum()} of {len(table.items)} items"

    has = set(table.conditions)
    open_reference = bool(results.test.public.get("show_reference"))
    mushra = results.test.kind == "mushra"
    reference_rule = open_reference if rules.reference is None else rules.reference
    if mushra and REFERENCE in has and reference_rule:
        reference = table.of(REFERENCE)
        apply(
            f"rated the hidden reference under {BOUND} in more than {PERCENT} % of the items (ITU-R BS.1534-3)",
            misses_reference(reference),
            lambda n: counted(f"hidden reference under {BOUND}", reference < BOUND, n),
        )
    else:
        off.append(
            "hidden reference under 90: "
            + (
                "no hidden reference was rated on 0 to 100"
                if not mushra or REFERENCE not in has
                else (
                    "not applied, as asked for"
                    if rules.reference is False
                    else "not applied, since the test shows no open reference"
                )
            )
        )
    if mushra and MID_ANCHOR in has and rules.mid_anchor:
        mid = table.of(MID_ANCHOR)
        apply(
            f"rated the mid anchor over {BOUND} in more than {PERCENT} % of the items (ITU-R BS.1534-3)",
            praises_mid_anchor(mid),
            lambda n: counted(f"mid anchor over {BOUND}", mid > BOUND, n),
        )
    elif MID_ANCHOR in has:
        off.append("mid anchor over 90: not applied; it throws out honest listeners where speech has little above 7 kHz")
    if {LOW_ANCHOR, REFERENCE} <= has and rules.low_anchor:
        low, reference = table.of(LOW_ANCHOR), table.of(REFERENCE)
        apply(
            f"rated the low anchor not below the hidden reference in more than {PERCENT} % of the items",
            confuses_low_anchor(low, reference),
            lambda n: counted("low anchor not below the hidden reference", low >= reference, n),
        )
    elif LOW_ANCHOR in has:
        off.append("low anchor's rank: " + ("not applied, as asked for" if REFERENCE in has else "no hidden reference was rated"))
    if rules.one_value:
        apply(
            f"gave one value, within 1 % of the scale, to {ONE_VALUE_PERCENT} % of the sounds or more",
            gives_one_value(table.scores, results.test.kind),
            lambda n: f"one value ({np.nanmedian(table.scores[n]):g}) for nearly everything",
        )
