"""The sounds on every side of a comparison, by id: the reference's and each system's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tts.errors import UserError
from tts.evaluation.pairing import SUFFIXES, Source, described, lines_of, sources_in

Sounds = dict[str, Source]


@dataclass
class Sides:
    """The reference's sounds, every system's by name, and where the systems' lie."""

    reference: Sounds
    systems: dict[str, Sounds]
    places: dict[str, Path] = field(default_factory=dict)


def open_sides(
    reference: Path,
    systems: Iterable[str],
    manifest: Path | None = None,
    split: str | None = None,
    audio_root: Path | None = None,
) -> Sides:
    """`systems`: paths, or NAME=PATH. `manifest` tells text, speaker, style and alignment of the reference; `split` and
    `audio_root` are the reference's."""
    places: dict[str, Path] = {}
    for given in systems:
        name, path = named(given)
        if name in places:
            raise UserError(f"a system is named twice: {name}; call them apart (NAME=PATH)")
        places[name] = path
    sounds = sources_in(reference, split, audio_root)
    if manifest is not None:
        about = {name: found for name, found in lines_of(manifest) if name in sounds}
        if not about:
            raise UserError(f"{manifest}: tells of none of the ids in {reference}; ids must be exactly the same")
        sounds = {name: described(source, about.get(name)) for name, source in sounds.items()}
    found = {}
    for name, path in places.items():
        found[name] = sources_in(path)
        if is_sound(reference) and is_sound(path):  # two files that were named belong together, whatever they are called
            found[name] = {reference.stem: next(iter(found[name].values()))}
    return Sides(sounds, found, places)


def named(given: str) -> tuple[str, Path]:
    """NAME=PATH, or a path that is its own name."""
    name, equals, path = given.partition("=")
    return (name, Path(path)) if equals and name and not Path(given).exists() else (given, Path(given))


def is_sound(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.is_dir()
