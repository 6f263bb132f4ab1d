"""Files of answers: broken ones are named, copies of a listener are refused."""

import pytest

from tests.helpers.listeners import write_session, write_table, write_test
from tts.errors import UserError
from tts.mushra.answers import read_answers, refuse_copies, result_files
from tts.mushra.folder import Test

ANSWERS = [("i1", "A", 55.0), ("i1", "B", 98.0)]


@pytest.fixture
def trial(tmp_path):
    return Test(write_test(tmp_path / "trial", "mushra", {"i1": {"A": "ours", "B": "reference"}}))


@pytest.mark.parametrize(
    "name, text, sentence",
    [
        ("a.json", "{", "a.json: not JSON"),
        ("a.json", "[]", "found list"),
        ("a.txt", "", "expected a name that ends in"),
        ("b.sqlite", "no", "b.sqlite: not a database"),
        ("c.csv", "x,y\n1,2\n", "c.csv: no column rating_score"),
        ("c.csv", "session_uuid,trial_id,rating_stimulus,rating_score\ns,i1,A,much\n", "c.csv:2: score 'much'"),
    ],
)
def test_broken_files_are_named(trial, tmp_path, name, text, sentence):
    (tmp_path / name).write_text(text)
    with pytest.raises(UserError, match=sentence):
        list(read_answers(tmp_path / name, trial))


def test_a_copy_of_a_session_is_refused_and_counted(trial):
    for session in ("s1", "s2"):
        path = write_session(trial.folder, session, ANSWERS)
    path.with_name("copy.json").write_text(path.read_text())
    answers = [answer for file in result_files(trial) for answer in read_answers(file, trial)]
    with pytest.raises(UserError, match=r"1 of 2 sessions stand in more than one file: session s2 in .*copy.json and .*s2.json"):
        refuse_copies(answers)


def test_a_system_named_like_a_letter_makes_tables_ambiguous(tmp_path):
    trial = Test(write_test(tmp_path / "trial", "mushra", {"i1": {"A": "B", "B": "A"}}))
    with pytest.raises(UserError, match="two ways"):
        list(read_answers(write_table(tmp_path / "w.csv", "s1", ANSWERS), trial))
