"""Preference and ABX tests: which of two, counted and tested.

Preference: the share of answers for b among those that chose (no preference is counted, and left out of the tests), two-sided.
ABX: the share of answers that named X rightly, one-sided against guessing. Both are tested twice: over listeners (sign test: on
whose side is each listener; one observation a listener, speaks for other listeners) and over answers (exact binomial; takes a
listener's answers as independent, which tastes make them not). Holm-Bonferroni over all pairs of the test.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from tts.errors import UserError
from tts.evaluation.statistics import INTERVAL, holm_rows
from tts.mushra.analyse import check_kept
from tts.mushra.means import RESAMPLES
from tts.mushra.ratings import Page, Results
from tts.mushra.screening import Rules, Screening, screen


@dataclass(frozen=True)
class Choice:
    """A pair. hits: answers for b (preference) or right answers (abx); misses: the others; undecided: no preference. share: hits
    among both; low, high: 95 % bootstrap over listeners; answers_low, answers_high: 95 % by Wilson, answers independent. p_…:
    corrected, raw_p_…: not. listeners_for, …_against, …_even: on whose side each listener's answers lie."""

    a: str
    b: str
    hits: int
    misses: int
    undecided: int
    share: float
    low: float
    high: float
    answers_low: float
    answers_high: float
    listeners_for: int
    listeners_against: int
    listeners_even: int
    p_listeners: float
    p_answers: float
    raw_p_listeners: float
    raw_p_answers: float


@dataclass(frozen=True)
class ChoiceAnalysis:
    """As analyse.Analysis, for preference and abx."""

    name: str
    test_hash: str
    kind: str
    seed: int
    listeners: int
    screening: Screening
    items: int
    answers: int
    conditions: list[str]
    choices: list[Choice]
    notes: list[str]


def analyse_choices(results: Results, rules: Rules | None = None, seed: int = 0) -> ChoiceAnalysis:
    """Screen, count, test."""
    screening = screen(results, rules or Rules(), None)
    check_kept(screening, len(results.sessions))
    pages = [page for page in results.pages.values() if page.counts]
    conditions = list(dict.fromkeys(name for page in pages for name in page.letters.values()))
    ranked = sorted(conditions, key=list(results.test.key["conditions"]).index)
    kept = set(screening.kept)
    answers: dict[tuple[str, str], dict[str, list[float]]] = {}
    for rating in results.ratings:
        if rating.attention or rating.listener not in kept:
            continue
        a, b = pair_of(results.pages[rating.item], ranked, results.test.name)
        if results.test.kind == "abx" or rating.condition == b:
            answers.setdefault((a, b), {}).setdefault(rating.listener, []).append(rating.score)
    one_sided = results.test.kind == "abx"
    rows = [count(a, b, list(by_listener.values()), one_sided, seed) for (a, b), by_listener in sorted(answers.items())]
    if not rows:
        raise UserError(f"test {results.test.name!r}: the listeners kept gave no answer to any pair")
    listeners, single = (holm_rows(np.array([getattr(row, name) for row in rows])) for name in ("raw_p_listeners", "raw_p_answers"))
    rows = [replace(row, p_listeners=float(p), p_answers=float(q)) for row, p, q in zip(rows, listeners, single)]
    return ChoiceAnalysis(
        results.test.name,
        results.test.hash,
        results.test.kind,
        seed,
        len(results.sessions),
        screening,
        len({page.utterance for page in pages}),
        sum(row.hits + row.misses + row.undecided for row in rows),
        ranked,
        rows,
        list(results.notes),
    )


def pair_of(page: Page, ranked: list[str], name: str) -> tuple[str, str]:
    found = sorted(set(page.letters.values()), key=ranked.index)
    if len(found) != 2:
        raise UserError(f"test {name!r}: page {page.item} has {', '.join(found)}; expected two systems to choose from")
    return found[0], found[1]


def count(a: str, b: str, by_listener: list[list[float]], one_sided: bool, seed: int) -> Choice:
    """The row of one pair, not yet corrected; scores are 1, 0 or 0.5 (undecided)."""
    tallies = np.array(
        [
            [sum(score == 1 for score in own), sum(score == 0 for score in own), sum(score == 0.5 for score in own)]
            for own in by_listener
        ]
    )
    hits, misses, undecided = (int(total) for total in tallies.sum(axis=0))
    ahead, behind = int((tallies[:, 0] > tallies[:, 1]).sum()), int((tallies[:, 0] < tallies[:, 1]).sum())
    drawn = tallies[np.random.default_rng(seed).integers(len(tallies), size=(RESAMPLES, len(tallies)))].sum(axis=1)
    decided = drawn[:, 0] + drawn[:, 1]
    shares = drawn[decided > 0, 0] / decided[decided > 0]
    low, high = np.percentile(shares, INTERVAL) if len(shares) else (np.nan, np.nan)
    answers_low, answers_high, p_answers = binomial(hits, hits + misses, one_sided)
    _, _, p_listeners = binomial(ahead, ahead + behind, one_sided)
    share = hits / (hits + misses) if hits + misses else np.nan
    return Choice(
        a,
        b,
        hits,
        misses,
        undecided,
        share,
        float(low),
        float(high),
        answers_low,
        answers_high,
        ahead,
        behind,
        len(tallies) - ahead - behind,
        p_listeners,
        p_answers,
        p_listeners,
        p_answers,
    )


def binomial(hits: int, total: int, one_sided: bool) -> tuple[float, float, float]:
    """Wilson's 95 % interval of the share, and the exact p against one half; nothing decided says nothing (p = 1)."""
    if total == 0:
        return np.nan, np.nan, 1.0
    found = stats.binomtest(hits, total, 0.5, alternative="greater" if one_sided else "two-sided")
    interval = stats.binomtest(hits, total, 0.5).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high), float(found.pvalue)
