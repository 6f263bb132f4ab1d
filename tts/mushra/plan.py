"""What is asked of a listening test, and the pages that come of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tts.mushra.attention import Check
from tts.mushra.folder import ANCHORS
from tts.mushra.selection import Candidate
from tts.mushra.sound import Processing
from tts.mushra.stimuli import Measured


@dataclass(frozen=True)
class Plan:
    """What is asked for. `open_reference` shows the recording as such; anchors are names of conditions."""

    name: str
    kind: str = "mushra"
    items: int = 20  # utterances
    listeners: int = 24
    seed: int = 0
    anchors: tuple[str, ...] = (ANCHORS["35"],)
    open_reference: bool = True
    training: int = 1
    attention: int = 2
    none_allowed: bool = False  # preference: "no difference" is an answer
    language: str = "en-us"  # of the numbers in attention checks
    shortest_seconds: float = 1.0
    processing: Processing = field(default_factory=Processing)

    @property
    def compares_pairs(self) -> bool:
        return self.kind in ("preference", "abx")


@dataclass(frozen=True)
class Page:
    """An item: its utterance (None for an attention check), conditions and sounds by letter, and the open reference.

    answer  abx: the letter that X equals
    """

    item: str
    utterance: Candidate | None
    letters: dict[str, str]
    sounds: dict[str, Measured]
    reference: Measured | None = None
    training: bool = False
    check: Check | None = None
    answer: str | None = None
