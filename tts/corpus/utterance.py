"""What the whole line passes on: an utterance, made of units (words and pauses), made of phones.

A manifest is a file of JSON lines, one utterance a line (`manifest.py` reads and writes it). The same record grows along
the line: a corpus reader fills everything up to `style`; the text stage fills `units`; the aligner fills every phone's
`frames` and the utterance's `score`. Nothing ever renumbers or reorders.

    utterance   "Yes, forty."
    units       pause _ | word "Yes" | pause , | word "forty" | pause .
    phones            _   j ɛ s              ,   f ɔːɹ ɾ i          .
    frames            8   6 7 9              12  7 9 4 11          15      sum = number of mel frames

Pauses are units of their own, with exactly one phone whose symbol is one of `PAUSES`. An utterance with units always begins
and ends with a pause. A phone that is no pause has at least one frame once aligned; a pause may have none (punctuation
that the speaker ran over).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tts.documents import built

# "_" is silence without punctuation; the others are the punctuation that the pause stands for.
PAUSES = ("_", ",", ".", "?", "!", ";", ":", "…", "—")


@dataclass
class Phone:
    """One sound. `symbol` is IPA without stress (or one of PAUSES); `stress` is 0 none, 1 secondary, 2 primary."""

    symbol: str
    stress: int = 0
    frames: int | None = None  # mel frames; None before alignment


@dataclass
class Unit:
    """A word or a pause: what CopyCat2 gives one latent.

    text    the word as spoken ("forty"), or the pause's symbol
    span    the characters of `Utterance.text` it came from, [start, end); several words may share one span ("42")
    phones  at least one; exactly one for a pause
    """

    text: str
    span: tuple[int, int]
    phones: list[Phone] = field(default_factory=list)

    @property
    def is_pause(self) -> bool:
        return len(self.phones) == 1 and self.phones[0].symbol in PAUSES

    @property
    def frames(self) -> int:
        """Mel frames of the unit; an error before alignment."""
        return sum(phone.frames for phone in self.phones)


@dataclass
class Utterance:
    """One recording (or one line to be spoken) and all that is known of it.

    id        unique in its manifest; letters, digits, `_`, `-`, `.` only, for it names files
    audio     path relative to the manifest's folder, or None when there is nothing recorded
    language  a code of `tts.text.languages`: en-us, en-gb, es, de, nl, fr, …
    split     "train", "dev" or "test" (the mini corpus also has "recogniser"), or None
    score     the aligner's mean log-probability per frame: low means that text and audio do not fit
    passport  of synthetic speech: from what and by what it was made (tts/augmentation); None for a recording
    """

    id: str
    text: str
    speaker: str
    language: str
    style: str = "neutral"
    audio: str | None = None
    seconds: float | None = None
    split: str | None = None
    units: list[Unit] = field(default_factory=list)
    score: float | None = None
    passport: dict | None = None

    @property
    def words(self) -> list[Unit]:
        return [unit for unit in self.units if not unit.is_pause]

    @property
    def phones(self) -> list[Phone]:
        return [phone for unit in self.units for phone in unit.phones]

    @property
    def durations(self) -> list[int]:
        """Frames of every phone, in order; an error that names the utterance if it is not aligned yet."""
        frames = [phone.frames for phone in self.phones]
        if None in frames:
            raise ValueError(f"utterance {self.id} has no alignment yet; run the alignment stage first")
        return frames

    def to_dict(self) -> dict:
        """A JSON-ready row; a phone is [symbol, stress, frames], a unit {text, span, phones}; empty fields are left out."""
        row = {k: v for k, v in vars(self).items() if k != "units" and v is not None}
        if self.units:
            row["units"] = [{"text": u.text, "span": list(u.span), "phones": [[p.symbol, p.stress, p.frames] for p in u.phones]}
                            for u in self.units]
        return row

    @classmethod
    def from_dict(cls, row: dict) -> Utterance:
        """The utterance of a row that `to_dict` made. A missing or unknown field, or one of another type, is a ValueError that names it."""
        row = dict(row)
        units = [_unit(unit) for unit in row.pop("units", [])]
        try:
            return built(cls, row, units=units)
        except ValueError as error:
            raise ValueError(f"utterance {str(row.get('id', '?'))[:60]}: {error}") from None


def _unit(row: dict) -> Unit:
    text, (start, end), phones = row["text"], row["span"], [Phone(*phone) for phone in row["phones"]]
    if not (type(text) is str and type(start) is int and type(end) is int and phones):
        raise ValueError(f"unit {str(row)[:60]}; expected text, a span of two whole numbers, and phones")
    for p in phones:
        if not (type(p.symbol) is str and type(p.stress) is int and (p.frames is None or type(p.frames) is int and p.frames >= 0)):
            raise ValueError(f"phone {str(p)[:60]}; expected text, a whole number and, once aligned, a number of frames")
    return Unit(text, (start, end), phones)
