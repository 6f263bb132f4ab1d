"""Results as tables to read: Markdown, LaTeX for a paper (booktabs), CSV for whoever calculates on."""

from __future__ import annotations

import math
from collections import Counter

from tts import tables
from tts.evaluation.metrics import METRICS
from tts.evaluation.results import GROUPS, Comparison, Results, shown
from tts.evaluation.statistics import FEWEST_SPEAKERS
from tts.tables import NOTHING

SMALLEST_P = 1e-4  # smaller ones are given as "< 0.0001"
REASONS = 12  # the most frequent ones


def markdown(results: Results, whole: bool = False) -> str:
    """A metric a row, a system a column, mean and 95 % interval; `whole` adds intervals over speakers, and the table of each
    group."""
    pooled = {metric: METRICS[metric].name for scores in results.whole.values() for metric in scores}
    lines = [
        *tables.markdown(
            ["", *results.systems],
            [[_label(m), *(shown(m, results.estimate(s, m)) for s in results.systems)] for m in results.metrics()],
        ),
        "",
        "Mean over utterances [95 % interval, bootstrap over utterances]."
        + (f" Of all utterances together: {', '.join(pooled.values())}." if pooled else ""),
        "",
    ]
    if whole:
        lines += _over_speakers(results) + _by_word(results)
    lines += _comparisons(results)
    lines += [f"- {METRICS[m].name}, {METRICS[m].unit}: {METRICS[m].meaning}." for m in results.metrics()]
    lines += [f"- {note}" for note in [*results.notes, *_used(results)]]
    if whole:
        for kind in GROUPS:
            lines += _groups(results, kind)
    for name, reasons in (("Not scored", results.not_scored), ("Partly scored", results.partly_scored)):
        if reasons:
            counted = Counter(reasons.values()).most_common()
            lines += ["", f"{name}: {len(reasons)}.", *(f"- {count} x {reason}" for reason, count in counted[:REASONS])]
            lines += [f"- and {len(counted) - REASONS} more reasons"] if len(counted) > REASONS else []
    return "\n".join(lines) + "\n"


def _used(results: Results) -> list[str]:
    """How much the numbers rest on."""
    names = {"utterances": "utterances", "frames": "pairs of frames", "voiced_frames": "frames voiced in both"}
    lines = []
    for system, counts in results.facts.get("used", {}).items():
        if not counts["utterances"]:
            continue
        lines.append(f"{system}: " + ", ".join(f"{counts[key]} {name}" for key, name in names.items() if key in counts) + ".")
    return lines


def _label(metric: str) -> str:
    about = METRICS[metric]
    return f"{about.name}, {about.unit}" + (f" ({about.better} is better)" if about.better else "")


def _over_speakers(results: Results) -> list[str]:
    """The same means with intervals over speakers, or a sentence why there are none."""
    if not any(row.speaker for row in results.rows):
        return ["No interval over speakers: who speaks is not known (a manifest would tell).", ""]
    speakers = len({row.speaker for row in results.rows})
    if speakers < FEWEST_SPEAKERS:
        return [f"No interval over speakers: {speakers} are too few, it takes {FEWEST_SPEAKERS}.", ""]
    rows = []
    for metric in results.metrics():
        about, cells = METRICS[metric], []
        for system in results.systems:
            found = results.speaker_interval(system, metric)
            known = found and math.isfinite(found.low)
            cells.append(f"[{_number(metric, found.low)}, {_number(metric, found.high)}]" if known else NOTHING)
        rows.append([f"{about.name}, {about.unit}", *cells])
    return [
        f"95 % intervals of the same means over {speakers} speakers (cluster bootstrap):",
        "",
        *tables.markdown(["", *results.systems], rows),
        "",
    ]


def _by_word(results: Results) -> list[str]:
    if not results.words:
        return []
    table = results.words_summary()
    metrics = [m for m in METRICS if any(m in scores for scores in table.values())]
    rows = [[_label(m), *(shown(m, table[s].get(m)) for s in results.systems)] for m in metrics]
    return ["Mean over words [95 % interval, bootstrap over utterances]:", "", *tables.markdown(["", *results.systems], rows), ""]


def _comparisons(results: Results) -> list[str]:
    if not results.comparisons:
        return []
    rows = [
        [
            c.system,
            c.against,
            _label(c.metric),
            _difference(c),
            _p(c.t_p),
            _p(c.t_p_holm),
            _p(c.wilcoxon_p),
            _p(c.wilcoxon_p_holm),
        ]
        for c in results.comparisons
    ]
    header = ["system", "against", "metric", "difference", "p (t)", "p (t, Holm)", "p (Wilcoxon)", "p (Wilcoxon, Holm)"]
    tests = sum(math.isfinite(c.t_p) for c in results.comparisons)
    return [
        "Differences on the same utterances, system minus against [95 % bootstrap interval over utterances; then over speakers]:",
        "",
        *tables.markdown(header, rows, words=3),
        "",
        f"Paired t-test and Wilcoxon's signed-rank test over utterances, two-sided; Holm's correction for {tests} comparisons."
        if tests
        else "Scores of all utterances together have no values to test one by one: the intervals tell.",
        "",
    ]


