"""What came of the tries of one part, as a line of the table."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

HEADER = "| part | tries | faults that hit | losses | unexplained crashes | s |\n|---|---|---|---|---|---|"


@dataclass
class Tally:
    """tries: faults that were made; hits: those that met something (a process that was running, a file that was read); losses: results that
    are not what they should be; crashes: ends without a sentence, or none. Both name the try."""

    part: str
    tries: int = 0
    hits: int = 0
    losses: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    def done(self) -> Tally:
        self.seconds = time.monotonic() - self.started
        return self

    def __str__(self) -> str:
        return f"| {self.part} | {self.tries} | {self.hits} | {len(self.losses)} | {len(self.crashes)} | {self.seconds:.0f} |"

    def found(self) -> list[str]:
        """What is to be mended, a line each."""
        return [f"{self.part}: {kind}: {what}" for kind, many in (("loss", self.losses), ("crash", self.crashes)) for what in many]
