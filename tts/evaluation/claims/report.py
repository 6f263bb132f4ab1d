"""Claims as JSON, as rows of all sounds, and as a section of a report: what was missed comes first."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import asdict
from pathlib import Path

from tts import tables
from tts.corpus.manifest import atomic_writer
from tts.evaluation.claims.claims import MISSED, NOT_MEASURED, REACHED, STATED, Claim, Judged
from tts.evaluation.results import without_nan
from tts.recipe.history import in_words

# scale and digits by unit
SHOWN = {
    "r": (1, 2),
    "cos": (1, 3),
    "%": (100, 1),
    "x": (1, 2),
    "st": (1, 2),
    "R²": (1, 3),
    "nats": (1, 2),
    "ln": (1, 2),
    "bits": (1, 3),
    "dB": (1, 2),
    "cents": (1, 0),
    "ms": (1, 1),
    "Hz": (1, 1),
    "st/s": (1, 1),
    "x real time": (1, 0),
    "dimensions": (1, 0),
}
ORDER = (MISSED, NOT_MEASURED, REACHED, STATED)
HEADINGS = {MISSED: "Missed", NOT_MEASURED: "Not measured", REACHED: "Reached", STATED: "Stated without a threshold"}


def write_claims(folder: Path, claims: list[Claim], judged: list[Judged], facts: dict) -> Path:
    """Write claims.json, claims.csv, claims.md and the first model's drawings into `folder`; returns claims.md."""
    failures = {f"{facts['models'][i]}: {name}": reason for i, j in enumerate(judged) for name, reason in j.failures.items()}
    content = {
        "facts": facts,
        "claims": [asdict(claim) for claim in claims],
        "failures": failures,
        "models": [j.facts for j in judged],
    }
    with atomic_writer(folder / "claims.json") as file:
        file.write(json.dumps(without_nan(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    with atomic_writer(folder / "claims.csv") as file:
        file.write(rows_csv(facts["models"], judged))
    for name, svg in (judged[0].drawings if judged else {}).items():
        with atomic_writer(folder / f"{name}.svg") as file:
            file.write(svg)
    with atomic_writer(folder / "claims.md") as file:
        file.write(markdown(claims, facts, failures))
    return folder / "claims.md"


def rows_csv(models: list[str], judged: list[Judged]) -> str:
    """A row per rendered sound of every model."""
    rows = [{"model": model, **row} for model, one in zip(models, judged) for row in one.rows]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {
                k: ("" if isinstance(v, float) and math.isnan(v) else f"{v:.6g}" if isinstance(v, float) else v)
                for k, v in row.items()
            }
        )
    return out.getvalue()


def markdown(claims: list[Claim], facts: dict, failures: dict[str, str]) -> str:
    """The section of a report, misses first."""
    counts = {verdict: [c for c in claims if c.verdict == verdict] for verdict in ORDER}
    seeds = len(facts["models"])
    lines = [
        f"## Claims of {facts['system']}",
        "",
        f"{len(counts[REACHED])} reached, {len(counts[MISSED])} missed, {len(counts[NOT_MEASURED])} not measured; "
        f"{facts['utterances']} utterances of the part `{facts['split']}`, "
        + (f"mean over {seeds} training seeds." if seeds > 1 else "one trained model."),
        "",
    ]
    for verdict in ORDER:
        if counts[verdict]:
            lines += [f"### {HEADINGS[verdict]}", "", *table(counts[verdict], seeds), ""]
    lines += [
        "Value [95 % interval, bootstrap over utterances]" + ("; each seed's own value beside it." if seeds > 1 else "."),
        "",
    ]
    lines += [f"- {note}" for note in facts["notes"]]
    lines.append(f"- `{facts['command']}`, {facts['date']}, {in_words(facts)}.")
    if failures:
        lines += [
            "",
            f"Not spoken or measured: {len(failures)}.",
            *(f"- {name}: {reason}" for name, reason in sorted(failures.items())[:10]),
        ]
        lines += [f"- and {len(failures) - 10} more, in claims.json"] if len(failures) > 10 else []
    return "\n".join(lines).rstrip() + "\n"


def table(claims: list[Claim], seeds: int) -> list[str]:
    """Markdown rows of claims with the same verdict."""
    if claims[0].verdict == NOT_MEASURED:
        return tables.markdown(("claim", "why"), [(f"{c.group}: {c.name}", c.why) for c in claims], words=2)
    columns = [
        "claim",
        "value",
        "threshold" if claims[0].verdict != STATED else "beside",
        *(["seeds"] if seeds > 1 else []),
        "for comparison",
        "what is compared",
    ]
    rows = []
    for c in claims:
        beside = "; ".join(f"{name} {shown(value, c.beside_unit)}" for name, value in c.beside.items())
        note = f"{c.compared}. {c.note}" if c.note else c.compared
        own = [", ".join(shown(value, c.unit) for value in c.seeds)] if seeds > 1 else []
        rows.append([f"{c.group}: {c.name}", value_of(c), c.threshold, *own, beside, note])
    return tables.markdown(columns, rows, words=len(columns))


def value_of(claim: Claim) -> str:
    """0.86 [0.81, 0.90] r"""
    found, unit = claim.estimate, "" if claim.unit in ("r", "R²", "cos") else f" {claim.unit}"
    interval = "" if math.isnan(found.low) else f" [{shown(found.low, claim.unit)}, {shown(found.high, claim.unit)}]"
    return f"{shown(found.mean, claim.unit)}{interval}{unit}"


def shown(value: float, unit: str) -> str:
    scale, digits = SHOWN.get(unit, (1, 2))
    return f"{value * scale:.{digits}f}" if math.isfinite(value) else "–"
