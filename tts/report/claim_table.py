"""The claims that `tts evaluate claims` judged, as a page shows them: what was missed comes first."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from tts.evaluation.claims.claims import MISSED, NOT_MEASURED, REACHED, STATED, Claim
from tts.evaluation.claims.report import HEADINGS, ORDER, shown, value_of
from tts.evaluation.statistics import Estimate


@dataclass(frozen=True)
class ClaimRow:
    """One claim in words; value, threshold and beside are "" where there are none."""

    group: str
    name: str
    compared: str
    value: str
    threshold: str
    beside: str


@dataclass(frozen=True)
class ClaimTable:
    """summary: how many came out how. parts: heading, whether it is shown at once, and its rows."""

    summary: str
    parts: list[tuple[str, bool, list[ClaimRow]]]
    notes: list[str]
    command: str


def claim_table(path: Path) -> ClaimTable:
    """The table of a claims.json."""
    content = json.loads(path.read_text(encoding="utf-8"))
    claims = [read_claim(row) for row in content["claims"]]
    of = {verdict: [claim for claim in claims if claim.verdict == verdict] for verdict in ORDER}
    facts, seeds = content["facts"], len(content["facts"]["models"])
    counts = ", ".join(f"{len(of[verdict])} {verdict}" for verdict in (REACHED, MISSED, NOT_MEASURED))
    seen = f"on {facts['utterances']} utterances that the voices never saw" + (f"; means over {seeds} trainings" if seeds > 1 else "")
    summary = f"{counts}, {seen}."
    parts = [(HEADINGS[verdict], verdict == MISSED, [row_of(claim) for claim in of[verdict]])
             for verdict in (MISSED, REACHED, NOT_MEASURED, STATED) if of[verdict]]
    failures = [f"{name}: {why}" for name, why in content["failures"].items()]
    return ClaimTable(summary, parts, [*facts["notes"], *failures], facts["command"])


def read_claim(row: dict) -> Claim:
    """The claim of a row of claims.json, where None stands for NaN."""
    found = row["estimate"]
    return Claim(**{
        **row,
        "estimate": found and Estimate(**{name: number(value) for name, value in found.items()}),
        "seeds": tuple(number(value) for value in row["seeds"]),
        "beside": {name: number(value) for name, value in row["beside"].items()},
    })


def row_of(claim: Claim) -> ClaimRow:
    beside = "; ".join(f"{name} {shown(value, claim.beside_unit)}" for name, value in claim.beside.items())
    compared = "; ".join(text for text in (claim.compared, claim.why) if text)
    return ClaimRow(claim.group, claim.name, compared, value_of(claim) if claim.estimate else "", claim.threshold, beside)


def number(value: float | None) -> float:
    return math.nan if value is None else value