def _difference(c: Comparison) -> str:
    about = METRICS[c.metric]
    mean, low, high, low_s, high_s = (
        f"{value * about.scale:+.{about.digits}f}"
        for value in (c.difference.mean, c.difference.low, c.difference.high, c.by_speaker.low, c.by_speaker.high)
    )
    speakers = f" [{low_s}, {high_s}]" if math.isfinite(c.by_speaker.low) else ""
    return f"{mean} [{low}, {high}]{speakers} (n = {c.difference.count})"


def _groups(results: Results, kind: str) -> list[str]:
    groups = results.groups(kind)
    if not groups:
        return []
    metrics = [m for m in results.metrics() if METRICS[m].headline]
    lines = ["", f"By {kind}:", ""]
    rows = [
        [name or "unknown", system, *(shown(m, found[system].get(m)) for m in metrics)]
        for name, found in groups.items()
        for system in results.systems
        if found[system]
    ]
    return lines + tables.markdown([kind, "system", *(f"{METRICS[m].name}, {METRICS[m].unit}" for m in metrics)], rows, words=2)


def _number(metric: str, value: float) -> str:
    return f"{value * METRICS[metric].scale:.{METRICS[metric].digits}f}"


def _p(value: float) -> str:
    if math.isnan(value):
        return NOTHING
    return f"< {SMALLEST_P:.4f}" if value < SMALLEST_P else f"{value:.4f}"


# -- LaTeX -------------------------------------------------------------------------------------------------------------

def latex(results: Results) -> str:
    """A table environment for booktabs: mean and interval, the notes in the caption, and a second table of comparisons."""
    rows = []
    for metric in results.metrics():
        about = METRICS[metric]
        arrow = {"lower": r" $\downarrow$", "higher": r" $\uparrow$"}.get(about.better, "")
        cells = [tables.escaped(shown(metric, results.estimate(system, metric))) for system in results.systems]
        rows.append([f"{tables.escaped(about.name)} [{tables.escaped(about.unit)}]{arrow}", *cells])
    caption = " ".join(["Mean over utterances with 95 % bootstrap interval.", *results.notes, *_used(results)])
    if results.not_scored or results.partly_scored:
        caption += f" Not scored: {len(results.not_scored)}; partly scored: {len(results.partly_scored)}."
    text = _floating(["", *map(tables.escaped, results.systems)], rows, tables.escaped(caption))
    if results.comparisons:
        rows = [
            [tables.escaped(x) for x in (c.system, c.against, f"{METRICS[c.metric].name} [{METRICS[c.metric].unit}]", _difference(c))]
            + [f"${_p(p)}$" if p == p else "--" for p in (c.t_p_holm, c.wilcoxon_p_holm)]
            for c in results.comparisons
        ]
        header = ["System", "Against", "Metric", "Difference", "$p$ (t)", "$p$ (Wilcoxon)"]
        text += "\n" + _floating(
            header, rows, tables.escaped("Paired differences with 95 % bootstrap interval; p-values after Holm's correction.")
        )
    return text


def _floating(header: list[str], rows: list[list[str]], caption: str) -> str:
    """A table environment."""
    tabular = tables.latex(header, rows).rstrip("\n")
    return "\n".join([r"\begin{table}", r"\centering", rf"\caption{{{caption}}}", tabular, r"\end{table}"]) + "\n"


# -- CSV ---------------------------------------------------------------------------------------------------------------


def csv_of_utterances(results: Results) -> str:
    """A row per utterance and system."""
    metrics = [m for m in METRICS if any(m in row.scores for row in results.rows)]
    rows = ([row.id, row.system, row.speaker, row.language, row.style, *_values(row.scores, metrics)] for row in results.rows)
    return tables.comma_separated(["id", "system", "speaker", "language", "style", *metrics], rows)


def csv_of_words(results: Results) -> str:
    """A row per word, utterance and system."""
    metrics = list(dict.fromkeys(name for word in results.words for name in word.scores))
    rows = ([word.id, word.system, word.index, word.word, *_values(word.scores, metrics)] for word in results.words)
    return tables.comma_separated(["id", "system", "index", "word", *metrics], rows)


def _values(scores: dict[str, float], metrics: list[str]) -> list[str]:
    values = (scores.get(metric, math.nan) for metric in metrics)
    return ["" if math.isnan(value) else f"{value:.6g}" for value in values]
