"""RESULTS.md: everything that was measured of an experiment as Markdown, each part with the command that made it. What was missed stands
first in the claims; what could not be scored is counted."""

from __future__ import annotations

from pathlib import Path

from tts.corpus.manifest import atomic_writer
from tts.evaluation.metrics import METRICS, Metric
from tts.evaluation.recipe import SYNTHESIS
from tts.evaluation.results import Results, Row, shown
from tts.recipe.history import in_words
from tts.report.gather import Gathered
from tts.report.stages import StageRun, stage_runs

BY_VOICE = ("mcd", "f0_rmse_cents", "f0_correlation", "voicing_decision_error", "per", "wer")


def write_results(gathered: Gathered, path: Path) -> None:
    """Write the file."""
    parts = [evaluation(gathered.results), *released(gathered), *claims(gathered), *listening(gathered), alignment(gathered), gathered.card.markdown(),
             configuration(gathered.model), stages(gathered.stages), f"Gathered by `{gathered.command}`."]
    with atomic_writer(path) as file:
        file.write("\n".join(part.rstrip() + "\n" for part in parts if part))


def write_claims_alone(model: Path, recipe: str, path: Path, command: str) -> None:
    """The file of an experiment that is no single model, of which nothing but claims was measured."""
    parts = [f"# Results of {recipe}, {model.name}\n", (model / "claims" / "claims.md").read_text(encoding="utf-8"), configuration(model),
             stages(stage_runs(model)), f"Gathered by `{command}`."]
    with atomic_writer(path) as file:
        file.write("\n".join(part.rstrip() + "\n" for part in parts if part))


def evaluation(results: Results, heading: str = "") -> str:
    """What was measured of a model's test sentences, with its command. `heading`: a section's; "": that of a whole file."""
    facts = results.facts
    level = "##" if heading else "#"
    metrics, voices = by_voice(results, SYNTHESIS)
    header = ["voice", "language", "utterances", *(f"{metric.name}, {metric.unit}" for metric in metrics)]
    return "\n".join([
        heading or f"# Results of {facts['recipe']}, {facts['name']}", "",
        f"{facts['utterances']} utterances of the part `{facts['split']}`, {facts['date']}.", "",
        results.markdown().rstrip(), "",
        f"`{facts['command']}`, {in_words(facts)}.", "",
        f"{level}# {SYNTHESIS.capitalize()}, voice by voice", "",
        *(f"| {' | '.join(row)} |" for row in (header, ["---"] * len(header), *voices)), "",
    ])


def released(gathered: Gathered) -> list[str]:
    """The same of the 16-bit weights that were released of the model, with the released vocoder."""
    return [] if gathered.released is None else [evaluation(gathered.released, "## As it is released: weights of 16 bits, and the vocoder")]


def by_voice(results: Results, system: str) -> tuple[list[Metric], list[list[str]]]:
    """A system voice by voice: metrics, and rows of voice, language, utterances and a text per metric."""
    metrics = [metric for metric in BY_VOICE if metric in results.metrics()]
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in results.of(system):
        groups.setdefault((row.speaker, row.language), []).append(row)
    return [METRICS[m] for m in metrics], [
        [speaker, language, str(len(rows)), *(shown(m, results.estimate(system, m, rows)) for m in metrics)]
        for (speaker, language), rows in sorted(groups.items())]


def claims(gathered: Gathered) -> list[str]:
    """What `tts evaluate claims` wrote."""
    parts = []
    for of, path in gathered.claims:
        heading, _, rest = path.with_suffix(".md").read_text(encoding="utf-8").rstrip().partition("\n")
        parts.append(f"{heading}{of and f', {of}'}\n{rest}\n")
    return parts


def listening(gathered: Gathered) -> list[str]:
    """The paragraph of each listening test that was analysed."""
    return [f"## Listening test {test.name}\n\n{test.paragraph}\n\n`{test.command}`\n" for test in gathered.listening]


def alignment(gathered: Gathered) -> str:
    if not gathered.alignment:
        return ""
    lines = "\n".join(gathered.alignment)
    return f"## The aligner against the truth\n\n`{gathered.alignment_command}`\n\n```text\n{lines}\n```\n"


def configuration(model: Path) -> str:
    return f"## Configuration\n\n```yaml\n{(model / 'config.yaml').read_text(encoding='utf-8').rstrip()}\n```\n"


def stages(runs: list[StageRun]) -> str:
    if not runs:
        return ""
    total = sum(run.seconds for run in runs)
    rows = "\n".join(f"| {run.stage} | {run.seconds:.0f} | {run.facts} | `{run.command}` | {run.commit} |" for run in runs)
    machines = list(dict.fromkeys(run.machine for run in runs if run.machine))
    where = f", on {'; '.join(machines)}" if machines else ""
    return (f"## The stages\n\nAll together {total:.0f} s, without installing{where}.\n\n"
            f"| stage | seconds | facts | command | commit |\n| --- | --- | --- | --- | --- |\n{rows}\n")
