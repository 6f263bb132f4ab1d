"""Preference and ABX: counts, exact tests, intervals."""

import numpy as np
import pytest
from scipy import stats

from tests.helpers.listeners import write_session, write_test
from tts.cli import main
from tts.mushra.choices import analyse_choices, count
from tts.mushra.paragraph import paragraph
from tts.mushra.ratings import read_results


def preference_test(path, wins, listeners=10, items=10):
    """A test of ours against theirs: listener n prefers ours on wins[n] items, decides nothing on one, and theirs on the rest."""
    pages = {f"p{i}": {"A": "theirs", "B": "ours"} if i % 2 else {"A": "ours", "B": "theirs"} for i in range(items)}
    folder = write_test(path, "preference", pages)
    for listener in range(listeners):
        answers = []
        for i, (item, letters) in enumerate(pages.items()):
            score = 1.0 if i < wins[listener] else 0.5 if i == items - 1 else 0.0
            answers += [(item, letter, score if name == "ours" else 1 - score) for letter, name in letters.items()]
        write_session(folder, f"s{listener}", answers)
    return folder


def test_preference(tmp_path):
    found = analyse_choices(read_results(preference_test(tmp_path / "trial", [7] * 8 + [2] * 2)))
    row = found.choices[0]
    assert {row.a, row.b} == {"ours", "theirs"}
    ours = (row.hits, row.misses) if row.b == "ours" else (row.misses, row.hits)
    assert ours == (60, 30) and row.undecided == 10
    assert row.raw_p_answers == pytest.approx(stats.binomtest(60, 90).pvalue)
    assert row.raw_p_listeners == pytest.approx(stats.binomtest(8, 10).pvalue)
    assert row.low < row.share < row.high and row.answers_low < row.share < row.answers_high
    text = paragraph(found)
    assert (
        "ours was preferred to theirs in 66.7 %" in text
        and "10 more were without" in text
        and "8 listeners for and 2 against" in text
    )


def test_abx_is_one_sided(tmp_path):
    pages = {f"p{i}": {"A": "ours", "B": "theirs"} for i in range(20)}
    folder = write_test(tmp_path / "abx", "abx", pages, answers={item: "AB"[n % 2] for n, item in enumerate(pages)})
    for listener in range(8):
        right = {item: (n + listener) % 4 != 0 for n, item in enumerate(pages)}  # 15 of 20
        answers = []
        for n, item in enumerate(pages):
            named = "AB"[n % 2] if right[item] else "BA"[n % 2]
            answers += [(item, letter, float(letter == named)) for letter in "AB"]
        write_session(folder, f"s{listener}", answers)
    row = analyse_choices(read_results(folder)).choices[0]
    assert (row.hits, row.misses, row.share) == (120, 40, 0.75)
    assert row.raw_p_answers == pytest.approx(stats.binomtest(120, 160, alternative="greater").pvalue)
    assert row.raw_p_listeners == pytest.approx(0.5**8)
    assert main(["mushra", "analyse", str(folder)]) == 0 and (folder / "analysis" / "choices.png").is_file()
    assert main(["mushra", "analyse", str(folder), "--baseline", "ours"]) == 1


def test_answers_of_listeners_with_tastes_are_not_independent():
    """Where half of the people like either system, a test over answers finds a preference; the sign test over listeners does
    not."""
    rng = np.random.default_rng(0)
    rows = []
    for _ in range(300):
        tastes = rng.choice([0.1, 0.9], 20)
        rows.append(count("a", "b", [list((rng.random(15) < taste).astype(float)) for taste in tastes], False, 0))
    assert (
        np.mean([row.raw_p_listeners < 0.05 for row in rows]) <= 0.07 < 0.3 < np.mean([row.raw_p_answers < 0.05 for row in rows])
    )
    assert np.mean([row.low <= 0.5 <= row.high for row in rows]) > 0.88


def test_nobody_decides():
    row = count("a", "b", [[0.5, 0.5], [0.5]], False, 0)
    assert row.raw_p_answers == row.raw_p_listeners == 1 and np.isnan(row.share) and row.undecided == 3
