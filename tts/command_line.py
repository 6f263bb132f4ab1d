"""The command that is running, for whoever writes down how a result was made or starts the same command in other processes."""

from __future__ import annotations

import shlex
import sys

_words: list[str] | None = None  # behind `tts`


def begin(words: list[str]) -> None:
    """Called by `tts.cli.main` with what it was given."""
    global _words
    _words = list(words)


def words() -> list[str]:
    """What stands behind `tts`; of a program that is not ours, its arguments."""
    return sys.argv[1:] if _words is None else list(_words)


def typed() -> str:
    """The command as it can be typed again."""
    return shlex.join(["tts", *words()])
