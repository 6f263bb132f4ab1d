"""The conditions of a listening test on disk: each a folder of sounds or a manifest, and which utterances all of them have.

Conditions come from the command line (NAME=FOLDER) or a file, YAML or JSON lines, with `name`, `folder` or `manifest`, and
`licence`; its paths are relative to the file. Text, speaker and style come from a manifest, or a table (TSV) with the columns id,
text, speaker, style, language, of which only id must be there.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from tts.corpus.manifest import read_manifest
from tts.errors import UserError
from tts.evaluation.pairing import sounds_in
from tts.mushra.folder import ANCHORS, ATTENTION, REFERENCE
from tts.mushra.selection import Candidate

COLUMNS = ("text", "speaker", "style", "language")
FIELDS = {"name", "folder", "manifest", "licence"}
NAME = re.compile(r"[\w.+() -]+")


@dataclass(frozen=True)
class Condition:
    """A system, or the reference: its sounds by utterance id."""

    name: str
    source: Path
    licence: str | None = None
    sounds: dict[str, Path] = field(default_factory=dict, repr=False)


def open_condition(name: str, source: Path, licence: str | None = None, split: str | None = None) -> Condition:
    """A condition with its sounds found, of a manifest those of `split` only; several files of one id are an error."""
    if not NAME.fullmatch(name):
        raise UserError(f"system {name!r}: a name is made of letters, digits, blanks and _ . + ( ) -")
    return Condition(name, source, licence, sounds_in(source, split))


def parse_system(argument: str) -> Condition:
    """NAME=FOLDER or NAME=MANIFEST."""
    name, equals, place = argument.partition("=")
    if not equals or not name or not place:
        raise UserError(f"--system {argument!r}: expected NAME=FOLDER or NAME=MANIFEST, such as ours=exp/try/wav/test")
    return open_condition(name, Path(place))


def read_systems(path: Path) -> list[Condition]:
    """The conditions that a file lists; an unknown or missing field is named with its entry."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error.strerror}); expected YAML or JSON lines with name, folder or manifest, licence"
        ) from None
    try:
        if path.suffix == ".jsonl":
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            import yaml

            rows = yaml.safe_load(text)
    except Exception as error:  # yaml's errors share no base with json's
        raise UserError(f"{path}: neither YAML nor JSON lines ({' '.join(str(error).split())})") from None
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise UserError(f"{path}: expected a list of systems, each with name, folder or manifest, and licence")
    return [_condition_of(row, number, path) for number, row in enumerate(rows, start=1)]


def _condition_of(row: dict, number: int, path: Path) -> Condition:
    if unknown := row.keys() - FIELDS:
        raise UserError(
            f"{path}: system {number} has the unknown field {sorted(unknown)[0]!r}; known are {', '.join(sorted(FIELDS))}"
        )
    if not row.get("name") or ("folder" in row) == ("manifest" in row):
        raise UserError(f"{path}: system {number} ({row.get('name', 'without name')}) needs a name and either folder or manifest")
    licence = row.get("licence")
    return open_condition(
        str(row["name"]), path.parent / row.get("folder", row.get("manifest")), None if licence is None else str(licence)
    )


def check_conditions(conditions: list[Condition], kind: str) -> None:
    """Names are unique, none is one of those that the test makes itself, and there are enough of them for the kind."""
    names = [condition.name for condition in conditions]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise UserError(f"two systems are named {repeated[0]!r}; give each its own name (the recordings are named {REFERENCE!r})")
    if reserved := sorted({*ANCHORS.values(), ATTENTION} & set(names)):
        raise UserError(f"a system is named {reserved[0]!r}, which the test makes itself; name it otherwise")
    systems = [name for name in names if name != REFERENCE]
    needed = {"mushra": 1, "mos": 1, "preference": 2, "abx": 2}[kind]
    if len(systems) < needed:
        raise UserError(
            f"{kind} needs at least {needed} system{'s' * (needed > 1)}, found {len(systems)}; add --system NAME=FOLDER"
        )
    if kind == "mushra" and REFERENCE not in names:
        raise UserError(
            "mushra needs recordings to hold the systems against: add --reference FOLDER (mos, preference and abx do without)"
        )


def read_descriptions(path: Path | None, reference: Condition | None) -> dict[str, dict[str, str]]:
    """{id: {text, speaker, style, language}} of a manifest or table; without one, of the manifest that the recordings came from,
    if any."""
    if path is None:
        path = reference.source if reference and reference.source.is_file() else None
        if path is None:
            return {}
    if path.suffix == ".tsv":
        try:
            with open(path, encoding="utf-8-sig", newline="") as file:
                rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        except OSError as error:
            raise UserError(f"{path}: cannot be read ({error.strerror})") from None
        if not rows or "id" not in rows[0]:
            raise UserError(
                f"{path}: expected a table with a column id, and any of {', '.join(COLUMNS)}; columns are parted by tabs"
            )
        return {row["id"]: {name: row.get(name) or "" for name in COLUMNS} for row in rows}
    return {u.id: {name: getattr(u, name) or "" for name in COLUMNS} for u in read_manifest(path)}


@dataclass(frozen=True)
class Common:
    """The utterances that could be in the test, and why the others cannot: {id: reason}."""

    candidates: list[Candidate]
    left_out: dict[str, str]


def common_utterances(
    conditions: list[Condition], descriptions: dict[str, dict[str, str]], shortest: float, longest: float
) -> Common:
    """Utterances that all conditions have, by exact id, whose recordings are all from `shortest` to `longest` seconds."""
    import soundfile

    candidates, left_out = [], {}
    for name in sorted(set().union(*(condition.sounds for condition in conditions))):
        if lacking := [condition.name for condition in conditions if name not in condition.sounds]:
            left_out[name] = f"missing in {', '.join(lacking)}"
            continue
        try:
            lengths = {condition.name: soundfile.info(condition.sounds[name]).duration for condition in conditions}
        except soundfile.SoundFileError as error:
            left_out[name] = f"not readable: {error}"
            continue
        short, long = min(lengths, key=lengths.get), max(lengths, key=lengths.get)
        if lengths[short] < shortest:
            left_out[name] = f"{lengths[short]:.2f} s in {short}, shorter than {shortest:g} s"
        elif lengths[long] > longest:
            left_out[name] = f"{lengths[long]:.2f} s in {long}, longer than {longest:g} s"
        else:
            candidates.append(Candidate(name, lengths[long], **descriptions.get(name, {})))
    return Common(candidates, left_out)
