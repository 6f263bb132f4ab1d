"""Answers as they lie on disk: files of the static page (JSON), the server's database (SQLite) and webMUSHRA's tables (CSV), line
by line, with letters for stimuli. ratings.py makes sense of them. A file that belongs to another test, is broken, or holds what
no listener can have answered is an error that names it."""

from __future__ import annotations

import csv
import math
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tts import documents
from tts.errors import UserError
from tts.mushra.folder import Test

RANGES = {"mushra": (0, 100), "mos": (1, 5), "preference": (0, 1), "abx": (0, 1)}


@dataclass(frozen=True)
class Answer:
    """A line of any of the files: the letter is not yet resolved."""

    session: str
    listener: str
    item: str
    letter: str
    score: float
    seconds: float | None
    comment: str
    file: str


def result_files(test: Test) -> list[Path]:
    """results.sqlite, and what lies in results/, those that exist."""
    database = [test.database] if test.database.is_file() else []
    return database + sorted(path for path in (test.folder / "results").glob("*") if path.suffix in (".json", ".csv", ".sqlite"))


def read_answers(path: Path, test: Test) -> Iterator[Answer]:
    """The answers of one file, by its suffix."""
    if not path.is_file():
        raise UserError(f"{path}: no such file of results")
    readers = {".json": read_page_file, ".sqlite": read_database, ".csv": read_webmushra}
    if path.suffix not in readers:
        raise UserError(f"{path}: expected a name that ends in {', '.join(readers)}")
    for answer in readers[path.suffix](path, test):
        low, high = RANGES[test.kind]
        if not low <= answer.score <= high:
            raise UserError(
                f"{path}: session {answer.session} gives {answer.letter} of {answer.item} the score {answer.score}; "
                f"expected {low} to {high} in a {test.kind} test; correct or leave out the file"
            )
        yield answer


def read_json(path: Path) -> dict:
    found = documents.read_json(path, "expected the file whole; ask the listener to save it again, or leave it out")
    if not isinstance(found, dict):
        raise UserError(f"{path}: expected what the listening page saves, a JSON object; found {type(found).__name__}")
    return found


def check_test(path: Path, found: str | None, test: Test) -> None:
    if found != test.hash:
        raise UserError(
            f"{path}: answers to another test (hash {str(found)[:12]}); expected those to {test.name!r}, hash {test.hash[:12]}; "
            "analyse each test by itself"
        )


def read_page_file(path: Path, test: Test) -> Iterator[Answer]:
    """What the static page saved: one session."""
    content = read_json(path)
    check_test(path, content.get("test_hash"), test)
    try:
        session, listener = content["session"], content.get("listener")
        for row in content["ratings"]:
            yield Answer(
                str(session),
                str(session if listener is None else listener),
                row["item"],
                row["letter"],
                float(row["score"]),
                optional(row.get("seconds")),
                row.get("comment") or "",
                str(path),
            )
    except documents.MISSHAPEN as error:
        raise UserError(
            f"{path}: not a file of the listening page ({error!r}); expected session and ratings with item, letter and "
            "score; ask the listener to save it again, or leave it out"
        ) from None


def query(path: Path, sql: str) -> list[tuple]:
    """Rows of the server's database, which is only read."""
    try:
        database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()
    except sqlite3.Error as error:
        raise UserError(
            f"{path}: not a database of `tts mushra serve` ({error}); expected the tables meta, sessions and ratings"
        ) from None


def read_database(path: Path, test: Test) -> Iterator[Answer]:
    """What `tts mushra serve` stored: all sessions."""
    for (known,) in query(path, "select test_hash from meta"):
        check_test(path, known, test)
    rows = query(
        path,
        "select r.session, s.listener, r.item, r.letter, r.score, r.seconds, r.comment from ratings r "
        "join sessions s on s.session = r.session order by r.session, r.item, r.letter",
    )
    for session, listener, item, letter, score, seconds, comment in rows:
        yield Answer(
            str(session),
            str(session if listener is None else listener),
            item,
            letter,
            float(score),
            optional(seconds),
            comment or "",
            str(path),
        )


def silent_sessions(path: Path) -> int:
    """How many of a database's listeners began and answered nothing."""
    return query(path, "select count(*) from sessions where session not in (select session from ratings)")[0][0]


def read_webmushra(path: Path, test: Test) -> Iterator[Answer]:
    """webMUSHRA's table: a row a rating, its time in milliseconds; stimuli go by letter or by name."""
    key = test.key["items"].values()
    if clash := {letter for item in key for letter in item["letters"]} & {
        name for item in key for name in item["letters"].values()
    }:
        raise UserError(
            f"{path}: {', '.join(sorted(clash))} is the name of a system and a letter on the page, so that this table can be read"
            " in two ways; analyse what the page or the server saved instead"
        )
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        needed = {"session_uuid", "trial_id", "rating_stimulus", "rating_score"}
        if missing := needed - set(rows.fieldnames or ()):
            raise UserError(f"{path}: no column {', '.join(sorted(missing))}; expected webMUSHRA's columns")
        for row in rows:
            try:
                score, time = float(row["rating_score"]), optional(row.get("rating_time"))
            except (TypeError, ValueError):
                raise UserError(
                    f"{path}:{rows.line_num}: score {row['rating_score']!r}, time {row.get('rating_time')!r}; expected numbers"
                ) from None
            yield Answer(
                row["session_uuid"],
                row["session_uuid"],
                row["trial_id"],
                row["rating_stimulus"],
                score,
                None if time is None else time / 1000,
                row.get("rating_comment") or "",
                str(path),
            )


def optional(value) -> float | None:
    return None if value in (None, "") or not math.isfinite(float(value)) else float(value)


def refuse_copies(answers: list[Answer]) -> None:
    """A session in two files would count its listener twice."""
    files: dict[str, list[str]] = {}
    for answer in answers:
        found = files.setdefault(answer.session, [])
        if answer.file not in found:
            found.append(answer.file)
    copies = {session: found for session, found in files.items() if len(found) > 1}
    if copies:
        listed = "; ".join(f"session {session} in {' and '.join(found)}" for session, found in list(copies.items())[:5])
        raise UserError(
            f"{len(copies)} of {len(files)} sessions stand in more than one file: {listed}; a listener must count once; "
            "remove the copies, or name the files to read with --results"
        )
