"""What a paper has to say of a listening test, as plain text: who listened, who was left out and why, what was tested and what
came out."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import groupby

from tts.mushra.analyse import Analysis
from tts.mushra.choices import Choice, ChoiceAnalysis
from tts.mushra.folder import REFERENCE
from tts.mushra.means import RESAMPLES, Summary
from tts.mushra.pairs import WHY_CROSSED, WHY_UNIT, Pair
from tts.mushra.screening import Screening
from tts.mushra.tables import decimals_of, interval, number, p_value

LEVEL = 0.05
KINDS = {
    "mushra": "a MUSHRA test",
    "mos": "a mean opinion score test (1 to 5)",
    "preference": "a preference test",
    "abx": "an ABX test",
}
MOST_PAIRS = 8  # that are told one by one; the table has all


def paragraph(found: Analysis | ChoiceAnalysis) -> str:
    """The text."""
    parts = of_choices(found) if isinstance(found, ChoiceAnalysis) else of_scores(found)
    return " ".join(part for part in [opening(found), *parts] if part) + "\n"


def listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]


def equals(p: float) -> str:
    """p as "< 0.001" or "= 0.012"."""
    text = p_value(p)
    return text if text.startswith("<") else f"= {text}"


def opening(found: Analysis | ChoiceAnalysis) -> str:
    return (
        f"In {KINDS[found.kind]} {found.listeners} listeners judged {listed(found.conditions)} on {found.items} items. "
        f"{left_out(found.screening, found.listeners)} The results rest on the {len(found.screening.kept)} listeners kept."
    )


def left_out(screening: Screening, listeners: int) -> str:
    """How many were left out, and by which rules."""
    rules = "; ".join(f"({number}) {rule}" for number, rule in enumerate(screening.rules, start=1))
    how_many = f"{len(screening.excluded)} of {listeners} listeners" if screening.excluded else "nobody"
    return f"Post-screening left out {how_many}; a listener goes who {rules}."


# -- mushra and mos -------------------------------------------------------------------------------------------------------------


def of_scores(found: Analysis) -> list[str]:
    d = decimals_of(found.kind)
    overall = [row for row in found.summaries if not row.by]
    means = listed([mean_of(row, d) for row in overall])
    parts = [
        f"Mean scores were {means} (brackets: 95 % bootstrap interval over listeners, {RESAMPLES} resamples).",
        (
            f"All {len(found.pairs)} pair{'s' if len(found.pairs) > 1 else ''} of {listed(found.compared)} were compared by"
            " paired t-tests and Wilcoxon signed-rank tests, each corrected for all pairs by Holm-Bonferroni."
            f" {WHY_UNIT[found.unit]}"
        ),
        *reference_sentence(found.pairs, d),
        *pair_sentences(found.pairs, d),
        crossed_sentence(found.pairs),
    ]
    for gap in found.gaps:
        share = f"{number(gap.value)} %" + (f" [{interval(gap.low, gap.high)}]" if math.isfinite(gap.low) else "")
        parts.append(
            f"{gap.system} closes {share} of the gap between {gap.baseline} and the reference."
            if not gap.why
            else (
                f"The share of the gap between {gap.baseline} and the reference that {gap.system} closes is not given: {gap.why}."
            )
        )
    if found.mixed and math.isfinite(found.mixed.p):
        warning = "" if found.mixed.converged else " (the fit did not converge; do not cite it)"
        parts.append(
            f"A mixed model {found.mixed.formula} over {found.mixed.ratings} ratings gives p {equals(found.mixed.p)} for any"
            f" difference between them{warning}."
        )
    if found.detectable is not None and math.isfinite(found.detectable):
        parts.append(
            f"By the variances found, a test of this size shows a difference of {number(found.detectable, d)} points with 80 %"
            " power."
        )
    return parts


def mean_of(row: Summary, decimals: int) -> str:
    bounds = interval(row.low, row.high, decimals)
    return f"{number(row.mean, decimals)} [{bounds}] for {row.condition}"


def above(row: Pair) -> bool:
    """Whether the reference of this pair is above its system by both tests: told in one sentence for all."""
    return REFERENCE in (row.a, row.b) and verdict(row) == 0 and (row.difference > 0) == (row.b == REFERENCE)


def reference_sentence(pairs: list[Pair], decimals: int) -> list[str]:
    rows = [row for row in pairs if above(row)]
    if not rows:
        return []
    names = listed([row.a if row.b == REFERENCE else row.b for row in rows])
    by = listed([number(abs(row.difference), decimals) for row in rows])
    largest = max(max(row.p_t, row.p_wilcoxon) for row in rows)
    return [f"The reference scores higher than {names}, by {by} points (largest p {equals(largest)})."]


def pair_sentences(pairs: list[Pair], decimals: int) -> list[str]:
    """The pairs in which t and Wilcoxon agree on a difference, those in which they do not, and the rest by name."""
    told = sorted((row for row in pairs if not above(row) and math.isfinite(row.p_t)), key=verdict)
    sentences, left = [], MOST_PAIRS
    for word, group in groupby(told, key=verdict):
        rows = list(group)
        if word == 2:
            sentences.append(
                f"No difference is significant between {' or between '.join(f'{row.a} and {row.b}' for row in rows)} "
                f"(smallest p {equals(min(min(row.p_t, row.p_wilcoxon) for row in rows))})."
            )
            continue
        disagree = " The two tests do not agree here." if word == 1 else ""
        sentences += [pair_sentence(row, decimals) + disagree for row in rows[:left]]
        if len(rows) > left:
            sentences.append(
                f"{len(rows) - left} further pairs differ by {'one test' if word == 1 else 'both tests'} (see the table)."
            )
        left = max(0, left - len(rows))
    if untold := [f"{row.a} and {row.b}" for row in pairs if not math.isfinite(row.p_t)]:
        sentences.append(f"Too few listeners rated both of {' or of '.join(untold)} to compare them.")
    return sentences


def verdict(pair: Pair) -> int:
    """0 where both tests find a difference, 1 where one does, 2 where none does."""
    return 2 - int(pair.p_t < LEVEL) - int(pair.p_wilcoxon < LEVEL)


def pair_sentence(row: Pair, decimals: int) -> str:
    better, worse, sign = (row.b, row.a, 1) if row.difference > 0 else (row.a, row.b, -1)
    low, high = sorted((sign * row.low, sign * row.high))
    effect = f", d_z = {number(sign * row.effect, 2)}" if math.isfinite(row.effect) else ""
    return (
        f"{better} scores {number(sign * row.difference, decimals)} points higher than {worse} [{interval(low, high, decimals)},"
        f" uncorrected], t({number(row.df, 0)}) = {number(sign * row.t, 2)}, p {equals(row.p_t)}{effect}; Wilcoxon p"
        f" {equals(row.p_wilcoxon)}."
    )


def crossed_sentence(pairs: list[Pair]) -> str:
    """Which of the differences are shown for other items too."""
    if not any(math.isfinite(row.p_crossed) for row in pairs):
        return "There are too few items or listeners to say whether this holds for other items."
    shown = [row for row in pairs if verdict(row) == 0]
    lost = listed([f"{row.a} and {row.b} (p {equals(row.p_crossed)})" for row in shown if not row.p_crossed < LEVEL] or [""])
    if not shown:
        return ""
    if not lost:
        return WHY_CROSSED + " By it all of these differences are significant too."
    return WHY_CROSSED + f" By it the difference between {lost} is not significant: it is shown for these items only."


# -- preference and abx ---------------------------------------------------------------------------------------------------------


def of_choices(found: ChoiceAnalysis) -> list[str]:
    how = (
        "Each pair was tested over listeners by a sign test (one observation a listener; it speaks for other listeners) and over"
        " answers by an exact binomial test (which takes a listener's answers as independent), "
        + ("one-sided against guessing" if found.kind == "abx" else "two-sided, answers without a preference left out")
        + ", each corrected for all pairs by Holm-Bonferroni. Brackets are 95 % bootstrap intervals over listeners."
    )
    return [how, *(choice_sentence(row, found.kind) for row in found.choices)]


def choice_sentence(row: Choice, kind: str) -> str:
    """What came out for a pair; a preference is told of the one preferred."""
    if kind == "preference" and row.share < 0.5:
        row = replace(
            row,
            a=row.b,
            b=row.a,
            hits=row.misses,
            misses=row.hits,
            share=1 - row.share,
            low=1 - row.high,
            high=1 - row.low,
            listeners_for=row.listeners_against,
            listeners_against=row.listeners_for,
        )
    if not math.isfinite(row.share):
        return f"Between {row.a} and {row.b} nobody decided ({row.undecided} answers without a preference)."
    share = f"{number(100 * row.share)} % [{interval(100 * row.low, 100 * row.high)}]"
    tests = (
        f"{row.listeners_for} listeners for and {row.listeners_against} against, p {equals(row.p_listeners)}; over answers "
        f"p {equals(row.p_answers)}"
    )
    if kind == "abx":
        return f"Between {row.a} and {row.b} listeners named X rightly in {share} of {row.hits + row.misses} answers ({tests})."
    undecided = f", {row.undecided} more were without a preference" if row.undecided else ""
    return f"{row.b} was preferred to {row.a} in {share} of {row.hits + row.misses} answers{undecided} ({tests})."
