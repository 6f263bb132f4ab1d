"""The cast of a made-up corpus: who speaks, where a recipe wants more than one language code a speaker. A YAML file lists the speakers;
only the language is needed, and what is not given is drawn from the seed or taken from the settings of all speakers.

    speakers:
      - language: en-us           # of the languages that the made-up corpus has sentences for
        name: ada                 # lower-case letters, digits, '_', '-'; names its folder of sounds
        gender: female            # or male; else women and men in turn
        low_hz: 190               # F0 range in the neutral style
        high_hz: 300
        tempo: 1.05               # multiplies each style's rate; larger is faster
        styles: {dj: 2, excited: 1}                               # how often each style is drawn
        utterances: {train: 40, dev: 6, test: 24, recogniser: 16}  # or one number, divided as for all speakers
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tts.config import from_mapping, load_config
from tts.errors import UserError

SPLITS = ("dev", "test", "train", "recogniser", "unseen")  # unseen: for speakers whom no training shall know


@dataclass(frozen=True)
class CastMember:
    """One speaker of a cast; None is drawn or taken from the settings of all."""

    language: str
    name: str | None = None
    gender: str | None = None
    low_hz: int | None = None
    high_hz: int | None = None
    tempo: float | None = None
    styles: dict[str, float] | None = None
    utterances: int | dict[str, int] | None = None


@dataclass(frozen=True)
class _Cast:
    speakers: list


def read_cast(path: str | Path) -> tuple[CastMember, ...]:
    """The speakers that a cast file lists, in its order."""
    return tuple(from_mapping(CastMember, row, f"{path}, {_who(number, row.get('name') if isinstance(row, dict) else None)}")
                 for number, row in enumerate(load_config(_Cast, [path]).speakers, start=1))


def check_cast(cast: tuple[CastMember, ...], languages: tuple[str, ...], styles: tuple[str, ...]) -> None:
    """A UserError that names speaker and field for whatever cannot be made."""
    problems, taken = [], set()
    for number, member in enumerate(cast, start=1):
        who = _who(number, member.name)
        problems += [f"{who}: {problem}" for problem in _problems(member, languages, styles)]
        if member.name and member.name in taken:
            problems.append(f"{who}: the name is taken by an earlier speaker; choose another")
        taken.add(member.name)
    if problems:
        raise UserError("cast: " + "; ".join(problems))


def _who(number: int, name: str | None) -> str:
    return f"speaker {number}" + (f" ({name})" if name else "")


def _problems(member: CastMember, languages: tuple[str, ...], styles: tuple[str, ...]) -> list[str]:
    found = []
    if member.language not in languages:
        found.append(f"no sentences for language {member.language!r}; expected {', '.join(languages)}")
    if member.name is not None and not re.fullmatch(r"[a-z][a-z0-9_-]*", member.name):
        found.append(f"name {member.name!r}; expected lower-case letters, digits, '_' and '-', a letter first")
    if member.gender not in (None, "female", "male"):
        found.append(f"gender {member.gender!r}; expected female or male")
    for field, low, high in (("low_hz", 50, 500), ("high_hz", 50, 800), ("tempo", 0.5, 2)):
        value = getattr(member, field)
        if value is not None and not low <= value <= high:
            found.append(f"{field} {value}; expected from {low} to {high}")
    if member.low_hz and member.high_hz and member.high_hz <= member.low_hz:
        found.append(f"high_hz {member.high_hz} is not above low_hz {member.low_hz}")
    if unknown := sorted(set(member.styles or ()) - set(styles)):
        found.append(f"styles: no style {', '.join(unknown)}; expected {', '.join(styles)}")
    if member.styles is not None and (not member.styles or min(member.styles.values()) <= 0):
        found.append("styles: weights must be above 0; leave a style out to have none of it")
    if isinstance(member.utterances, int) and member.utterances < 4:
        found.append(f"utterances {member.utterances}; expected at least 4")
    if isinstance(member.utterances, dict):
        if unknown := sorted(set(member.utterances) - set(SPLITS)):
            found.append(f"utterances: no split {', '.join(unknown)}; expected {', '.join(SPLITS)}")
        elif min(member.utterances.values(), default=0) < 0 or not sum(member.utterances.values()):
            found.append(f"utterances {member.utterances}; expected counts of which at least one is above 0")
    return found
