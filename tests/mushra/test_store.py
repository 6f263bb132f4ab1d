import sqlite3
from collections import Counter

import pytest

from tts.errors import UserError
from tts.mushra.store import Rating, Store


def test_orders_are_given_out_evenly_and_those_of_the_vanished_again(tmp_path):
    store = Store(tmp_path / "r.sqlite", "t", "hash", 4)
    sessions = [store.start({}) for _ in range(8)]
    assert [s.listener for s in sessions] == list(range(1, 9)) and Counter(s.order for s in sessions) == dict.fromkeys(
        range(4), 2
    )
    store._database.execute("update sessions set started = '2001-01-01T00:00:00.000+00:00'")
    store.rate(sessions[0].session, [Rating("p01", "A", 50.0)])  # still at it
    store.finish(sessions[1].session)
    assert [store.start({}).order for _ in range(2)] == [2, 3]


def test_the_last_answer_counts_and_everything_is_found_again(tmp_path):
    store = Store(tmp_path / "r.sqlite", "t", "hash", 4)
    session = store.start({"playback": "headphones"}).session
    store.rate(session, [Rating("p01", "A", 50.0, 1.5, "hm", 2), Rating("p01", "B", 20.0)])
    store.rate(session, [Rating("p01", "A", 60.0, 2.5, "ah", 3)])
    store.finish(session)
    store.close()
    found = Store(tmp_path / "r.sqlite", "t", "hash", 4).find(session)
    assert {r.letter: r for r in found.ratings} == {"A": Rating("p01", "A", 60.0, 2.5, "ah", 3), "B": Rating("p01", "B", 20.0)}
    assert (
        found.finished
        and found.questionnaire == {"playback": "headphones"}
        and store.__class__(tmp_path / "r.sqlite", "t", "hash", 4).counts() == (1, 1, 2)
    )


def test_all_of_a_batch_or_nothing(tmp_path):
    store = Store(tmp_path / "r.sqlite", "t", "hash", 4)
    session = store.start({}).session
    with pytest.raises(Exception, match="(?i)bind|support"):
        store.rate(session, [Rating("p01", "A", 50.0), Rating("p01", "B", object())])
    assert store.find(session).ratings == []
    store.rate(session, [Rating("p01", "A", 50.0)])


def test_answers_to_another_test_are_not_mixed(tmp_path):
    Store(tmp_path / "r.sqlite", "t", "hash", 4).close()
    with pytest.raises(UserError, match="another test.json"):
        Store(tmp_path / "r.sqlite", "t", "other", 4)
    (tmp_path / "bad.sqlite").write_bytes(b"no database, by no means" * 100)
    with pytest.raises(UserError, match="cannot be used"):
        Store(tmp_path / "bad.sqlite", "t", "hash", 4)


def test_a_commit_is_on_the_disk(tmp_path):
    store = Store(tmp_path / "r.sqlite", "t", "hash", 4)
    assert (
        store._database.execute("pragma journal_mode").fetchone()[0] == "wal"
        and store._database.execute("pragma synchronous").fetchone()[0] == 2
    )


def test_a_full_disk_takes_nothing_and_is_left_by_the_next_answer(tmp_path):
    store = Store(tmp_path / "r.sqlite", "t", "hash", 4)
    session = store.start({}).session
    pages = store._database.execute("pragma page_count").fetchone()[0]
    store._database.execute(f"pragma max_page_count = {pages}")  # SQLite's own way to a disk that is full
    many = [Rating("p01", "A", 50.0, comment="x" * 20000), Rating("p01", "B", 50.0, comment="x" * 20000)]
    with pytest.raises(sqlite3.OperationalError, match="full"):
        store.rate(session, many)
    assert store.find(session).ratings == []
    store._database.execute("pragma max_page_count = 100000")
    store.rate(session, many)
    assert store.find(session).ratings == many
