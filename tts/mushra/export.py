"""The answers to a test as a table with webMUSHRA's columns, for those who have tools for that.

    session_test_id, <one per question>, session_uuid, trial_id, rating_stimulus, rating_score, rating_time (ms), rating_comment

As webMUSHRA does it, the hidden reference is called reference; anchors are called anchor35 and anchor70; systems stand by their
letter (`names`: by their name). Practice and attention checks are among the rows, recognisable by their trial_id (t…, c…).
"""

from __future__ import annotations

import csv
import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from tts.corpus.manifest import atomic_writer
from tts.errors import UserError
from tts.mushra.answers import Answer, read_answers, read_json, refuse_copies, result_files
from tts.mushra.folder import ANCHORS, ATTENTION, REFERENCE, Test

COLUMNS = ("session_uuid", "trial_id", "rating_stimulus", "rating_score", "rating_time", "rating_comment")


@dataclass(frozen=True)
class Exported:
    """What went into the table."""

    sessions: int
    ratings: int


def export(test: Test, path: Path, names: bool = False) -> Exported:
    """Write everything in results.sqlite and results/*.json; nothing there is an error."""
    files = [file for file in result_files(test) if file.suffix != ".csv"]
    answers = [answer for file in files for answer in read_answers(file, test)]
    if not answers:
        raise UserError(f"{test.folder}: no answers yet; expected them in results.sqlite or results/*.json")
    refuse_copies(answers)
    filled = {session: questionnaire for file in files for session, questionnaire in questionnaires(file).items()}
    questions = [row["name"] for row in test.public["questionnaire"]]
    with atomic_writer(path) as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["session_test_id", *questions, *COLUMNS])
        for answer in answers:
            milliseconds = "" if answer.seconds is None else round(1000 * answer.seconds)
            asked = [filled[answer.session].get(name, "") for name in questions]
            rated = answer.item, stimulus(test, answer, names), f"{answer.score:g}", milliseconds, answer.comment
            table.writerow([test.name, *asked, answer.session, *rated])
    return Exported(len({answer.session for answer in answers}), len(answers))


def stimulus(test: Test, answer: Answer, names: bool) -> str:
    """What webMUSHRA would call the rated sound, or the condition's name."""
    try:
        condition = test.key["items"][answer.item]["letters"][answer.letter]
    except KeyError:
        raise UserError(
            f"{answer.file}: session {answer.session} rates {answer.letter!r} of {answer.item!r}, which is not in this test"
        ) from None
    own_name = condition in (REFERENCE, *ANCHORS.values()) or (names and condition != ATTENTION)  # of which a page has several
    return condition if own_name else answer.letter


def questionnaires(path: Path) -> dict[str, dict[str, str]]:
    """What each session of a file answered to the questions before the test."""
    if path.suffix == ".json":
        saved = read_json(path)
        return {str(saved["session"]): saved.get("questionnaire") or {}}
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        return {
            session: json.loads(filled) for session, filled in database.execute("select session, questionnaire from sessions")
        }
    finally:
        database.close()
