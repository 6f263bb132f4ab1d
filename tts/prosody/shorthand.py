"""An edit in one line, as commands take it: WORDS: NAME=VALUE …, as in "longest: semitones=4 stretch=1.4"."""

from __future__ import annotations

from dataclasses import dataclass

from tts.errors import UserError
from tts.prosody.edit import select, shift
from tts.prosody.prosody import Prosody

NAMES = ("semitones", "stretch", "gain_db", "f0_range", "slope")
EXAMPLE = "longest: semitones=4 stretch=1.4"


@dataclass(frozen=True)
class Edit:
    """Words as `tts.prosody.edit.select` takes them, and the changes of them by the names that `shift` knows."""

    words: str
    changes: dict[str, float]

    def positions(self, prosody: Prosody) -> list[int]:
        """Which words and pauses it changes."""
        return select(prosody, self.words)

    def apply(self, prosody: Prosody) -> Prosody:
        return shift(prosody, self.words, **self.changes)


def parse_edit(text: str) -> Edit:
    """The edit of a line; one that cannot be read is told what was found and what is expected."""
    words, colon, rest = text.rpartition(":")
    changes: dict[str, float] = {}
    if not (colon and words.strip() and rest.strip()):
        raise UserError(f"edit {text!r}: expected WORDS: NAME=VALUE, as in {EXAMPLE!r}")
    for part in rest.replace(",", " ").split():
        name, equals, value = part.partition("=")
        name = name.replace("-", "_")
        try:
            if not equals or name not in NAMES or name in changes:
                raise ValueError
            changes[name] = float(value)
        except ValueError:
            raise UserError(f"edit {text!r}: {part!r} is no change; expected each of {', '.join(NAMES)} once at most, with a number, "
                            f"as in {EXAMPLE!r}") from None
    return Edit(words.strip(), changes)
