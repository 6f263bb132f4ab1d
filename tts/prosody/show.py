"""Prosody for the eye: a table, a picture, and after synthesis what was asked for against what is heard, word by word."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tts.corpus.manifest import atomic_writer
from tts.corpus.utterance import Unit
from tts.errors import UserError
from tts.features.config import FeatureConfig
from tts.prosody.measure import MEASURES, measure_sound
from tts.prosody.prosody import Prosody, WordProsody, unit_labels

TITLES = {"duration_ms": "ms", "f0_st": "st", "f0_range_st": "range", "f0_slope_st_s": "st/s", "energy_db": "dB"}
SHOWN_DECIMALS = {"duration_ms": 0, "f0_st": 1, "f0_range_st": 1, "f0_slope_st_s": 0, "energy_db": 1}
NOTHING = "–"


def table(prosody: Prosody) -> str:
    """A line a word: its number, the five numbers (what was edited as measured>wanted), and the lengths of its two latents."""
    rows = [["", "word", *TITLES.values(), "|acoustic|", "|timing|"]]
    for label, word in zip(prosody.labels, prosody.words):
        numbers = [_number(name, getattr(word, name)) for name in MEASURES]
        for index, name in enumerate(MEASURES):
            if name in word.edited:
                numbers[index] = f"{_number(name, getattr(word.measured, name))}>{numbers[index]}"
        latents = ["text" if latent is None else f"{math.hypot(*latent):.2f}" for latent in (word.acoustic, word.timing)]
        rows.append([label, word.text, *numbers, *latents])
    return _columns(rows)


def summary(prosody: Prosody) -> str:
    """One line of facts."""
    words = [word for word in prosody.words if not word.is_pause]
    median = "no F0" if prosody.reference.median_hz is None else f"median {prosody.reference.median_hz:.0f} Hz"
    seconds = sum(word.duration_ms for word in prosody.words) / 1000
    edited = sum(bool(word.edited) for word in prosody.words)
    masked = sum(word.acoustic is None and word.timing is None for word in prosody.words)
    return (f"{prosody.source} ({prosody.speaker or 'unknown speaker'}, {prosody.language}): {len(words)} words, "
            f"{len(prosody.words) - len(words)} pauses, {seconds:.2f} s, {median}, level {prosody.reference.level_db:.1f} dB, "
            f"{edited} edited, {masked} left to the text")


def plot(prosody: Prosody, path: str | Path) -> None:
    """A picture (.png, .svg or .pdf): a block a word, as wide as the word is long, where its melody is (mean, range, slope), the
    darker the louder. An edited word has a dashed outline where it was measured."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise UserError("a picture needs matplotlib; pip install matplotlib, or look at the table") from None
    path = Path(path)
    if path.suffix not in (".png", ".svg", ".pdf"):
        raise UserError(f"{path}: cannot draw {path.suffix or 'a file without suffix'}; use .png, .svg or .pdf")
    seconds = np.cumsum([0.0] + [word.duration_ms / 1000 for word in prosody.words])
    figure = Figure(figsize=(max(5.0, 1.8 * seconds[-1] + 1.5), 3.6), layout="constrained")
    axes = figure.subplots()
    for start, word in zip(seconds, prosody.words):
        if not word.is_pause:
            _draw_word(axes, start, word)
    sides = [side for word in prosody.words for side in (word, word.measured) if side.f0_st is not None]
    drawn = [edge for side in sides for edge in _heights(side)]
    axes.set_xlim(0, seconds[-1])
    axes.set_ylim(min([-3.0, *drawn]) - 1.5, max([3.0, *drawn]) + 2.5)
    axes.axhline(0, color="0.6", linewidth=0.8, zorder=0)
    dashed = "; dashed: as measured" if any(word.edited for word in prosody.words) else ""
    axes.set_xlabel(f"seconds (darker is louder{dashed})")
    median = prosody.reference.median_hz
    axes.set_ylabel("semitones above the median" + (f" ({median:.0f} Hz)" if median else ""))
    axes.set_title(prosody.text if len(prosody.text) < 80 else prosody.text[:79] + "…", fontsize=10)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    with atomic_writer(path, "wb") as file:
        figure.savefig(file, format=path.suffix[1:], dpi=120)


