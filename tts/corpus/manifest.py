"""Manifests on disk: JSON lines, one utterance a line, read and written as streams so that a thousand hours cost no more
memory than one. Writing goes to a temporary file that takes the name only when it is whole."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tts.corpus.utterance import Utterance
from tts.documents import MISSHAPEN, parse_json
from tts.errors import UserError


def read_manifest(path: str | Path) -> Iterator[Utterance]:
    """The utterances of a manifest, one at a time. A line that is no utterance is an error with its number."""
    path = Path(path)
    if not path.is_file():
        raise UserError(f"{path}: no such manifest; run the stage that writes it, or check the path")
    with open(path, "rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                yield Utterance.from_dict(parse_json(line))
            except MISSHAPEN as error:
                raise UserError(f"{path}:{number}: not an utterance ({error}); expected a JSON object as in "
                                "tts/corpus/utterance.py; make the manifest again") from None


def write_manifest(path: str | Path, utterances: Iterable[Utterance]) -> int:
    """Write utterances to `path`, whole or not at all; returns how many."""
    count = 0
    with atomic_writer(path) as file:
        for utterance in utterances:
            file.write(json.dumps(utterance.to_dict(), ensure_ascii=False) + "\n")
            count += 1
    return count


@contextmanager
def atomic_writer(path: str | Path, mode: str = "w"):
    """A file that appears under `path` only if the block ends without an error. What the disk refuses names the file."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(temporary, mode, encoding=None if "b" in mode else "utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        error.filename = error.filename or str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


def resolve_audio(manifest: str | Path, utterance: Utterance) -> Path:
    """Where the utterance's audio lies. A path that leaves the manifest's folder is refused."""
    root = Path(manifest).resolve().parent
    if utterance.audio is None:
        raise UserError(f"{manifest}: utterance {utterance.id} has no audio; expected a path relative to {root}")
    path = (root / utterance.audio).resolve()
    if not path.is_relative_to(root):
        raise UserError(f"{manifest}: utterance {utterance.id}: audio {utterance.audio!r} leads outside {root}; "
                        "copy or link the corpus below the manifest's folder")
    return path
