"""Which sound belongs to which: by exact utterance id. `utt_1` is never taken for `utt_10`, and what has no partner is named."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tts.corpus.manifest import read_manifest, resolve_audio
from tts.errors import UserError

SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3")


@dataclass(frozen=True)
class Pairs:
    """ids that both sides have, in order, with their files; ids that only one side has."""

    reference: dict[str, Path]
    hypothesis: dict[str, Path]
    only_reference: list[str]
    only_hypothesis: list[str]


def sounds_in(source: Path, split: str | None = None) -> dict[str, Path]:
    """Files by id: of a manifest (and split), or of a folder, where the file's name without its suffix is the id."""
    if source.is_dir():
        found: dict[str, Path] = {}
        for path in sorted(p for p in source.rglob("*") if p.suffix.lower() in SUFFIXES):
            if path.stem in found:
                raise UserError(f"{source}: id {path.stem!r} occurs twice ({found[path.stem]} and {path}); ids must be unique")
            found[path.stem] = path
    else:
        found = {u.id: resolve_audio(source, u) for u in read_manifest(source) if split in (None, u.split)}
    if not found:
        raise UserError(
            f"{source}: no sound there"
            + (f" of split {split!r}" if split else "")
            + f"; expected {', '.join(SUFFIXES)} or a manifest"
        )
    return found


def pair(reference: dict[str, Path], hypothesis: dict[str, Path]) -> Pairs:
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


def _some(files: dict[str, Path]) -> str:
    return ", ".join(list(files)[:3]) + (f" … ({len(files)})" if len(files) > 3 else "")
