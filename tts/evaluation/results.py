"""What an evaluation found, as an object that is written as JSON, CSV, Markdown and LaTeX (tables.py) and read back for the page.

Per system (say: recording, copy-synthesis, synthesis) every utterance has scores by metric; what could not be scored has a reason
instead. Scores that only a whole set of utterances has (distances of distributions, say) stand in `whole`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tts.corpus.manifest import atomic_writer
from tts.errors import UserError
from tts.evaluation.metrics import METRICS, WEIGHTED
from tts.evaluation.statistics import Estimate, SpeakerInterval, bootstrap, bootstrap_by_speaker

GROUPS = ("speaker", "style")
SUFFIXES = (".json", ".csv", ".md", ".tex")


@dataclass
class Row:
    """One utterance of one system: scores by metric (NaN where undefined), and what it weighs in pooled rates."""

    id: str
    system: str
    speaker: str = ""
    language: str = ""
    scores: dict[str, float] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)
    style: str = ""


@dataclass
class WordRow:
    """One word of one utterance of one system; `index` counts the utterance's words from 0."""

    id: str
    system: str
    index: int
    word: str
    scores: dict[str, float]


@dataclass(frozen=True)
class Whole:
    """A score of all utterances together, with the intervals over utterances and over speakers."""

    estimate: Estimate
    by_speaker: SpeakerInterval


@dataclass(frozen=True)
class Comparison:
    """How far `system` is from `against` in a metric, on the utterances of both: system - against. p-values as they are, and
    corrected by Holm for all comparisons of the run; NaN for scores of whole sets, which have intervals only."""

    system: str
    against: str
    metric: str
    difference: Estimate
    by_speaker: SpeakerInterval
    t_p: float
    wilcoxon_p: float
    t_p_holm: float
    wilcoxon_p_holm: float


