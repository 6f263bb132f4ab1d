"""A reader per public corpus form, each one file with one generator.

    read(folder, skipped, **options) -> Iterator[Recording]

`folder` is what the user downloaded (or, for `tsv`, any folder of audio with a table). The options a reader takes are its
keyword arguments; an option that it does not take is refused by name. What it finds but cannot use it adds to `skipped`.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

from tts.corpus.recording import Recording, Skipped
from tts.errors import UserError

READERS = ("tsv", "ljspeech", "vctk", "libritts_r", "esd", "css10")


def read_corpus(reader: str, folder: str | Path, skipped: Skipped, **options) -> Iterator[Recording]:
    """The recordings of the corpus in `folder`; options that are None count as not given."""
    if reader not in READERS:
        near = difflib.get_close_matches(reader, READERS, n=1)
        raise UserError(f"no reader {reader!r}; there are {', '.join(READERS)}" + (f"; did you mean {near[0]}?" if near else ""))
    read = importlib.import_module(f"tts.corpus.readers.{reader}").read
    taken = [p.name for p in inspect.signature(read).parameters.values() if p.kind is p.KEYWORD_ONLY]
    options = {name: value for name, value in options.items() if value is not None}
    for name in options.keys() - taken:
        raise UserError(f"the reader {reader} takes no --{name.replace('_', '-')}; it takes "
                        f"{', '.join('--' + t.replace('_', '-') for t in taken) or 'no options'}")
    if not Path(folder).exists():
        raise UserError(f"{folder}: no such folder; give the place where the corpus was unpacked")
    return read(Path(folder), skipped, **options)


def expect(path: Path, what: str) -> Path:
    """`path` if it exists, else an error that says what the reader looked for."""
    if not path.exists():
        raise UserError(f"{path.parent}: no {path.name}; expected {what}; check the folder")
    return path
