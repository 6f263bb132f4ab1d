"""Pictures of F0: contours of some utterances with the words' boundaries, histograms of F0 and of its change.

Contours stand on the reference's time axis, each system's laid there along the path of the comparison. Histograms are of all
voiced frames of all utterances that both sides have.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from tts.corpus.manifest import atomic_writer
from tts.errors import UserError
from tts.evaluation.distribution import (
    BINS_PER_ST,
    DELTA_BINS_PER_ST,
    LARGEST_DELTA_ST,
    LOW_ST,
    F0Histograms,
)
from tts.evaluation.sides import Sides
from tts.evaluation.sound import Pair, Settings, Sound

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")  # told apart by colour-blind readers
REFERENCE_COLOUR = "#444444"
CONTOURS = 6
TICKS_HZ = (50, 60, 80, 100, 120, 150, 200, 250, 300, 400, 500, 600, 800)


def draw(
    folder: Path,
    sides: Sides,
    scored: list[str],
    materials: Mapping[str, Mapping[str, tuple[F0Histograms, F0Histograms]]],
    settings: Settings,
) -> list[Path]:
    """Write ID.png of some of the `scored` ids, evenly picked, and f0.png, delta_f0.png; returns the files."""
    files = []
    for name in scored[:: max(len(scored) // CONTOURS, 1)][:CONTOURS]:
        systems = {system: sounds[name] for system, sounds in sides.systems.items() if name in sounds}
        reference = Sound(sides.reference[name], settings, sides.reference[name].speaker)
        pairs = [Pair(name, s, reference, Sound(source, settings, reference.speaker)) for s, source in systems.items()]
        files.append(_contours(folder / "contours" / f"{name}.png", pairs))
    if any(materials.values()):
        files.append(_histogram(folder / "f0.png", materials, "semitones"))
        files.append(_histogram(folder / "delta_f0.png", materials, "deltas", settings.config.frame_seconds))
    return files


def _contours(file: Path, pairs: list[Pair]) -> Path:
    reference, step = pairs[0].reference, pairs[0].reference.settings.config.frame_seconds
    figure, axes = _figure(11, 3.6)
    times = (np.arange(len(reference.f0_hz)) + 0.5) * step
    axes.plot(times, _gaps(reference.f0_hz), color=REFERENCE_COLOUR, linewidth=3.5, alpha=0.55, label="reference")
    for pair, colour in zip(pairs, COLOURS * len(pairs)):
        try:
            path = pair.path
        except UserError:
            continue  # it was not scored, and the results say why
        # A frame of the reference may meet several of the system's: the first stands.
        at, first = np.unique(path[:, 0], return_index=True)
        axes.plot(times[at], _gaps(pair.hypothesis.f0_hz[path[first, 1]]), color=colour, linewidth=1.4, label=pair.system)
    axes.set_yscale("log")
    _hertz(axes, [pair.hypothesis.f0_hz for pair in pairs] + [reference.f0_hz])
    for word in reference.words():
        axes.axvline(word.start, color="#bbbbbb", linewidth=0.8)
        axes.axvline(word.end, color="#bbbbbb", linewidth=0.8)
        middle = (word.start + word.end) / 2
        axes.text(
            middle, 1.01, word.text, ha="center", va="bottom", fontsize=8, rotation=30, transform=axes.get_xaxis_transform()
        )
    axes.set_xlim(0, times[-1] + step / 2)
    axes.set_xlabel(f"seconds of the reference · {pairs[0].id}")
    axes.legend(loc="upper right", fontsize=8, framealpha=0.8)
    return _save(figure, file)


def _histogram(file: Path, materials: Mapping, part: str, frame_seconds: float = 1.0) -> Path:
    figure, axes = _figure(7, 3.6)
    low, per_unit, merge = (LOW_ST, BINS_PER_ST, 5) if part == "semitones" else (-LARGEST_DELTA_ST, DELTA_BINS_PER_ST, 5)
    reference = {name: both[0] for by_id in materials.values() for name, both in by_id.items()}
    curves = {"reference": sum(getattr(one, part) for one in reference.values())}
    curves |= {system: sum(getattr(both[1], part) for both in by_id.values()) for system, by_id in materials.items() if by_id}
    seen = []
    for (name, counts), colour in zip(curves.items(), (REFERENCE_COLOUR, *COLOURS * len(curves))):
        counts = np.pad(counts, (0, -len(counts) % merge)).reshape(-1, merge).sum(axis=1)
        at = low + (np.arange(len(counts)) * merge + (merge - 1) / 2) / per_unit
        values = 100 * 2 ** (at / 12) if part == "semitones" else at / frame_seconds
        seen.append(values[np.flatnonzero(counts > counts.max() / 100)])
        filled = {"linewidth": 3, "alpha": 0.55} if name == "reference" else {"linewidth": 1.4}
        axes.step(values, 100 * counts / counts.sum(), where="mid", color=colour, label=name, **filled)
    axes.set_ylabel("% of frames")
    if part == "semitones":
        axes.set_xscale("log")
        _hertz(axes, seen, vertical=False)
    else:
        edge = np.max(np.abs(np.concatenate(seen)))
        axes.set_xlim(-edge, edge)
        axes.set_xlabel("change of F0, semitones per second, both frames voiced")
    axes.legend(fontsize=8)
    return _save(figure, file)


def _figure(width: float, height: float):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)
    return figure, axes


def _gaps(f0_hz: np.ndarray) -> np.ndarray:
    """Unvoiced frames as gaps of the line."""
    return np.where(f0_hz > 0, f0_hz, np.nan)


def _hertz(axes, values: list[np.ndarray], vertical: bool = True) -> None:
    """A logarithmic axis that just holds the values, with ticks in Hz."""
    voiced = np.concatenate(values)
    voiced = voiced[voiced > 0]
    low, high = (voiced.min() / 1.1, voiced.max() * 1.1) if len(voiced) else (60, 600)
    axis = axes.yaxis if vertical else axes.xaxis
    ticks = [tick for tick in TICKS_HZ if low <= tick <= high]
    (axes.set_ylim if vertical else axes.set_xlim)(low, high)
    axis.set_ticks(ticks, [str(tick) for tick in ticks])
    axis.set_ticks([], minor=True)
    (axes.set_ylabel if vertical else axes.set_xlabel)("F0, Hz")


def _save(figure, file: Path) -> Path:
    with atomic_writer(file, "wb") as out:
        figure.savefig(out, format="png", dpi=130)
    return file
