"""What an analysis found as tables: rounded for the eye as Markdown and LaTeX (booktabs), unrounded as CSV."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass, fields

from tts import tables as as_tables
from tts.mushra.analyse import Analysis
from tts.mushra.choices import ChoiceAnalysis
from tts.tables import NOTHING


@dataclass(frozen=True)
class Table:
    """name: of its file. words: how many of the first columns are words; the rest are numbers, set flush right."""

    name: str
    title: str
    columns: list[str]
    rows: list[list[str]]
    words: int = 1


# -- numbers as text ------------------------------------------------------------------------------------------------------------


def decimals_of(kind: str) -> int:
    return 2 if kind == "mos" else 1


def number(value: float, decimals: int = 1, sign: bool = False) -> str:
    """Rounded, without a minus before zero."""
    return f"{round(value, decimals) + 0.0:{'+' if sign else ''}.{decimals}f}" if math.isfinite(value) else NOTHING


def interval(low: float, high: float, decimals: int = 1, sign: bool = False) -> str:
    return (
        NOTHING
        if not (math.isfinite(low) and math.isfinite(high))
        else f"{number(low, decimals, sign)} to {number(high, decimals, sign)}"
    )


def p_value(p: float) -> str:
    return NOTHING if not math.isfinite(p) else "< 0.001" if p < 0.001 else f"{p:.3f}"


# -- tables ---------------------------------------------------------------------------------------------------------------------


def tables(found: Analysis | ChoiceAnalysis) -> list[Table]:
    """All tables, the most important first."""
    made = choice_tables(found) if isinstance(found, ChoiceAnalysis) else score_tables(found)
    excluded = [[listener, "; ".join(why)] for listener, why in found.screening.excluded.items()]
    return [*made, Table("screening", "Listeners left out", ["listener", "why"], excluded, words=2)]


def score_tables(found: Analysis) -> list[Table]:
    d = decimals_of(found.kind)
    means = []
    for row in found.summaries:
        where = [row.by or "all", row.group or NOTHING]
        means.append(
            [
                row.condition,
                *where,
                number(row.mean, d),
                interval(row.low, row.high, d),
                number(row.median, d),
                interval(row.lower_quartile, row.upper_quartile, d),
                str(row.listeners),
                str(row.items),
                str(row.ratings),
            ]
        )
    pairs = [
        [
            row.b,
            row.a,
            number(row.difference, d, True),
            interval(row.low, row.high, d, True),
            number(row.effect, 2, True),
            str(row.observations),
            f"{number(row.t, 2)} ({number(row.df, 0)})",
            p_value(row.p_t),
            p_value(row.p_wilcoxon),
            p_value(row.p_crossed),
        ]
        for row in found.pairs
    ]
    made = [
        Table(
            "means",
            "Scores",
            ["condition", "by", "group", "mean", "95 % of mean", "median", "quartiles", "listeners", "items", "ratings"],
            means,
            words=3,
        ),
        Table(
            "pairs",
            f"Differences (unit of t and Wilcoxon: {found.unit}; p corrected by Holm-Bonferroni)",
            ["system", "minus", "difference", "95 %", "d_z", "n", "t (df)", "p t", "p Wilcoxon", "p crossed"],
            pairs,
            words=2,
        ),
    ]
    if found.gaps:
        made.append(
            Table(
                "gap",
                "Share of the gap from the baseline to the reference that is closed",
                ["system", "baseline", "%", "95 %", "remark"],
                [[g.system, g.baseline, number(g.value, 1, True), interval(g.low, g.high, 1, True), g.why] for g in found.gaps],
                words=2,
            )
        )
    if found.mixed:
        rows = [
            [e.system, found.mixed.baseline, number(e.difference, d, True), interval(e.low, e.high, d, True), p_value(e.p)]
            for e in found.mixed.effects
        ]
        made.append(
            Table(
                "mixed_model",
                f"Mixed model {found.mixed.formula} (p not corrected)",
                ["system", "minus", "difference", "95 %", "p"],
                rows,
                words=2,
            )
        )
    return made


def choice_tables(found: ChoiceAnalysis) -> list[Table]:
    preference = found.kind == "preference"
    columns = (
        ["system", "against", "for", "against it", "no preference"] if preference else ["system", "against", "right", "wrong"]
    )
    rows = []
    for row in found.choices:
        counts = [row.hits, row.misses, row.undecided] if preference else [row.hits, row.misses]
        rows.append(
            [
                row.b,
                row.a,
                *map(str, counts),
                number(100 * row.share),
                interval(100 * row.low, 100 * row.high),
                f"{row.listeners_for} : {row.listeners_against} ({row.listeners_even} even)",
                p_value(row.p_listeners),
                p_value(row.p_answers),
            ]
        )
    return [
        Table(
            "choices",
            "Choices (p corrected by Holm-Bonferroni)",
            [*columns, "share in %", "95 % over listeners", "listeners for : against", "p over listeners", "p over answers"],
            rows,
            words=2,
        )
    ]


# -- formats --------------------------------------------------------------------------------------------------------------------


def markdown(table: Table) -> str:
    return "\n".join([f"**{table.title}**", "", *as_tables.markdown(table.columns, table.rows, table.words)])


def latex(table: Table) -> str:
    """A tabular to \\input; needs the package booktabs."""
    columns, *rows = ([as_tables.escaped(cell) for cell in row] for row in (table.columns, *table.rows))
    return f"% {table.title}\n{as_tables.latex(columns, rows, table.words)}"


def comma_separated(rows: list) -> str:
    """Dataclasses of one kind with all their numbers, unrounded; "" is what does not exist."""
    values = (["" if isinstance(value, float) and not math.isfinite(value) else value for value in astuple(row)] for row in rows)
    return as_tables.comma_separated([field.name for field in fields(rows[0])], values)
