"""The prosody of one utterance as an object: five numbers and two latents for every word and every pause.

The numbers stand there twice: as measured, and as wanted. What differs is an edit, which synthesis carries out on top of what the
latents say: the ratio of durations stretches the word (a pause gets the very length), the difference of F0 shifts it, the ratio
of ranges widens it, the difference of slopes turns it, the difference of energies makes it louder. A word without latents leaves
its prosody to the text.
`file.py` writes it as a file to be read and edited, `edit.py` changes it, `mapping.py` lays it on another text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from tts.corpus.utterance import Unit
from tts.errors import UserError
from tts.prosody.measure import MEASURES, Measured

DECIMALS = {"duration_ms": 1, "f0_st": 2, "f0_range_st": 2, "f0_slope_st_s": 1, "energy_db": 1}  # of what is measured
LATENT_DECIMALS = 4
STEADY_ST = 0.05  # a melody with a smaller range has no shape to widen
LIMITS = {  # of edits; beyond them no voice follows
    "stretch": (0.1, 10.0),
    "pause_ms": (0.0, 10_000.0),
    "semitones": (-24.0, 24.0),
    "f0_range": (0.0, 10.0),
    "slope": (-200.0, 200.0),
    "gain_db": (-40.0, 40.0),
}


@dataclass(frozen=True)
class WordProsody:
    """One word or pause: the five numbers of `Measured` as they are wanted, as they were `measured`, and the latents
    acoustic [Z] and timing [Y]; None leaves that side to the text."""

    text: str
    is_pause: bool
    duration_ms: float
    f0_st: float | None
    f0_range_st: float | None
    f0_slope_st_s: float | None
    energy_db: float | None
    measured: Measured
    acoustic: tuple[float, ...] | None
    timing: tuple[float, ...] | None

    @property
    def wanted(self) -> Measured:
        return Measured(*(getattr(self, name) for name in MEASURES))

    @property
    def edited(self) -> tuple[str, ...]:
        """Names of the numbers that differ from what was measured."""
        return tuple(name for name in MEASURES if getattr(self, name) != getattr(self.measured, name))


@dataclass(frozen=True)
class Reference:
    """What the numbers are relative to: the utterance's median F0 (None if nothing is voiced) and the level of its words."""

    median_hz: float | None
    level_db: float


@dataclass(frozen=True)
class UnitEdit:
    """What to change of one word or pause, on top of its latents; the defaults change nothing.

    semitones  added to F0
    f0_range   factor of F0's distance from the word's mean
    slope      semitones per second added, about the word's middle
    gain_db    added to the level
    stretch    factor of a word's duration; larger is slower
    pause_ms   length of a pause, 0 for none: what nobody heard has nothing to stretch, so pauses are set; None changes nothing
    """

    semitones: float = 0.0
    f0_range: float = 1.0
    slope: float = 0.0
    gain_db: float = 0.0
    stretch: float = 1.0
    pause_ms: float | None = None


