"""RESULTS.md beside a model: the table, the voices one by one, and what made it."""

from __future__ import annotations

from pathlib import Path

from tts.corpus.manifest import atomic_writer
from tts.evaluation.metrics import METRICS, Metric
from tts.evaluation.results import Results, Row, shown

BY_VOICE = ("mcd", "f0_rmse_cents", "f0_correlation", "voicing_decision_error", "per", "wer")


def write_report(results: Results, model: Path, system: str) -> Path:
    """Write MODEL/RESULTS.md; `system` is the one that is told voice by voice."""
    facts, card = results.facts, results.facts["model"]
    metrics, voices = by_voice(results, system)
    header = ["voice", "language", "utterances", *(f"{metric.name}, {metric.unit}" for metric in metrics)]
    lines = [
        f"# Results of {facts['recipe']}, {facts['name']}", "",
        f"{facts['utterances']} utterances of the part `{facts['split']}`, {facts['date']}.", "",
        results.markdown(),
        f"## {system.capitalize()}, voice by voice", "",
        *(f"| {' | '.join(row)} |" for row in (header, ["---"] * len(header), *voices)), "",
        "## What made it", "",
        f"- model: {card.get('system')}, {card.get('parameters', 0) / 1e6:.2f} M parameters, {card.get('steps')} steps, "
        f"seed {card.get('seed')}",
        f"- data: {card.get('utterances')} utterances, {card.get('hours', 0):.2f} h, {len(card.get('speakers', []))} voices, "
        f"{', '.join(card.get('languages', []))}",
        f"- features: fingerprint {card.get('fingerprint')}",
        f"- code: commit {facts['commit']}{' with local changes' if facts['modified'] else ''}",
        f"- command: `{facts['command']}`; all commands of the experiment: [command.sh](command.sh)", "",
        "```yaml", (model / "config.yaml").read_text(encoding="utf-8").rstrip(), "```", "",
    ]
    path = model / "RESULTS.md"
    with atomic_writer(path) as file:
        file.write("\n".join(lines))
    return path


def by_voice(results: Results, system: str) -> tuple[list[Metric], list[list[str]]]:
    """A system voice by voice: metrics, and rows of voice, language, utterances and a text per metric."""
    metrics = [metric for metric in BY_VOICE if metric in results.metrics()]
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in results.of(system):
        groups.setdefault((row.speaker, row.language), []).append(row)
    return [METRICS[m] for m in metrics], [
        [speaker, language, str(len(rows)), *(shown(m, results.estimate(system, m, rows)) for m in metrics)]
        for (speaker, language), rows in sorted(groups.items())]