@dataclass(frozen=True)
class ComparedUnit:
    """One word or pause: the numbers asked for (None where the text filled in or nothing was measured) and those of the
    synthesis, by their names in `Measured`; `edited` names the numbers that were changed by hand."""

    label: str
    text: str
    is_pause: bool
    asked: dict[str, float | None]
    made: dict[str, float | None]
    edited: tuple[str, ...]

    def difference(self, name: str) -> float | None:
        """Made minus asked."""
        asked, made = self.asked[name], self.made[name]
        return None if asked is None or made is None else made - asked


@dataclass(frozen=True)
class Comparison:
    """Asked against measured, a line a word and pause; F0 relative to `median_hz`."""

    units: tuple[ComparedUnit, ...]
    median_hz: float | None

    def __str__(self) -> str:
        """Asked, made, difference of length, F0 and energy (and of range and slope if these were edited), and a summary."""
        edited = {name for unit in self.units for name in unit.edited}
        shown = [name for name in MEASURES if name in ("duration_ms", "f0_st", "energy_db") or name in edited]
        rows = [["", "word", *(cell for name in shown for cell in (f"{TITLES[name]} asked", "made", "diff"))]]
        for unit in self.units:
            row = [unit.label, unit.text]
            for name in shown:
                asked = _number(name, unit.asked[name]) + ("*" if name in unit.edited else "")
                row += [asked, _number(name, unit.made[name]), _number(name, unit.difference(name), sign=True)]
            rows.append(row)
        return "\n".join([_columns(rows), *(["* edited"] if edited else []), self.summary()])

    def summary(self) -> str:
        """How far off the words are: mean absolute differences, and how much longer they are as a whole."""
        words = [unit for unit in self.units if not unit.is_pause]
        parts = []
        for name, unit in (("f0_st", "st"), ("energy_db", "dB")):
            differences = [abs(word.difference(name)) for word in words if word.difference(name) is not None]
            parts.append(f"{name.split('_')[0]} {np.mean(differences):.1f} {unit} off in {len(differences)} words" if differences
                         else f"{name.split('_')[0]} not asked for")
        timed = [word for word in words if word.difference("duration_ms") is not None]
        if timed:
            asked, made = (sum(getattr(word, side)["duration_ms"] for word in timed) for side in ("asked", "made"))
            parts.append(f"{len(timed)} words last {made / 1000:.2f} s, {asked / 1000:.2f} s were asked ({made / asked:.2f} x)")
        return f"asked against measured, {len(words)} words: {'; '.join(parts)}"


def asked_against_measured(asked: Sequence[WordProsody | None], units: list[Unit], samples: np.ndarray, config: FeatureConfig,
                           median_hz: float | None = None, f0_range_hz: tuple[float, float] | None = None) -> Comparison:
    """Measure a synthesis, samples [N] with its timed units, against what each unit was asked (`Mapped.words`; None: nothing).

    median_hz    of the voice that speaks, which its F0 is relative to; unless given the synthesis' own, less the shift that the
                 edits ask of most of it: when every word is asked up by 3 semitones, so is the median
    f0_range_hz  the voice's range for the tracker; the configuration's unless given
    """
    sound = measure_sound(samples, units, config, f0_range_hz, median_hz)
    shift = _usual_shift(asked, units) if median_hz is None else 0.0
    rows = []
    for label, unit, word, made in zip(unit_labels(units), units, asked, sound.units, strict=True):
        wanted = {name: getattr(word, name) if _is_asked(word, name) else None for name in MEASURES}
        heard = vars(made) | {"f0_st": None if made.f0_st is None else made.f0_st + shift}
        rows.append(ComparedUnit(label, unit.text, unit.is_pause, wanted, heard, word.edited if word else ()))
    return Comparison(tuple(rows), None if sound.median_hz is None else sound.median_hz / 2 ** (shift / 12))