@dataclass
class Results:
    """facts: whatever makes the numbers reproducible; notes: sentences for the reader; not_scored: reason by "system: id";
    partly_scored: the same where only some scores are undefined; whole: scores of whole sets, {system: {metric: …}}; grouped:
    the same within groups, {"speaker": {name: {system: {metric: Estimate}}}}."""

    systems: list[str]
    rows: list[Row] = field(default_factory=list)
    not_scored: dict[str, str] = field(default_factory=dict)
    facts: dict = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    partly_scored: dict[str, str] = field(default_factory=dict)
    whole: dict[str, dict[str, Whole]] = field(default_factory=dict)
    grouped: dict[str, dict[str, dict[str, dict[str, Estimate]]]] = field(default_factory=dict)
    comparisons: list[Comparison] = field(default_factory=list)
    words: list[WordRow] = field(default_factory=list)

    def of(self, system: str) -> list[Row]:
        return [row for row in self.rows if row.system == system]

    def metrics(self) -> list[str]:
        """The metrics that any row or whole set has, in the order of METRICS."""
        present = {name for row in self.rows for name in row.scores}
        present |= {name for scores in self.whole.values() for name in scores}
        return [name for name in METRICS if name in present]

    def estimate(self, system: str, metric: str, rows: list[Row] | None = None) -> Estimate | None:
        """Mean and interval, or None if the system has no such score at all."""
        if rows is None and metric in self.whole.get(system, {}):
            return self.whole[system][metric].estimate
        values, weights, _ = self._values(metric, self.of(system) if rows is None else rows)
        return bootstrap(values, weights) if values else None

    def speaker_interval(self, system: str, metric: str) -> SpeakerInterval | None:
        """The interval over speakers, or None if the system has no such score at all."""
        if metric in self.whole.get(system, {}):
            return self.whole[system][metric].by_speaker
        values, weights, speakers = self._values(metric, self.of(system))
        return bootstrap_by_speaker(values, speakers, weights) if values else None

    @staticmethod
    def _values(metric: str, rows: list[Row]) -> tuple[list[float], list[int] | None, list[str]]:
        rows = [row for row in rows if metric in row.scores]
        weights = [row.weights.get(WEIGHTED[metric], 0) for row in rows] if metric in WEIGHTED else None
        return [row.scores[metric] for row in rows], weights, [row.speaker for row in rows]

    def groups(self, kind: str) -> dict[str, dict[str, dict[str, Estimate]]]:
        """{name: {system: {metric: …}}} for each "speaker" or "style"; empty where there is only one."""
        names = sorted({getattr(row, kind) for row in self.rows})
        if len(names) < 2:
            return {}
        found = {}
        for name in names:
            found[name] = {}
            for system in self.systems:
                rows = [row for row in self.of(system) if getattr(row, kind) == name]
                estimates = {metric: self.estimate(system, metric, rows) for metric in self.metrics()}
                estimates |= self.grouped.get(kind, {}).get(name, {}).get(system, {})
                found[name][system] = {metric: estimate for metric, estimate in estimates.items() if estimate}
        return found

    def words_summary(self) -> dict[str, dict[str, Estimate]]:
        """{system: {metric: mean over words}}, with intervals over utterances: words of one utterance are drawn together."""
        table = {}
        for system in self.systems:
            words = [word for word in self.words if word.system == system]
            table[system] = {}
            for metric in dict.fromkeys(name for word in words for name in word.scores):
                by_id: dict[str, list[float]] = {}
                for word in words:
                    if math.isfinite(word.scores.get(metric, math.nan)):
                        by_id.setdefault(word.id, []).append(word.scores[metric])
                found = bootstrap([sum(v) / len(v) for v in by_id.values()], [len(v) for v in by_id.values()])
                count = sum(map(len, by_id.values()))
                table[system][metric] = Estimate(found.mean, found.low, found.high, count, len(words) - count)
        return table

    def summary(self) -> dict:
        """{system: {metric: {mean, low, high, count, missing, low_by_speaker, high_by_speaker, speakers}}} as stored."""
        table = {}
        for system in self.systems:
            table[system] = {}
            for metric in self.metrics():
                estimate, speakers = self.estimate(system, metric), self.speaker_interval(system, metric)
                if estimate:
                    table[system][metric] = asdict(estimate) | {
                        "low_by_speaker": speakers.low,
                        "high_by_speaker": speakers.high,
                        "speakers": speakers.speakers,
                    }
        return table

    # -- files -------------------------------------------------------------------------------------------------------

    def save(self, path: Path) -> list[Path]:
        """Write as .json (whole), .csv (a row per utterance and system; words beside it as .words.csv), .md or .tex (tables)."""
        from tts.evaluation import tables

        self.check_name(path)
        writers = {
            ".json": Results.json,
            ".csv": tables.csv_of_utterances,
            ".md": lambda results: tables.markdown(results, whole=True),
            ".tex": tables.latex,
        }
        contents = {path: writers[path.suffix](self)}
        if path.suffix == ".csv" and self.words:
            contents[path.with_suffix(".words.csv")] = tables.csv_of_words(self)
        for where, content in contents.items():
            with atomic_writer(where) as file:
                file.write(content)
        return list(contents)

    @staticmethod
    def check_name(path: Path) -> None:
        """A UserError if `save` could not tell what to write from the name."""
        if path.suffix not in SUFFIXES:
            raise UserError(f"{path}: expected a name that ends in {', '.join(SUFFIXES)}")

    def markdown(self) -> str:
        """The table: a metric a row, a system a column, mean and 95 % interval."""
        from tts.evaluation import tables

        return tables.markdown(self)

    def json(self) -> str:
        """All of it; `load` reads it."""
        content = {
            "systems": self.systems,
            "facts": self.facts,
            "notes": self.notes,
            "metrics": {m: asdict(METRICS[m]) for m in self.metrics()},
            "summary": self.summary(),
            "comparisons": [asdict(comparison) for comparison in self.comparisons],
            **{f"by_{kind}": _plain(self.groups(kind)) for kind in GROUPS},
            "by_word": _plain(self.words_summary()) if self.words else {},
            "not_scored": self.not_scored,
            "partly_scored": self.partly_scored,
            "whole": {s: {m: asdict(found) for m, found in scores.items()} for s, scores in self.whole.items()},
            "utterances": [asdict(row) for row in self.rows],
            "words": [asdict(word) for word in self.words],
        }
        return json.dumps(without_nan(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def load(cls, path: Path) -> Results:
        if not path.is_file():
            raise UserError(f"{path}: no results there; run the evaluation first (tts evaluate recipe)")
        content = json.loads(path.read_text(encoding="utf-8"))
        found = cls(
            content["systems"], _read(Row, content["utterances"]), content["not_scored"], content["facts"], content["notes"]
        )
        found.partly_scored = content.get("partly_scored", {})
        found.words = _read(WordRow, content.get("words", []))
        found.whole = {
            system: {
                m: Whole(_estimate(w["estimate"]), SpeakerInterval(**_with_nan(w["by_speaker"]))) for m, w in scores.items()
            }
            for system, scores in content.get("whole", {}).items()
        }
        for row in content.get("comparisons", []):
            parts = {"difference": _estimate(row["difference"]), "by_speaker": SpeakerInterval(**_with_nan(row["by_speaker"]))}
            found.comparisons.append(Comparison(**{**_with_nan(row), **parts}))
        return found


def _read(kind: type, rows: Iterable[dict]) -> list:
    return [kind(**{**row, "scores": _with_nan(row["scores"])}) for row in rows]


def _with_nan(row: dict) -> dict:
    return {k: math.nan if v is None else v for k, v in row.items()}


def _estimate(row: dict) -> Estimate:
    return Estimate(**_with_nan(row))


def _plain(groups: dict):
    return {k: asdict(v) if isinstance(v, Estimate) else _plain(v) for k, v in groups.items()}


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
