"""The record of what the front-end changed: every rewrite with the characters it came from. Nothing leaves a text without one,
except blanks, punctuation that becomes a pause, and quotation marks and brackets, which are not spoken."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Rewrite:
    """`found`, the characters [start, end) of the raw text, became `replaced` ("" when dropped) by `rule`."""

    span: tuple[int, int]
    found: str
    replaced: str
    rule: str

    def to_dict(self) -> dict:
        return asdict(self)
