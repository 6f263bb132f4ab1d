"""Claims that only the generated corpus can check, because what was done to each word is known: words that were emphasised at
random must be so after transfer, and what follows from the text (a question's rise, a list, a focus) must be there in predicted
speech."""

from __future__ import annotations

import math

import numpy as np

from tts.evaluation.claims.claims import Check, above_zero, stated
from tts.evaluation.claims.evidence import Evidence
from tts.evaluation.claims.transfer import share
from tts.evaluation.claims.words import Words
from tts.evaluation.claims.work import CENTROID, PREDICTED, TRANSFER
from tts.evaluation.figure import Figure, add_rows, correlation_of, pooled

# What emphasis does to a measured value, as the generator knows it.
ASKED = {
    "f0": lambda change: 12 * math.log2(change["f0_ratio"]),
    "duration": lambda change: math.log(change["time_ratio"]),
    "energy": lambda change: change["volume_db"],
}
RULES = {"rise": ("f0",), "list": ("f0", "duration"), "close": ("f0", "duration"), "focus": ("f0", "duration")}
FEWEST = 5  # words; a rule that occurs more rarely is not judged


def truth_checks(evidence: Evidence) -> list[Check]:
    if not evidence.corpus.truth:
        return [Check("truth", "known emphasis and rules", "", "", stated(), None, "the corpus comes without truth.jsonl")]
    return [emphasis_check(evidence, measure) for measure in ASKED] + [
        rule_check(evidence, rule, measure) for rule, measures in RULES.items() for measure in measures
    ]


def emphasis_check(evidence: Evidence, measure: str) -> Check:
    """Random emphasis, asked against measured: the change from speech with the voice's mean latents to the transferred one."""
    moved, real = [], []
    for h in evidence.of_kind(TRANSFER, own=False):
        flat = evidence.heard.get((CENTROID, h.id, h.voice))
        if flat is not None:
            moved.append((h.id, *asked_and_found(evidence, h.id, measure, flat.words, h.words)))
    for name, flat in evidence.own(CENTROID).items():
        real.append((name, *asked_and_found(evidence, name, measure, flat.words, evidence.listened[name].words)))
    words = sum(len(x) for _, x, _ in moved)
    return Check(
        "truth",
        f"emphasis, {measure}",
        "correlation of what random emphasis asked of a word with its change from speech with the "
        "mean latents, after transfer, beyond the other words' change",
        "r",
        above_zero(),
        correlation_of(moved) if words >= FEWEST else None,
        "" if words >= FEWEST else f"{words} emphasised words",
        {"recordings": correlation_of(real)} if words >= FEWEST else {},
    )


def asked_and_found(evidence: Evidence, name: str, measure: str, flat: Words, moved: Words) -> tuple[np.ndarray, np.ndarray]:
    """Of an utterance's emphasised words: what was asked, and the difference measured between two sounds, beyond that of the
    words that nobody emphasised: a style raises them all."""
    truth, difference = evidence.corpus.truth.get(name), moved[measure] - flat[measure]
    emphasis = truth.emphasis if truth else (None,) * len(difference)
    plain = difference[[change is None for change in emphasis]]
    if not np.isfinite(plain).any():
        return np.zeros(0), np.zeros(0)
    found = [
        (ASKED[measure](change), difference[k] - np.nanmean(plain)) for k, change in enumerate(emphasis) if change is not None
    ]
    found = np.array([pair for pair in found if math.isfinite(pair[1])]).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def rule_check(evidence: Evidence, rule: str, measure: str) -> Check:
    """A text rule: ruled words minus the others of all utterances, in predicted speech as a share of the recordings'."""
    words = {
        "recordings": {n: item.words for n, item in evidence.listened.items()},
        "predicted": {n: h.words for n, h in evidence.own(PREDICTED).items()},
        "mean latents": {n: h.words for n, h in evidence.own(CENTROID).items()},
    }
    count = sum(
        r == rule for n in words["predicted"] for r in (evidence.corpus.truth[n].rules if n in evidence.corpus.truth else ())
    )
    compared = f"{measure} of words under the rule minus that of other words, predicted speech as a share of the recordings"
    if count < FEWEST:
        why = f"{count} words under the rule" if words["predicted"] else "the model predicts nothing from text"
        return Check("truth", f"rule {rule}, {measure}", compared, "%", above_zero(), None, why)
    effects = {name: rule_effect(evidence, sounds, rule, measure) for name, sounds in words.items()}
    return Check(
        "truth",
        f"rule {rule}, {measure}",
        compared,
        "%",
        above_zero(),
        share(effects["predicted"], effects["recordings"]),
        "",
        effects,
        "st" if measure == "f0" else "ln",
    )


def rule_effect(evidence: Evidence, sounds: dict[str, Words], rule: str, measure: str) -> Figure:
    """Mean of ruled words minus mean of the others, each relative to its utterance."""

    def row(name: str, values: np.ndarray) -> np.ndarray:
        values = values - np.nanmean(values)
        ruled = np.array([r == rule for r in evidence.corpus.truth[name].rules])
        return np.array(
            [x for chosen in (values[ruled], values[~ruled]) for x in (np.nansum(chosen), np.isfinite(chosen).sum())]
        )

    rows = add_rows(
        (name, row(name, words[measure]))
        for name, words in sounds.items()
        if name in evidence.corpus.truth and np.isfinite(words[measure]).any()
    )
    return pooled(rows, lambda s: s[..., 0] / s[..., 1] - s[..., 2] / s[..., 3])
