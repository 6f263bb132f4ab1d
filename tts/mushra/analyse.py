"""From scores to what a paper says of them (mushra and mos): who is left out, means with intervals, every pair tested, the gap to
the recordings closed, the mixed model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tts.errors import UserError
from tts.mushra import mixed_model
from tts.mushra.folder import REFERENCE
from tts.mushra.means import GapReduction, Summary, gap_reductions, summaries_of
from tts.mushra.pairs import Pair, components_of, pair_rows
from tts.mushra.power import detectable_difference
from tts.mushra.ratings import Results
from tts.mushra.scores import ScoreTable, score_table
from tts.mushra.screening import Rules, Screening, screen
from tts.mushra.significance import UNITS, Components


@dataclass(frozen=True)
class Analysis:
    """All of it. listeners: before screening. detectable: the difference that a test of this size shows with 80 % power, by the
    variances found."""

    name: str
    test_hash: str
    kind: str
    unit: str
    seed: int
    listeners: int
    screening: Screening
    items: int
    ratings: int
    missing: int
    conditions: list[str]
    compared: list[str]
    summaries: list[Summary]
    pairs: list[Pair]
    gaps: list[GapReduction]
    mixed: mixed_model.MixedModel | None
    components: Components | None
    detectable: float | None
    notes: list[str]
    table: ScoreTable


def check_kept(screening: Screening, listeners: int) -> None:
    if len(screening.kept) < 2:
        first = "; ".join(f"{name}: {', '.join(why)}" for name, why in list(screening.excluded.items())[:5])
        raise UserError(
            f"screening leaves {len(screening.kept)} of {listeners} listeners, and a test needs 2; {first}; collect more, or turn"
            " off the rule that does not suit this test (tts mushra analyse --help)"
        )


def analyse(
    results: Results, rules: Rules | None = None, baseline: str | None = None, unit: str = "listener", seed: int = 0
) -> Analysis:
    """Screen, summarise, compare. baseline: the system whose gap to the reference others reduce, and that the mixed model
    compares with."""
    if unit not in UNITS:
        raise UserError(f"unit {unit!r}; expected one of {', '.join(UNITS)}")
    whole = score_table(results)
    compared = whole.compared
    if len(whole.systems) < 2 and REFERENCE not in compared:
        raise UserError(f"test {results.test.name!r} has one system only, {', '.join(compared)}; nothing can be compared")
    if baseline is not None and baseline not in whole.systems:
        raise UserError(
            f"baseline {baseline!r} is not among the systems of test {results.test.name!r}: {', '.join(whole.systems)}"
        )
    screening = screen(results, rules or Rules(), whole)
    check_kept(screening, len(whole.listeners))
    table = whole.only(screening.kept)
    notes, mixed, gaps = list(results.notes), None, []
    reference = baseline or whole.systems[0]
    try:
        mixed = mixed_model.fit(table, compared, reference)
        notes.append(
            f"Mixed model: standard deviations of listeners {mixed.listener_sd:.2f}, items {mixed.item_sd:.2f}, rest "
            f"{mixed.residual_sd:.2f} points. {mixed_model.CAUTION}"
        )
    except ImportError:
        notes.append(mixed_model.LACKING)
    except np.linalg.LinAlgError as error:
        notes.append(f"No mixed model: the fit failed ({error}), as it does where ratings hardly vary.")
    if baseline is None:
        notes.append("No gap reduction: it needs --baseline, the system that the others are to improve on.")
    elif REFERENCE not in table.conditions:
        notes.append("No gap reduction: the test has no hidden reference.")
    else:
        gaps = gap_reductions(table, baseline, seed)
    if any("hidden reference under" in rule for rule in screening.rules):
        notes.append("Screening by the hidden reference lifts its mean: that, and the gap, are those of listeners who found it.")
    missing = int(np.isnan(table.scores).sum())
    if missing:
        notes.append(
            f"{missing} of {table.scores.size} ratings of the listeners kept are missing; each test uses what both systems of its"
            " pair have."
        )
    components = components_of(table, table.systems)
    detectable = (
        None
        if components is None
        else detectable_difference(len(table.listeners), len(table.items), len(compared), components, kind=results.test.kind)
    )
    return Analysis(
        results.test.name,
        results.test.hash,
        results.test.kind,
        unit,
        seed,
        len(whole.listeners),
        screening,
        len(table.items),
        int(np.isfinite(table.scores).sum()),
        missing,
        table.conditions,
        compared,
        summaries_of(table, seed),
        pair_rows(table, compared, unit),
        gaps,
        mixed,
        components,
        detectable,
        notes,
        table,
    )
