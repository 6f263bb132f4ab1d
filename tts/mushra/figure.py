"""The results as a picture for a paper: boxes of the ratings with the mean and its interval, or the shares of choices as bars."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from tts.corpus.manifest import atomic_writer
from tts.mushra.analyse import Analysis
from tts.mushra.answers import RANGES
from tts.mushra.choices import ChoiceAnalysis

LABELS = ("bad", "poor", "fair", "good", "excellent")
BOX, MEAN, FOR, AGAINST, NEITHER = "#dbe4ee", "#b3261e", "#33608c", "#c58a2b", "#dddddd"


def draw(found: Analysis | ChoiceAnalysis, folder: Path, stem: str) -> list[Path]:
    """`stem`.png and `stem`.svg in `folder`."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = choices_figure(found) if isinstance(found, ChoiceAnalysis) else scores_figure(found)
    FigureCanvasAgg(figure)
    paths = [folder / f"{stem}.png", folder / f"{stem}.svg"]
    with matplotlib.rc_context({"svg.hashsalt": stem, "svg.fonttype": "none"}):
        for path in paths:
            with atomic_writer(path, "wb") as file:
                figure.savefig(file, format=path.suffix[1:], dpi=200, metadata={"Date": None} if path.suffix == ".svg" else None)
    return paths


def scores_figure(found: Analysis):
    """A box of single ratings a condition (median, quartiles, whiskers to 1.5 times their distance), beside it every listener's
    mean, on it the mean of listeners with its 95 % interval."""
    from matplotlib.figure import Figure

    low, high = RANGES[found.kind]
    overall = {row.condition: row for row in found.summaries if not row.by}
    names = [name for name in found.conditions if name in overall]
    figure = Figure(figsize=(max(3.6, 0.95 * len(names) + 1.4), 3.6), layout="constrained")
    axes = figure.add_subplot()
    columns = [found.table.of(name) for name in names]
    boxes = axes.boxplot(
        [column[np.isfinite(column)] for column in columns],
        positions=range(len(names)),
        widths=0.46,
        patch_artist=True,
        flierprops={"marker": ".", "markersize": 2, "markerfacecolor": "#999999", "markeredgecolor": "none"},
        medianprops={"color": "#333333", "linewidth": 1.4},
        whiskerprops={"color": "#777777"},
        capprops={"color": "#777777"},
    )
    for box in boxes["boxes"]:
        box.set(facecolor=BOX, edgecolor="#777777")
    dice = np.random.default_rng(0)  # only sets dots of equal height apart
    for place, (name, column) in enumerate(zip(names, columns)):
        seen = np.isfinite(column)
        own = np.where(seen, column, 0).sum(axis=1)[seen.any(axis=1)] / seen.sum(axis=1)[seen.any(axis=1)]
        axes.scatter(place + 0.34 + dice.uniform(-0.04, 0.04, len(own)), own, s=6, color="#6b7f94", alpha=0.7, linewidths=0)
        row = overall[name]
        if math.isfinite(row.low):
            axes.vlines(place, row.low, row.high, color=MEAN, linewidth=2.2, zorder=5)
        axes.plot(place, row.mean, "D", color=MEAN, markersize=4.5, zorder=6)
    axes.set_xticks(
        range(len(names)),
        names,
        rotation=0 if max(map(len, names)) < 11 else 25,
        ha="center" if max(map(len, names)) < 11 else "right",
    )
    axes.set_xlim(-0.5, len(names) - 0.35)
    if found.kind == "mushra":
        axes.set_ylim(-2, 102)
        axes.set_yticks(range(0, 101, 20))
        right = axes.secondary_yaxis("right")
        right.set_yticks(range(10, 100, 20), LABELS)
        right.tick_params(length=0, labelsize=8, colors="#666666")
    else:
        axes.set_ylim(low - 0.15, high + 0.15)
        axes.set_yticks(range(low, high + 1))
    axes.set_ylabel("score" if found.kind == "mushra" else "opinion score")
    axes.grid(axis="y", color="#e6e6e6", linewidth=0.8)
    axes.set_axisbelow(True)
    figure.suptitle(
        f"{len(found.screening.kept)} listeners, {found.items} items; box: ratings; dots: listeners; red: mean, 95 %",
        fontsize=7.5,
        color="#555555",
    )
    return figure


def choices_figure(found: ChoiceAnalysis):
    """A bar a pair: answers for one, undecided, for the other (abx: right and wrong)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.2, 0.62 * len(found.choices) + 1.3), layout="constrained")
    axes = figure.add_subplot()
    preference = found.kind == "preference"
    for place, row in enumerate(reversed(found.choices)):
        total = row.hits + row.misses + row.undecided
        left = 0.0
        for value, color in ((row.hits, FOR), (row.undecided, NEITHER), (row.misses, AGAINST)):
            share = 100 * value / total
            axes.barh(place, share, left=left, height=0.56, color=color)
            if share > 6:
                axes.text(
                    left + share / 2,
                    place,
                    f"{share:.0f} %",
                    ha="center",
                    va="center",
                    fontsize=8,
                    color="white" if color != NEITHER else "#333333",
                )
            left += share
        if preference:
            axes.text(-1.5, place, row.b, ha="right", va="center", fontsize=9)
            axes.text(101.5, place, row.a, ha="left", va="center", fontsize=9)
        else:
            axes.text(-1.5, place, f"{row.a} / {row.b}", ha="right", va="center", fontsize=9)
    axes.axvline(50, color="#333333", linewidth=0.9, linestyle=":")
    axes.set_xlim(0, 100)
    axes.set_yticks([])
    axes.set_xlabel("share of answers in %" if preference else "answers in % (left: X named rightly)")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    figure.suptitle(
        f"{len(found.screening.kept)} listeners, {found.answers} answers"
        + ("; grey: no preference" if any(row.undecided for row in found.choices) else ""),
        fontsize=7.5,
        color="#555555",
    )
    return figure
