"""An analysis as files: paragraph and tables for reading (report.md), for a paper (paragraph.txt, *.tex, scores.png and .svg) and
for other programs (analysis.json, *.csv)."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, is_dataclass
from pathlib import Path

from tts.corpus.manifest import atomic_writer
from tts.mushra import figure
from tts.mushra.analyse import Analysis
from tts.mushra.choices import ChoiceAnalysis
from tts.mushra.paragraph import paragraph
from tts.mushra.ratings import Results
from tts.mushra.tables import comma_separated, latex, markdown, tables


def write_analysis(found: Analysis | ChoiceAnalysis, results: Results, folder: Path, command: str) -> Path:
    """Write everything to `folder`; returns the report."""
    made = {
        "paragraph.txt": paragraph(found),
        "report.md": report(found, command),
        "analysis.json": as_json(found, command),
        "ratings.csv": comma_separated(results.ratings),
    }
    made |= {f"{table.name}.tex": latex(table) for table in tables(found) if table.rows}
    made |= {f"{name}.csv": comma_separated(rows) for name, rows in numbers_of(found).items() if rows}
    for name, text in made.items():
        with atomic_writer(folder / name) as file:
            file.write(text)
    figure.draw(found, folder, figure_name(found))
    return folder / "report.md"


def figure_name(found: Analysis | ChoiceAnalysis) -> str:
    return "choices" if isinstance(found, ChoiceAnalysis) else "scores"


def numbers_of(found: Analysis | ChoiceAnalysis) -> dict[str, list]:
    """Rows of numbers by the name of their table."""
    if isinstance(found, ChoiceAnalysis):
        return {"choices": found.choices}
    return {
        "means": found.summaries,
        "pairs": found.pairs,
        "gap": found.gaps,
        "mixed_model": found.mixed.effects if found.mixed else [],
    }


def report(found: Analysis | ChoiceAnalysis, command: str) -> str:
    """Everything on one page of Markdown."""
    off = "\n".join(f"- {sentence}" for sentence in found.screening.off)
    notes = "\n".join(f"- {sentence}" for sentence in found.notes)
    name = figure_name(found)
    parts = [
        f"# Listening test {found.name}",
        f"Made by `{command}`; seed {found.seed}, test {found.test_hash[:12]}.",
        paragraph(found).strip(),
        f"![{name}]({name}.png)",
        *(markdown(table) for table in tables(found) if table.rows),
    ]
    parts += [f"**Rules of screening not applied**\n\n{off}"] if off else []
    parts += [f"**Notes**\n\n{notes}"] if notes else []
    return "\n\n".join(parts) + "\n"


def as_json(found: Analysis | ChoiceAnalysis, command: str) -> str:
    """All numbers, unrounded; null is what does not exist."""
    content = {name: value for name, value in vars(found).items() if name != "table"}
    return json.dumps({"command": command, **plain(content)}, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def plain(value):
    """Dataclasses as objects, and numbers that are none as null."""
    if is_dataclass(value):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
