import csv
import json

import pytest

from tests.mushra.sounds import quick_test
from tts.cli import main
from tts.mushra.ratings import read_ratings
from tts.mushra.store import Rating, Store


@pytest.fixture(scope="module")
def test_folder(tmp_path_factory):
    return quick_test(tmp_path_factory.mktemp("export")).test


def all_ratings(test, start: float) -> list[Rating]:
    places = [(item, letter) for item, letters in test.rated_letters().items() for letter in letters]
    return [Rating(item, letter, start + n, 0.5 + n, "so, so" * (n == 0), 1) for n, (item, letter) in enumerate(places)]


def test_answers_of_both_kinds_in_webmushras_columns(test_folder, tmp_path, capsys):
    assert main(["mushra", "export", str(test_folder.folder), "-o", str(tmp_path / "none.csv")]) == 1
    assert "no answers yet" in capsys.readouterr().err and not (tmp_path / "none.csv").exists()

    store = Store(test_folder.database, test_folder.name, test_folder.hash, 6)
    served = store.start({"playback": "headphones"}).session
    store.rate(served, all_ratings(test_folder, 10.0))
    store.close()
    rows = [vars(rating) for rating in all_ratings(test_folder, 20.0)]
    (test_folder.folder / "results").mkdir()
    saved = {
        "test": "test",
        "test_hash": test_folder.hash,
        "session": "abc",
        "listener": 7,
        "questionnaire": {"playback": "loudspeakers"},
        "ratings": rows,
    }
    (test_folder.folder / "results" / "one.json").write_text(json.dumps(saved))

    assert main(["mushra", "export", str(test_folder.folder), "-o", str(tmp_path / "table.csv")]) == 0
    assert f"{2 * len(rows)} ratings of 2 sessions" in capsys.readouterr().out
    with open(tmp_path / "table.csv", encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == [
        "session_test_id",
        "playback",
        "session_uuid",
        "trial_id",
        "rating_stimulus",
        "rating_score",
        "rating_time",
        "rating_comment",
    ]
    assert {row["playback"] for row in table if row["session_uuid"] == "abc"} == {"loudspeakers"}
    assert {row["playback"] for row in table if row["session_uuid"] == served} == {"headphones"}
    first = next(row for row in table if row["session_uuid"] == "abc" and row["rating_comment"])
    assert (first["rating_score"], first["rating_time"], first["rating_comment"]) == ("20", "500", "so, so")
    on_page = [row["rating_stimulus"] for row in table if row["trial_id"] == "p01" and row["session_uuid"] == "abc"]
    assert {"reference", "anchor35"} < set(on_page) and len(set(on_page) & set("ABCD")) == 2

    ratings = read_ratings(test_folder.folder, [tmp_path / "table.csv"])  # and read again as they were
    direct = read_ratings(test_folder.folder, [test_folder.database, test_folder.folder / "results" / "one.json"])
    assert sorted((r.item, r.condition, r.score, r.seconds) for r in ratings) == sorted(
        (r.item, r.condition, r.score, r.seconds) for r in direct
    )

    assert main(["mushra", "export", str(test_folder.folder), "--names", "-o", str(tmp_path / "names.csv")]) == 0
    assert {"ours", "theirs", "reference", "anchor35", "A", "B", "C"} == {
        row["rating_stimulus"] for row in csv.DictReader(open(tmp_path / "names.csv"))
    }

    (test_folder.folder / "results" / "two.json").write_text(json.dumps(saved))
    assert main(["mushra", "export", str(test_folder.folder), "-o", str(tmp_path / "table.csv")]) == 1
    assert "more than one file" in capsys.readouterr().err
