"""Kaldi data folders, written and read: tables keyed by utterance, sorted as bytes are, the same utterances in every one.

    wav.scp     recording file          text      utterance words …        utt2dur   utterance seconds
    segments    utterance recording start end     utt2spk   utterance speaker        spk2utt   speaker utterance …
    utt2lang    utterance language      utt2style utterance style          spk2gender  speaker m|f (checked when read, not kept)

Every fault is an error, by table, line and key. A wav.scp entry that is a pipe is a command: it is never run but refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby, zip_longest
from pathlib import Path

from tts.corpus.manifest import atomic_writer, read_manifest, resolve_audio
from tts.corpus.recording import Recording, Skipped
from tts.corpus.utterance import Utterance
from tts.errors import UserError

TABLES = ("wav.scp", "text", "utt2spk", "utt2lang", "utt2style", "utt2dur")


def write_kaldi(manifest: str | Path, folder: str | Path, audio_root: str | Path | None = None) -> tuple[int, bool]:
    """Write a manifest as a Kaldi data folder; returns how many utterances, and whether ids were prefixed.

    Kaldi wants the order of utterances to be the speakers' too; where it is not, every id becomes SPEAKER-ID. wav.scp has the
    absolute paths of the manifest's files as they are (Kaldi's own binaries read WAV only; ESPnet, lhotse and k2 read FLAC).
    """
    manifest, folder = Path(manifest), Path(folder)
    root = Path(audio_root) / "manifest.jsonl" if audio_root else manifest
    names = [(utterance.id, utterance.speaker) for utterance in read_manifest(manifest)]
    prefixed = not _sorts_by_speaker(names)
    if prefixed:
        names = [(f"{speaker}-{name}", speaker) for name, speaker in names]
        if not _sorts_by_speaker(names):
            raise UserError(f"{manifest}: no order of utterances is also that of the speakers (a speaker's name begins "
                            f"another's); rename speakers")
    _check_names(manifest, names)
    order = {name: place for place, (name, _) in enumerate(sorted(names))}
    rows: list[tuple[str, ...] | None] = [None] * len(names)
    for utterance, (name, _) in zip(read_manifest(manifest), names):
        rows[order[name]] = _row(name, utterance, resolve_audio(root, utterance))
    for table, lines in _tables(rows).items():
        with atomic_writer(folder / table) as file:
            file.writelines(f"{line}\n" for line in lines)
    return len(rows), prefixed


def _sorts_by_speaker(names: list[tuple[str, str]]) -> bool:
    return [speaker for _, speaker in sorted(names)] == sorted(speaker for _, speaker in names)


def _check_names(manifest: Path, names: list[tuple[str, str]]) -> None:
    blank = sorted({name for pair in names for name in pair if not name or name.split() != [name]})
    if blank:
        raise UserError(f"{manifest}: blanks in the id or speaker {blank[0]!r}, which Kaldi's tables cannot hold; rename it")
    twice = [name for name, count in Counter(name for name, _ in names).items() if count > 1]
    if twice:
        raise UserError(f"{manifest}: id {twice[0]} occurs twice; tts corpus fix drops the later one")


def _row(name: str, utterance: Utterance, audio: Path) -> tuple[str, ...]:
    """(name, value of every table in TABLES); a table without a value for it gets ""."""
    text = " ".join(utterance.text.split())
    if not text:
        raise UserError(f"utterance {utterance.id}: has no text; expected words; tts corpus fix drops it")
    seconds = "" if utterance.seconds is None else f"{utterance.seconds:.6f}"
    return name, str(audio), text, utterance.speaker, utterance.language, utterance.style, seconds


def _tables(rows: list) -> dict[str, list[str]]:
    tables = {table: [f"{row[0]} {row[column]}" for row in rows] for column, table in enumerate(TABLES, start=1)
              if all(row[column] for row in rows)}
    speaker = TABLES.index("utt2spk") + 1
    by_speaker = groupby(rows, key=lambda row: row[speaker])
    tables["spk2utt"] = [f"{name} {' '.join(row[0] for row in group)}" for name, group in by_speaker]
    return tables


def read_kaldi(folder: Path, skipped: Skipped, *, language: str | None = None, style: str | None = None,
               audio_root: str | None = None) -> Iterator[Recording]:
    """The recordings of a Kaldi data folder, streamed; a fault anywhere is an error.

    language, style  for folders without utt2lang, utt2style (style then is "neutral")
    audio_root       what relative paths in wav.scp start from; as with Kaldi, the current folder if not given
    """
    for table in ("wav.scp", "text", "utt2spk", "spk2utt"):
        if not (folder / table).is_file():
            raise UserError(f"{folder}: no {table}; expected a Kaldi data folder (wav.scp, text, utt2spk, spk2utt)")
    has = {table: (folder / table).is_file() for table in ("segments", "utt2lang", "utt2style", "utt2dur", "spk2gender")}
    if not has["utt2lang"] and language is None:
        raise UserError(f"{folder}: no utt2lang; give --language for the whole folder")
    _check_speakers(folder, has["spk2gender"])
    root = Path(audio_root) if audio_root else Path()
    recordings = {name: _audio(folder, name, path, root) for name, path in _read(folder / "wav.scp")}
    tables = ["segments" if has["segments"] else "wav.scp", "text", "utt2spk"]
    tables += [table for table in ("utt2lang", "utt2style", "utt2dur") if has[table]]
    for name, values in _joined(folder, tables):
        start, end = 0.0, None
        path = recordings.get(name)
        if has["segments"]:
            path, start, end = _segment(folder, name, values["segments"], recordings)
        utterance = Utterance(name, values["text"], values["utt2spk"], values.get("utt2lang", language),
                              values.get("utt2style", style or "neutral"))
        yield Recording(utterance, path, start, end)


def _read(path: Path) -> Iterator[tuple[str, str]]:
    """(key, rest) of each line; keys must be sorted, unique and followed by something."""
    previous = None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            key, rest = (line.strip().split(maxsplit=1) + ["", ""])[:2]
            if not rest:
                raise UserError(f"{path}:{number}: found {line.strip()!r}; expected a key and a value; correct the line")
            if previous is not None and key.encode() <= previous.encode():
                unsorted = f"{key} after {previous} is not in byte order (LC_ALL=C sort)"
                problem = f"{key} occurs twice" if key == previous else unsorted
                raise UserError(f"{path}:{number}: {problem}; sort the table and keep each key once")
            previous = key
            yield key, rest


def _joined(folder: Path, tables: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Every utterance with its value in each table; one that a table lacks is an error that names both."""
    for lines in zip_longest(*(_read(folder / table) for table in tables)):
        keys = [line[0] if line else None for line in lines]
        if len(set(keys)) > 1:
            first = min(key for key in keys if key is not None)
            lacking = [table for table, key in zip(tables, keys) if key != first]
            having = [table for table in tables if table not in lacking]
            raise UserError(f"{folder}: utterance {first} is in {', '.join(having)} but not in {', '.join(lacking)}; "
                            "expected the same utterances in all tables; add or remove it")
        yield keys[0], {table: line[1] for table, line in zip(tables, lines)}