def _is_asked(word: WordProsody | None, name: str) -> bool:
    """Without a latent the text decides, and an edit is relative to what nobody measured. A pause is asked its length."""
    if word is None or (word.is_pause and name != "duration_ms" and name not in word.edited):
        return False
    return (word.timing if name == "duration_ms" else word.acoustic) is not None


def _usual_shift(asked: Sequence[WordProsody | None], units: list[Unit]) -> float:
    """By how many semitones the edits raise the median over the frames of all words."""
    words = [(word, unit.frames) for word, unit in zip(asked, units) if not unit.is_pause and unit.frames]
    shifts = [0.0 if word is None else (word.f0_st or 0.0) - (word.measured.f0_st or 0.0) for word, _ in words]
    return float(np.median(np.repeat(shifts, [frames for _, frames in words]))) if words else 0.0


def _draw_word(axes, start: float, word: WordProsody) -> None:
    """A block about the melody: a parallelogram along its slope, half a semitone high at least."""
    from matplotlib.patches import Polygon

    width = word.duration_ms / 1000
    if word.f0_st is None:
        axes.add_patch(Polygon(_corners(start, width, 0.0, 0.5, 0.0), facecolor="none", edgecolor="0.6", linestyle=":"))
        axes.text(start + width / 2, 0.6, word.text, ha="center", va="bottom", fontsize=8, color="0.4")
        return
    shade = float(np.clip(0.62 - (word.energy_db or 0.0) / 20, 0.15, 0.9))  # 0 dB is a middle blue, +9 dB the darkest
    blue = (0.75 * shade, 0.9 * shade, 0.35 + 0.65 * shade)
    axes.add_patch(Polygon(_block(start, width, word), facecolor=blue, edgecolor="0.2", linewidth=0.8))
    if word.edited and word.measured.f0_st is not None:
        before = _block(start, word.measured.duration_ms / 1000, word.measured)
        axes.add_patch(Polygon(before, facecolor="none", edgecolor="tab:red", linestyle="--"))
    axes.text(start + width / 2, _heights(word)[1] + 0.3, word.text, ha="center", va="bottom", fontsize=8)


def _block(start: float, width: float, word) -> list[tuple[float, float]]:
    rise = (word.f0_slope_st_s or 0.0) * width
    thickness = max(0.5, (word.f0_range_st or 0.0) - 0.8 * abs(rise))  # of a straight melody, 80 % of the rise is its range
    return _corners(start, width, word.f0_st, thickness, float(np.clip(rise, -12, 12)))


def _heights(word) -> tuple[float, float]:
    corners = [y for _, y in _block(0.0, word.duration_ms / 1000, word)]
    return min(corners), max(corners)


def _corners(start: float, width: float, middle: float, thickness: float, rise: float) -> list[tuple[float, float]]:
    low, high = middle - rise / 2, middle + rise / 2
    return [(start, low - thickness / 2), (start + width, high - thickness / 2), (start + width, high + thickness / 2),
            (start, low + thickness / 2)]


def _number(name: str, value: float | None, sign: bool = False) -> str:
    if value is None:
        return NOTHING
    decimals = SHOWN_DECIMALS[name]
    return f"{round(value, decimals) + 0.0:{'+' if sign else ''}.{decimals}f}"


def _columns(rows: list[list[str]]) -> str:
    """Rows as aligned text; the first two columns to the left."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    aligned = [[cell.ljust(width) if column < 2 else cell.rjust(width) for column, (cell, width) in enumerate(zip(row, widths))]
               for row in rows]
    return "\n".join("  ".join(row).rstrip() for row in aligned)
