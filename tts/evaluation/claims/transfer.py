"""Claims on prosody carried from a recording into another voice: does the melody, the timing, the loudness of the source's words
arrive, does each latent carry its own part, and does a change to one word stay with that word?
"""

from __future__ import annotations

import math

import numpy as np

from tts.evaluation.claims.claims import Check, above_zero, at_least, between, stated
from tts.evaluation.claims.evidence import Evidence
from tts.evaluation.claims.words import MEASURES, Words, correlation
from tts.evaluation.claims.work import ACOUSTIC_ONLY, CENTROID, EDITED, ONE_WORD, OTHER, OWN, TIMING_ONLY, TRANSFER
from tts.evaluation.figure import Figure, combine, mean_of, median_of, ratio_of

WANTED = {"f0": 0.8, "duration": 0.8, "energy": 0.6}  # correlations with the source
UNMOVED = 0.1  # a correlation that changes by less has stayed
TIMES = 3  # by which a replaced word must change more than words two or more away
LEAST_CHANGE = {"f0": 0.02, "duration": 0.005}  # semitones, ln: smaller medians elsewhere count as this
EDIT_SEMITONES, EDIT_RANGE = 3.0, (2.0, 4.0)


def with_source(evidence: Evidence, kind: str, measure: str) -> Figure | None:
    """Pooled correlation of the source's words with those of a kind of sound in other voices; None without such sounds."""
    heard = list(evidence.of_kind(kind, own=False))
    return correlation(((h.id, evidence.listened[h.id].words, h.words) for h in heard), measure) if heard else None


def transfer_checks(evidence: Evidence) -> list[Check]:
    """Correlations with the source of transfer, beside those of the voice's mean latents and of another utterance's."""
    checks = []
    for measure in MEASURES:
        moved, flat, other = (with_source(evidence, kind, measure) for kind in (TRANSFER, CENTROID, OTHER))
        why = "" if moved else "the model has no other voice for any test utterance"
        beside = {
            name: figure for name, figure in (("mean latents", flat), ("another utterance's", other)) if figure is not None
        }
        checks.append(
            Check(
                "transfer",
                f"word {measure}",
                f"correlation of the words' {measure} with the source's, in another voice",
                "r",
                at_least(WANTED[measure]),
                moved,
                why,
                beside,
            )
        )
        for name, rival in (("the voice's mean latents", flat), ("another utterance's latents", other)):
            checks.append(
                Check(
                    "transfer",
                    f"word {measure} better than {name}",
                    f"correlation with the source minus that with {name}",
                    "r",
                    above_zero(),
                    moved - rival if moved and rival else None,
                    why,
                )
            )
    pause = with_source(evidence, TRANSFER, "pause")
    checks.append(
        Check(
            "transfer",
            "pauses",
            "correlation of pauses' lengths with the source's",
            "r",
            stated(),
            pause,
            "" if pause else "the model has no other voice for any test utterance",
        )
    )
    return checks


def factor_checks(evidence: Evidence) -> list[Check]:
    """The two by two table: one latent from the source and the other the voice's mean, against the mean of both."""
    checks = []
    for kind, moving, staying in ((ACOUSTIC_ONLY, "f0", "duration"), (TIMING_ONLY, "duration", "f0")):
        for measure in (moving, staying):
            one, none = with_source(evidence, kind, measure), with_source(evidence, CENTROID, measure)
            if one is None or none is None:
                checks.append(Check("factorised", f"{kind}: word {measure}", "", "r", stated(), None, "no pair of voices"))
                continue
            compared = (
                f"change of the correlation of word {measure} with the source when {kind.split()[0]} latents are the source's"
            )
            rule = above_zero() if measure == moving else between(-UNMOVED, UNMOVED, f"within ± {UNMOVED:g}")
            name = f"{kind} {'moves' if measure == moving else 'leaves'} word {measure}"
            checks.append(Check("factorised", name, compared, "r", rule, one - none, "", {kind: one, "neither": none}))
    return checks


def one_word_checks(evidence: Evidence) -> list[Check]:
    """One word's latents replaced by another rendition's; one word's F0 raised."""
    checks = []
    for measure, floor in LEAST_CHANGE.items():
        changes = []
        for h in evidence.of_kind(ONE_WORD, own=True):
            own = evidence.heard.get((OWN, h.id, h.voice))
            if own is not None:
                changes.append((h.id, *change_here_and_away(own.words, h.words, evidence.replaced[h.id], measure)))
        beside = {"that word": mean_of((n, a) for n, a, _ in changes), "others": mean_of((n, b) for n, _, b in changes)}
        checks.append(
            Check(
                "fine-grained",
                f"one word's {measure}",
                "change of the word whose latents were replaced over the median change of words two or more away",
                "x",
                at_least(TIMES),
                ratio_of(changes, floor) if changes else None,
                "" if changes else "no utterance with enough words and a known melody",
                beside if changes else {},
                "st" if measure == "f0" else "ln",
            )
        )
    return checks + edit_checks(evidence)


def change_here_and_away(before: Words, after: Words, word: int, measure: str) -> tuple[float, float]:
    """How much word number `word` changed, and the median change of those two or more words away; NaN where unknown."""
    change = np.abs(after[measure] - before[measure])
    away = change[np.abs(np.arange(len(change)) - word) >= 2]
    away = away[np.isfinite(away)]
    return float(change[word]), float(np.median(away)) if len(away) else math.nan


def edit_checks(evidence: Evidence) -> list[Check]:
    """What is measured of an edit of +3 semitones."""
    measured = []
    for h in evidence.of_kind(EDITED, own=True):
        own = evidence.heard.get((OWN, h.id, h.voice))
        if own is not None:
            word = evidence.edited[h.id]
            measured.append((h.id, float(h.words.f0[word] - own.words.f0[word])))
    measured = [(name, value) for name, value in measured if math.isfinite(value)]
    low, high = EDIT_RANGE
    inside = mean_of((name, float(low <= value <= high)) for name, value in measured)
    why = "" if measured else "no edited word's F0 could be measured"
    text = f"a word asked for {EDIT_SEMITONES:+g} semitones, against the same without"
    return [
        Check(
            "fine-grained",
            "an edit of +3 semitones",
            f"median change measured on {text}",
            "st",
            between(low, high, f"{low:+g} to {high:+g}"),
            median_of(measured) if measured else None,
            why,
        ),
        Check(
            "fine-grained",
            "edits that arrive",
            f"share of words with {low:+g} to {high:+g} semitones measured on {text}",
            "%",
            stated(),
            inside if measured else None,
            why,
        ),
    ]


def share(part: Figure, whole: Figure) -> Figure:
    """One figure as a share of another."""

    def divide(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return a / b

    return combine(divide, part, whole)
