"""Any user's own data: a folder of audio and a tab-separated UTF-8 table with a header.

Columns: utt_id (or id), speaker, language, style, audio, transcript (or text); further ones are ignored. Speaker, language and
style may come as options when the table has no such column (style is "neutral" if nobody says). `audio` is relative to
the table's folder, or to `audio_root`, and has to stay inside it. Without a utt_id column the audio file's name is the id.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from tts.corpus.recording import Recording, Skipped
from tts.corpus.utterance import Utterance
from tts.errors import UserError

ALIASES = {"id": "utt_id", "text": "transcript"}


def read(folder: Path, skipped: Skipped, *, speaker: str | None = None, language: str | None = None, style: str | None = None,
         audio_root: str | None = None) -> Iterator[Recording]:
    """Recordings of `folder/manifest.tsv` (or its only .tsv; `folder` may also be the table itself)."""
    table = _find_table(folder)
    root = Path(os.path.abspath(audio_root or table.parent))
    given = {"speaker": speaker, "language": language, "style": style}
    with open(table, encoding="utf-8-sig", newline="") as file:
        columns = [ALIASES.get(name.strip(), name.strip()) for name in next(file, "").rstrip("\r\n").split("\t")]
        _check_columns(table, columns, given)
        defaults = {name: value for name, value in given.items() if value is not None} | ({} if style else {"style": "neutral"})
        for number, line in enumerate(file, start=2):
            if not line.strip():
                continue
            cells = line.rstrip("\r\n").split("\t")
            if len(cells) != len(columns):
                skipped.add(f"{table.name}:{number}", f"{len(cells)} cells, expected {len(columns)} as in the header")
                continue
            row = defaults | {name: cell.strip() for name, cell in zip(columns, cells) if cell.strip()}
            yield from _recording(row, f"{table.name}:{number}", root, skipped)


def _find_table(folder: Path) -> Path:
    if folder.is_file():
        return folder
    if (folder / "manifest.tsv").is_file():
        return folder / "manifest.tsv"
    tables = sorted(folder.glob("*.tsv"))
    if len(tables) != 1:
        raise UserError(f"{folder}: {len(tables)} .tsv files and none called manifest.tsv; give the table's own path")
    return tables[0]


def _check_columns(table: Path, columns: list[str], given: dict) -> None:
    needed = ["audio", "transcript"] + [name for name in ("speaker", "language") if given[name] is None]
    missing = [name for name in needed if name not in columns]
    if missing:
        hints = [f"--{name}" for name in missing if name in given]
        raise UserError(f"{table}: the header has no column {', '.join(missing)} (found: {', '.join(columns)}); add it"
                        + (f", or give {' and '.join(hints)} for the whole table" if hints else ""))
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise UserError(f"{table}: column {', '.join(twice)} occurs twice (id is utt_id, text is transcript); keep one")


def _recording(row: dict, place: str, root: Path, skipped: Skipped) -> Iterator[Recording]:
    name = row.get("utt_id") or Path(row.get("audio", "")).stem
    missing = [column for column in ("audio", "transcript", "speaker", "language") if column not in row]
    if missing:
        skipped.add(name or place, f"empty {', '.join(missing)}")
        return
    path = Path(os.path.normpath(root / row["audio"]))
    if not path.is_relative_to(root):
        skipped.add(name, "audio path leads outside the audio root")
        return
    yield Recording(Utterance(name, row["transcript"], row["speaker"], row["language"], row["style"]), path)
