"""Answers of a served test, in SQLite: every one is on the disk before the listener's page hears that it has arrived.

sessions   session, listener (1, 2, …), started, finished, questionnaire (JSON), order_index
ratings    session, item, letter, score, seconds, comment, at, plays; one row per session, item and letter, the last answer counts
meta       name and test_hash of the test
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from tts.errors import UserError

SCHEMA = """
create table if not exists meta(name text, test_hash text);
create table if not exists sessions(session text primary key, listener integer unique, started text, finished text,
                                    questionnaire text, order_index integer);
create table if not exists ratings(session text references sessions(session), item text, letter text, score real, seconds real,
                                   comment text, at text, plays integer, primary key (session, item, letter));
"""
ABANDONED_HOURS = 3  # of silence; the order of such a session is given to somebody else too


@dataclass(frozen=True)
class Rating:
    """One answer as the page sends it."""

    item: str
    letter: str
    score: float
    seconds: float | None = None
    comment: str = ""
    plays: int = 0


@dataclass(frozen=True)
class Session:
    """A listener's session as it stands."""

    session: str
    listener: int
    order: int
    started: str
    finished: str | None
    questionnaire: dict
    ratings: list[Rating]


class Store:
    """The answers to one test; may be used from several threads."""

    def __init__(self, path: Path, name: str, test_hash: str, orders: int):
        self.orders = orders
        self._lock = threading.Lock()
        try:
            self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._database.execute("pragma journal_mode=wal")
            self._database.execute("pragma synchronous=full")  # a commit is on the disk, not on its way there
            self._database.executescript(SCHEMA)
            known = self._database.execute("select name, test_hash from meta").fetchone()
        except sqlite3.DatabaseError as error:
            raise UserError(f"{path}: cannot be used ({error}); move it away, or copy it back from where it was good") from None
        if known is None:
            self._database.execute("insert into meta values(?, ?)", (name, test_hash))
        elif known[1] != test_hash:
            raise UserError(
                f"{path}: holds answers to another test.json (hash {known[1][:12]}, this one's {test_hash[:12]}); "
                "move it away before you serve the changed test"
            )

    def start(self, questionnaire: dict) -> Session:
        """A new session, with the order that the fewest listeners have finished or are working on."""
        with self._lock, self._transaction():
            listener = self._database.execute("select coalesce(max(listener), 0) + 1 from sessions").fetchone()[0]
            alive = _time(datetime.now(timezone.utc) - timedelta(hours=ABANDONED_HOURS))
            uses = dict(
                self._database.execute(
                    "select order_index, count(*) from sessions s where finished is not null or started > :alive "
                    "or exists (select 1 from ratings r where r.session = s.session and at > :alive) group by order_index",
                    {"alive": alive},
                )
            )
            order = min(range(self.orders), key=lambda index: (uses.get(index, 0), index))
            session = secrets.token_hex(16)
            self._database.execute(
                "insert into sessions values(?, ?, ?, null, ?, ?)",
                (session, listener, _time(), json.dumps(questionnaire, ensure_ascii=False), order),
            )
        return self.find(session)

    def find(self, session: str) -> Session | None:
        """What is known of a session; None if there is none of that name."""
        with self._lock:
            row = self._database.execute(
                "select session, listener, order_index, started, finished, questionnaire from sessions where session = ?",
                (session,),
            ).fetchone()
            if row is None:
                return None
            ratings = self._database.execute(
                "select item, letter, score, seconds, comment, plays from ratings where session = ? order by at, item, letter",
                (session,),
            ).fetchall()
        return Session(*row[:5], json.loads(row[5]), [Rating(*rating) for rating in ratings])

    def rate(self, session: str, ratings: Iterable[Rating]) -> None:
        """Keep answers, all or none; on the disk when this returns."""
        rows = [(session, r.item, r.letter, r.score, r.seconds, r.comment, _time(), r.plays) for r in ratings]
        with self._lock, self._transaction():
            self._database.executemany("insert or replace into ratings values(?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def finish(self, session: str) -> None:
        with self._lock, self._transaction():
            self._database.execute("update sessions set finished = coalesce(finished, ?) where session = ?", (_time(), session))

    def counts(self) -> tuple[int, int, int]:
        """Sessions, finished ones, ratings."""
        with self._lock:
            return self._database.execute(
                "select (select count(*) from sessions), (select count(finished) from sessions), (select count(*) from ratings)"
            ).fetchone()

    def close(self) -> None:
        self._database.close()

    def _transaction(self) -> _Transaction:
        return _Transaction(self._database)


class _Transaction:
    """begin immediate … commit, or rollback where the block or the commit fails."""

    def __init__(self, database: sqlite3.Connection):
        self.database = database

    def __enter__(self) -> None:
        self.database.execute("begin immediate")

    def __exit__(self, kind, error, trace) -> None:
        try:
            if kind is None:
                self.database.execute("commit")
        finally:
            if self.database.in_transaction:  # what did not fit on the disk is rolled back already
                self.database.execute("rollback")


def _time(moment: datetime | None = None) -> str:
    return (moment or datetime.now(timezone.utc)).isoformat(timespec="milliseconds")