@dataclass(frozen=True)
class Prosody:
    """The prosody of `text`.

    speaker      name of the voice if the model knows it, else None
    source       name of the recording's file
    space        identity of the model whose latents these are; another model reads them as something else
    fingerprint  hash of the features that were measured
    words        words and pauses in order, as the text's units
    """

    text: str
    language: str
    speaker: str | None
    source: str
    space: str
    fingerprint: str
    reference: Reference
    words: tuple[WordProsody, ...]

    @property
    def labels(self) -> list[str]:
        """What each word and pause is called: words count "1", "2", …, pauses "p1", "p2", …"""
        return unit_labels(self.words)

    @property
    def has_latents(self) -> bool:
        return any(word.acoustic is not None or word.timing is not None for word in self.words)

    def save(self, path: str | Path) -> None:
        """Write the prosody file, whole or not at all."""
        from tts.prosody.file import save_prosody

        save_prosody(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Prosody:
        """The prosody of a file; what is wrong in it is a `UserError` that says where."""
        from tts.prosody.file import load_prosody

        return load_prosody(path)


def make_prosody(text: str, language: str, speaker: str | None, source: str | Path, space: str, fingerprint: str,
                 reference: Reference, units: list[Unit], measured: list[Measured], acoustic: Sequence,
                 timing: Sequence) -> Prosody:
    """The prosody of a recording, not edited: what was measured of its units [W], latents acoustic [W, Z] and timing [W, Y].
    Rounded for reading."""
    words = []
    for unit, numbers, z, y in zip(units, measured, acoustic, timing, strict=True):
        numbers = Measured(*(rounded(value, DECIMALS[name]) for name, value in zip(MEASURES, astuple(numbers))))
        words.append(WordProsody(unit.text, unit.is_pause, *astuple(numbers), numbers, *(
            tuple(rounded(float(value), LATENT_DECIMALS) for value in latent) for latent in (z, y))))
    reference = Reference(rounded(reference.median_hz, 2), rounded(reference.level_db, 2))
    return Prosody(text, language, speaker, Path(source).name, space, fingerprint, reference, tuple(words))


def edits(prosody: Prosody) -> list[UnitEdit]:
    """What is asked of every word and pause beyond its latents; an edit that cannot be carried out is a `UserError`."""
    return [unit_edit(word, describe(word, label)) for word, label in zip(prosody.words, prosody.labels)]


def unit_edit(word: WordProsody, name: str) -> UnitEdit:
    """The edit of one word or pause, called `name` in errors."""
    measured = word.measured
    for field in MEASURES:
        if getattr(word, field) is None and getattr(measured, field) is not None:
            raise UserError(f"{name}: {field} is null, but {getattr(measured, field):g} was measured; expected a number; the "
                            "measured one asks for no change")
    if word.is_pause and (word.f0_st, word.f0_range_st, word.f0_slope_st_s) != (None, None, None):
        raise UserError(f"{name}: a pause has no F0; expected null for f0_st, f0_range_st and f0_slope_st_s")
    if word.duration_ms < 0 or (word.duration_ms == 0 and not word.is_pause):
        expected = "0 or more; 0 takes the pause away" if word.is_pause else "more than 0"
        raise UserError(f"{name}: duration_ms is {word.duration_ms:g}; expected {expected}")
    other_length = word.duration_ms != measured.duration_ms
    return UnitEdit(
        # Where no F0 was measured there are too few voiced frames: it counts from the median, as if level.
        semitones=_within("semitones", (word.f0_st or 0.0) - (measured.f0_st or 0.0), name),
        f0_range=_within("f0_range", _range_factor(word, name), name),
        slope=_within("slope", (word.f0_slope_st_s or 0.0) - (measured.f0_slope_st_s or 0.0), name),
        gain_db=_within("gain_db", _gain(word, name), name),
        stretch=1.0 if word.is_pause else _within("stretch", word.duration_ms / measured.duration_ms, name),
        pause_ms=_within("pause_ms", word.duration_ms, name) if word.is_pause and other_length else None,
    )


def require_units(prosody: Prosody, units: Iterable[Unit]) -> None:
    """Refuse a prosody whose words and pauses are not those of its text, say because a line of the file was taken out."""
    found, expected = [word.text for word in prosody.words], [unit.text for unit in units]
    if found == expected:
        return
    where = next((i for i, (a, b) in enumerate(zip(found, expected)) if a != b), min(len(found), len(expected)))
    entry = [texts[where] if where < len(texts) else "nothing" for texts in (found, expected)]
    raise UserError(f"prosody of {prosody.source}: its {len(found)} words and pauses are not the {len(expected)} of its text: "
                    f"entry {where + 1} is {entry[0]!r}, expected {entry[1]!r}; put the line back, or map the words with "
                    "--map alignment")


def require_space(prosody: Prosody, space: str, what: str) -> None:
    """Refuse latents that another model made; `what` has the latents' space `space`."""
    if prosody.has_latents and prosody.space != space:
        raise UserError(f"the latents of {prosody.source} are of model {prosody.space}, those of {what} of {space}: they do not "
                        "mean the same; extract again with that model, or mask all words and pauses, which keeps only the edits")


def unit_labels(units) -> list[str]:
    """What words and pauses are called: "1", "2", … and "p1", "p2", … in order."""
    counts = {True: 0, False: 0}
    labels = []
    for unit in units:
        counts[unit.is_pause] += 1
        labels.append(("p" if unit.is_pause else "") + str(counts[unit.is_pause]))
    return labels


def describe(word: WordProsody | Unit, label: str) -> str:
    """How a message names a word or a pause: "word 3 'evening'", "pause p2 ','"."""
    return f"{'pause' if word.is_pause else 'word'} {label} {word.text!r}"


def rounded(value: float | None, decimals: int) -> float | None:
    return None if value is None else round(float(value), decimals) + 0.0  # no -0.0


def _range_factor(word: WordProsody, name: str) -> float:
    wanted, measured = word.f0_range_st, word.measured.f0_range_st
    if wanted == measured:
        return 1.0
    if measured is None or measured < STEADY_ST:
        found = "no F0 was measured" if measured is None else f"the measured one is {measured:g}"
        raise UserError(f"{name}: f0_range_st is {wanted:g}, but {found}: there is no movement to widen; leave it, and edit the "
                        "slope")
    return wanted / measured


def _gain(word: WordProsody, name: str) -> float:
    if word.energy_db == word.measured.energy_db:
        return 0.0
    if word.measured.energy_db is None:
        raise UserError(f"{name}: energy_db is {word.energy_db:g}, but the pause has no length and nothing was measured; "
                        "expected null")
    return word.energy_db - word.measured.energy_db


def _within(field: str, value: float, name: str) -> float:
    low, high = LIMITS[field]
    value = round(value, 6) + 0.0
    if not low <= value <= high:
        raise UserError(f"{name}: asks for {field} {value:g}; expected {low:g} to {high:g}")
    return value