def _audio(folder: Path, name: str, path: str, root: Path) -> Path:
    if path.endswith("|") or path.startswith("|"):
        raise UserError(f"{folder / 'wav.scp'}: {name} is a pipe ({path[:60]}), a command that would be run; expected a file; "
                        "write the sound to files first (in Kaldi: wav-copy) and list those")
    return root / path


def _segment(folder: Path, name: str, value: str, recordings: dict[str, Path]) -> tuple[Path, float, float]:
    try:
        recording, start, end = value.split()
        start, end = float(start), float(end)
    except ValueError:
        raise UserError(f"{folder / 'segments'}: {name}: found {value!r}; expected recording start end; "
                        f"correct the line") from None
    if recording not in recordings:
        raise UserError(f"{folder / 'segments'}: {name} is in recording {recording}, which wav.scp lacks; add or remove it")
    if not 0 <= start < end:
        raise UserError(f"{folder / 'segments'}: {name}: found {start} to {end} s; expected 0 <= start < end; correct the line")
    return recordings[recording], start, end


def _check_speakers(folder: Path, has_gender: bool) -> None:
    """spk2utt must say what utt2spk says, and spk2gender know the same speakers."""
    speakers = {speaker: set(utterances.split()) for speaker, utterances in _read(folder / "spk2utt")}
    for name, speaker in _read(folder / "utt2spk"):
        if name not in speakers.get(speaker, ()):
            raise UserError(f"{folder}: utt2spk says {name} is of {speaker}, spk2utt does not; make spk2utt again from utt2spk")
        speakers[speaker].discard(name)
    left = sorted(name for names in speakers.values() for name in names)
    if left:
        raise UserError(f"{folder}: spk2utt has {left[0]}, utt2spk does not give it that speaker; "
                        f"make spk2utt again from utt2spk")
    if has_gender:
        genders = dict(_read(folder / "spk2gender"))
        odd = sorted(genders.keys() ^ speakers.keys())
        odd = odd or sorted(name for name, gender in genders.items() if gender not in ("m", "f"))
        if odd:
            raise UserError(f"{folder / 'spk2gender'}: {odd[0]}: expected every speaker of utt2spk once, with m or f; "
                            f"correct the table")
