"""What an evaluation found, as an object that is written as JSON, CSV and Markdown and read back for the page.

Per system (say: recording, copy-synthesis, synthesis) every utterance has scores by metric; what could not be scored has a reason
instead.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tts.corpus.manifest import atomic_writer
from tts.errors import UserError
from tts.evaluation.measure import METRICS
from tts.evaluation.statistics import Estimate, bootstrap

WEIGHTED = {"per": "phones", "wer": "words"}  # rates pooled over phones or words, so weighted by how many an utterance has


@dataclass
class Row:
    """One utterance of one system: scores by metric (NaN where undefined), and what it weighs in pooled rates."""

    id: str
    system: str
    speaker: str = ""
    language: str = ""
    scores: dict[str, float] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)


@dataclass
class Results:
    """facts: whatever makes the numbers reproducible; notes: sentences for the reader; not_scored: reason by "system: id"."""

    systems: list[str]
    rows: list[Row] = field(default_factory=list)
    not_scored: dict[str, str] = field(default_factory=dict)
    facts: dict = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def of(self, system: str) -> list[Row]:
        return [row for row in self.rows if row.system == system]

    def metrics(self) -> list[str]:
        """The metrics that any row has, in the order of METRICS."""
        present = {name for row in self.rows for name in row.scores}
        return [name for name in METRICS if name in present]

    def estimate(self, system: str, metric: str, rows: list[Row] | None = None) -> Estimate | None:
        """Mean and interval, or None if the system has no such score at all."""
        rows = [row for row in (self.of(system) if rows is None else rows) if metric in row.scores]
        if not rows:
            return None
        weights = [row.weights.get(WEIGHTED[metric], 0) for row in rows] if metric in WEIGHTED else None
        return bootstrap([row.scores[metric] for row in rows], weights)

    def summary(self) -> dict:
        """{system: {metric: {mean, low, high, count, missing}}} in the units that are stored."""
        table = {}
        for system in self.systems:
            estimates = {metric: self.estimate(system, metric) for metric in self.metrics()}
            table[system] = {metric: asdict(found) for metric, found in estimates.items() if found}
        return table

    # -- files -------------------------------------------------------------------------------------------------------

    def save(self, path: Path) -> None:
        """Write as .json (whole), .csv (a row per utterance and system) or .md (the table)."""
        writers = {".json": self._json, ".csv": self._csv, ".md": self.markdown}
        if path.suffix not in writers:
            raise UserError(f"{path}: expected a name that ends in {', '.join(writers)}")
        with atomic_writer(path) as file:
            file.write(writers[path.suffix]())

    @classmethod
    def load(cls, path: Path) -> Results:
        if not path.is_file():
            raise UserError(f"{path}: no results there; run the evaluation first (tts evaluate recipe)")
        content = json.loads(path.read_text(encoding="utf-8"))
        rows = [
            Row(**{**row, "scores": {k: math.nan if v is None else v for k, v in row["scores"].items()}})
            for row in content["utterances"]
        ]
        return cls(content["systems"], rows, content["not_scored"], content["facts"], content["notes"])

    def _json(self) -> str:
        content = {
            "systems": self.systems,
            "facts": self.facts,
            "notes": self.notes,
            "metrics": {m: asdict(METRICS[m]) for m in self.metrics()},
            "summary": self.summary(),
            "not_scored": self.not_scored,
            "utterances": [asdict(row) for row in self.rows],
        }
        return json.dumps(without_nan(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    def _csv(self) -> str:
        out, metrics = io.StringIO(), self.metrics()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["id", "system", "speaker", "language", *metrics])
        for row in self.rows:
            values = (row.scores.get(metric, math.nan) for metric in metrics)
            writer.writerow(
                [row.id, row.system, row.speaker, row.language, *("" if math.isnan(v) else f"{v:.6g}" for v in values)]
            )
        return out.getvalue()

    def markdown(self) -> str:
        """The table: a metric a row, a system a column, mean and 95 % interval."""
        lines = ["| | " + " | ".join(self.systems) + " |", "|---|" + "---|" * len(self.systems)]
        for metric in self.metrics():
            about = METRICS[metric]
            label = f"{about.name}, {about.unit}" + (f" ({about.better} is better)" if about.better else "")
            lines.append(
                f"| {label} | " + " | ".join(shown(metric, self.estimate(system, metric)) for system in self.systems) + " |"
            )
        lines += ["", "Mean over utterances [95 % interval, bootstrap over utterances].", ""]
        lines += [f"- {METRICS[m].name}, {METRICS[m].unit}: {METRICS[m].meaning}." for m in self.metrics()]
        lines += [f"- {note}" for note in self.notes]
        if self.not_scored:
            reasons = Counter(self.not_scored.values())
            lines += ["", f"Not scored: {len(self.not_scored)}."] + [
                f"- {count} x {reason}" for reason, count in reasons.most_common()
            ]
        return "\n".join(lines) + "\n"


def shown(metric: str, estimate: Estimate | None) -> str:
    """An estimate as text: 4.21 [4.02, 4.40], with the number of utterances where some have no score."""
    if estimate is None:
        return "–"
    if estimate.count == 0:
        return "not scored"
    about = METRICS[metric]
    mean, low, high = (f"{value * about.scale:.{about.digits}f}" for value in (estimate.mean, estimate.low, estimate.high))
    interval = "" if math.isnan(estimate.low) else f" [{low}, {high}]"
    return f"{mean}{interval}" + (f" (n = {estimate.count}, {estimate.missing} undefined)" if estimate.missing else "")


def without_nan(value):
    """The same structure with None where JSON has no word for NaN."""
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
