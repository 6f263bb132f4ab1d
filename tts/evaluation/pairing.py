"""Which sound belongs to which: by exact utterance id. `utt_1` is never taken for `utt_10`, and what has no partner is named.

A place is a folder (a file's name without its suffix is the id; a `manifest.jsonl` in it tells text, speaker, style and alignment
of its files), a manifest, or one sound file. Manifests are read line by line, and only where a line lies is remembered.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import soundfile

from tts.corpus.manifest import read_manifest, resolve_audio
from tts.corpus.utterance import Utterance
from tts.errors import UserError

SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3")
Item = TypeVar("Item")


@dataclass(frozen=True)
class Line:
    """Where an utterance stands: a manifest and the byte at which its line begins."""

    manifest: Path
    offset: int

    def read(self) -> Utterance:
        with open(self.manifest, "rb") as file:
            file.seek(self.offset)
            return Utterance.from_dict(json.loads(file.readline()))


@dataclass(frozen=True)
class Source:
    """A sound file, and where to read about it. `borrowed`: what is read is of another sound of the same id, so its text holds
    and its times do not."""

    path: Path
    line: Line | None = None
    speaker: str = ""
    language: str = ""
    style: str = ""
    borrowed: bool = False

    def utterance(self) -> Utterance | None:
        return self.line.read() if self.line else None

    def rate(self) -> int:
        """Samples per second of the file."""
        return self._rate

    @cached_property
    def _rate(self) -> int:
        try:
            return soundfile.info(self.path).samplerate
        except (soundfile.SoundFileError, OSError) as error:
            raise UserError(f"{self.path}: not readable as sound ({error}); expected {', '.join(SUFFIXES)}") from None


@dataclass(frozen=True)
class Pairs:
    """ids that both sides have, in order, with what each side has of them; ids that only one side has."""

    reference: dict[str, Item]
    hypothesis: dict[str, Item]
    only_reference: list[str]
    only_hypothesis: list[str]


def sounds_in(place: Path, split: str | None = None) -> dict[str, Path]:
    """Files by id: of a manifest (and split), or of a folder."""
    return {name: source.path for name, source in sources_in(place, split).items()}


def sources_in(place: Path, split: str | None = None, audio_root: Path | None = None) -> dict[str, Source]:
    """Sounds by id, of a folder, a manifest (and split; `audio_root` is what its audio is relative to, its own folder unless
    given), or a single file."""
    if place.is_dir():
        about = dict(lines_of(place / "manifest.jsonl")) if (place / "manifest.jsonl").is_file() else {}
        found: dict[str, Source] = {}
        for path in sorted(p for p in place.rglob("*") if p.suffix.lower() in SUFFIXES):
            if path.stem in found:
                raise UserError(
                    f"{place}: id {path.stem!r} occurs twice ({found[path.stem].path} and {path}); ids must be unique"
                )
            found[path.stem] = described(Source(path), about.get(path.stem))
    elif place.suffix.lower() in SUFFIXES:
        found = {place.stem: Source(place)}
    else:
        found = {}
        beside = audio_root / "manifest.jsonl" if audio_root else place
        for name, (line, utterance) in lines_of(place):
            if split in (None, utterance.split):
                if name in found:
                    raise UserError(f"{place}: id {name!r} occurs twice; ids must be unique")
                found[name] = described(Source(resolve_audio(beside, utterance)), (line, utterance))
    if not found:
        raise UserError(
            f"{place}: no sound there"
            + (f" of split {split!r}" if split else "")
            + f"; expected {', '.join(SUFFIXES)} or a manifest"
        )
    return found


def lines_of(manifest: Path) -> Iterator[tuple[str, tuple[Line, Utterance]]]:
    """Every utterance by id, without its units, and where its line lies."""
    offsets = _line_offsets(manifest)
    for utterance in read_manifest(manifest):
        utterance.units = []
        yield utterance.id, (Line(manifest, next(offsets)), utterance)


def described(source: Source, about: tuple[Line, Utterance] | None) -> Source:
    """The source with what a manifest says of it."""
    if about is None:
        return source
    line, utterance = about
    return Source(source.path, line, utterance.speaker, utterance.language, utterance.style)


def pair(reference: Mapping[str, Item], hypothesis: Mapping[str, Item]) -> Pairs:
    """The two sides matched by exact id; nothing in common is an error."""
    both = [name for name in reference if name in hypothesis]
    if not both:
        raise UserError(
            f"no id is on both sides; reference has {_some(reference)}, hypothesis has {_some(hypothesis)}; "
            "files are matched by exact id (the name without suffix, or a manifest's id)"
        )
    return Pairs(
        {n: reference[n] for n in both},
        {n: hypothesis[n] for n in both},
        sorted(reference.keys() - hypothesis.keys()),
        sorted(hypothesis.keys() - reference.keys()),
    )


def _some(files: Mapping[str, Item]) -> str:
    return ", ".join(list(files)[:3]) + (f" … ({len(files)})" if len(files) > 3 else "")


def _line_offsets(manifest: Path) -> Iterator[int]:
    """The bytes at which the lines begin that are not empty."""
    offset = 0
    with open(manifest, "rb") as file:
        for line in file:
            if line.strip():
                yield offset
            offset += len(line)
