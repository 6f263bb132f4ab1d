"""What a normalisation rule is: a pattern that is tried where a token begins, and a function that says how to speak what it
matched."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tts.text.wording import Wording


@dataclass(frozen=True)
class Rule:
    """starts  what its first character may be: "a" a letter, "1" a digit, "." any other; tried nowhere else
    read    gets the match, the wording and the word before (lower case, "" at a start) and returns what is said, in the
            notation of `wording.py`; "" says nothing; None means that the rule does not apply after all
    """

    name: str
    starts: str
    pattern: re.Pattern
    read: Callable[[re.Match, Wording, str], str | None]


def from_table(table: dict[str, str]) -> Callable[[re.Match, Wording, str], str]:
    """A `read` that looks the match up."""
    return lambda match, wording, before: table[match[0]]


def alternatives(keys) -> str:
    """A pattern for any of the keys, the longest first."""
    return "|".join(re.escape(key) for key in sorted(keys, key=lambda key: (-len(key), key)))


def capitalised_too(table: dict[str, str]) -> dict[str, str]:
    """The table with each lower-case key also in its capitalised form, as it stands at the start of a sentence."""
    return {key[0].upper() + key[1:]: value for key, value in table.items()} | table
