"""Answers from all three kinds of file become the same ratings; what cannot be trusted is refused with a sentence."""

import pytest

from tests.helpers.listeners import write_database, write_session, write_table, write_test
from tts.errors import UserError
from tts.mushra.ratings import Rating, read_ratings, read_results

PAGES = {
    "i1": {"A": "ours", "B": "reference"},
    "i2": {"A": "reference", "B": "ours"},
    "t1": {"A": "ours", "B": "reference"},
    "c1": {"A": "attention", "B": "attention"},
}
ANSWERS = [("i1", "A", 55.0), ("i1", "B", 98.0), ("i2", "A", 100.0), ("i2", "B", 40.0)]


@pytest.fixture
def folder(tmp_path):
    return write_test(tmp_path / "trial", "mushra", PAGES, training=["t1"], attention={"c1": {"A": 30.0}})


def test_every_kind_of_file_gives_the_same_ratings(folder, tmp_path):
    expected = [("i1", "ours", 55.0), ("i1", "reference", 98.0), ("i2", "reference", 100.0), ("i2", "ours", 40.0)]
    named = [("i1", "A", 55.0), ("i1", "reference", 98.0), ("i2", "reference", 100.0), ("i2", "B", 40.0)]
    files = [
        write_session(folder, "s1", ANSWERS),
        write_database(tmp_path / "results.sqlite", folder, {"s1": ANSWERS}),
        write_table(tmp_path / "webmushra.csv", "s1", named),
    ]
    for file in files:
        found = read_ratings(folder, [file])
        assert [(r.item, r.condition, r.score) for r in found] == expected
        assert all(r.seconds == 7.5 and not r.attention for r in found)
    assert found[0] == Rating("s1", "i1", "ours", 55.0, 7.5, "", False)


def test_training_and_attention_judge_no_system(folder):
    write_session(folder, "s1", [*ANSWERS, ("t1", "A", 1.0), ("c1", "A", 36.0), ("c1", "B", 80.0)])
    write_session(folder, "s2", [("c1", "A", 34.0)])
    found = read_results(folder)
    checks = [r for r in found.ratings if r.attention]
    assert [(r.listener, r.score) for r in checks] == [("s1", 1.0), ("s2", 0.0)]  # 6 and 4 points off, 5 are tolerated
    assert len(found.ratings) == len(ANSWERS) + 2 and "1 answers on training pages" in found.notes[0]
    assert [(s.listener, s.rated_pages, s.pages) for s in found.sessions] == [("s1", 2, 2), ("s2", 0, 2)]


def test_abx_scores_what_was_named(tmp_path):
    pages = {"p1": {"A": "ours", "B": "theirs"}, "p2": {"A": "theirs", "B": "ours"}}
    folder = write_test(tmp_path / "abx", "abx", pages, answers={"p1": "B", "p2": "B"})
    write_session(folder, "s1", [("p1", "A", 0.0), ("p1", "B", 1.0), ("p2", "A", 1.0), ("p2", "B", 0.0)])
    assert [(r.item, r.condition, r.score) for r in read_results(folder).ratings] == [("p1", "theirs", 1.0), ("p2", "ours", 0.0)]


def test_two_sessions_of_a_listener_are_told(folder):
    write_session(folder, "s1", ANSWERS, listener=4)
    write_session(folder, "s2", ANSWERS, listener=4)
    found = read_results(folder)
    assert {r.listener for r in found.ratings} == {"4/s1", "4/s2"} and "Listener 4 has 2 sessions" in found.notes[0]


def test_who_answered_nothing_is_counted(folder):
    write_database(folder / "results.sqlite", folder, {"s1": ANSWERS, "s2": []})
    write_session(folder, "s3", [])
    found = read_results(folder)
    assert [s.listener for s in found.sessions] == ["1"]
    assert found.notes == ["s3.json holds no answer.", "1 listeners began and answered nothing; they are not counted."]


@pytest.mark.parametrize(
    "answers, changes, sentence",
    [
        ([("i9", "A", 1.0)], {}, "item 'i9'"),
        ([("i1", "Q", 1.0)], {}, "'Q' of i1"),
        ([("i1", "A", 101.0)], {}, "expected 0 to 100"),
        ([("i1", "A", float("nan"))], {}, "score nan"),
        ([("i1", "A", 1.0), ("i1", "A", 1.0)], {}, "twice"),
        (ANSWERS, {"test_hash": "0" * 64}, "another test"),
        (ANSWERS, {"ratings": [{"item": "i1"}]}, "not a file of the listening page"),
        ([], {}, "no answers"),
    ],
)
def test_what_cannot_be_trusted_is_refused(folder, answers, changes, sentence):
    write_session(folder, "s1", answers, **changes)
    with pytest.raises(UserError, match=sentence):
        read_results(folder)
