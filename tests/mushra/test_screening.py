"""Careless listeners are found, honest ones are spared, and everybody is told why."""

import numpy as np
import pytest

from benchmarks.listening import screened_out
from tests.helpers.listeners import Population, conditions, crowd, write_scores
from tts.mushra.ratings import read_results
from tts.mushra.scores import score_table
from tts.mushra.screening import Rules, confuses_low_anchor, gives_one_value, misses_reference, screen

NAMES = ["reference", "a", "b", "anchor35"]


def screened(folder, scores, rules=None, names=NAMES, **about):
    results = read_results(write_scores(folder, scores, names, **about))
    return screen(results, rules or Rules(), score_table(results))


def honest_scores(listeners=2, items=20):
    return np.tile([100.0, 60.0, 70.0, 20.0], (listeners, items, 1))


def test_fifteen_percent_is_allowed_and_more_is_not():
    reference = np.full((3, 20), 90.0)
    reference[1, :3], reference[2, :4] = 89.0, 89.0
    assert misses_reference(reference).tolist() == [False, False, True]
    reference[2, 4:] = np.nan  # of what was rated
    assert misses_reference(reference).tolist() == [False, False, True]
    assert confuses_low_anchor(np.full((1, 5), 30.0), np.array([[30.0, 31, 40, 50, 60]])).tolist() == [True]


def test_one_value():
    scores = np.full((3, 20, 4), 50.0)
    scores[1, :, 0] = 100.0
    scores[2, 0] = 51.0
    assert gives_one_value(scores, "mushra").tolist() == [True, False, True]


def test_forty_simulated_listeners(tmp_path):
    scores, kinds = crowd(np.random.default_rng(0), 1, 20, Population())
    found = screened(tmp_path / "trial", scores[0], names=conditions(Population()))
    careless = [f"listener{n:02d}" for n, kind in enumerate(kinds) if kind != "honest"]
    assert len(kinds) == 40 and list(found.excluded) == careless
    assert found.kept == [f"listener{n:02d}" for n in range(32)]
    always = found.excluded[f"listener{kinds.index('always 100'):02d}"]
    assert "one value (100) for nearly everything" in always and not any(why.startswith("hidden reference") for why in always)


def test_five_hundred_crowds():
    scores, kinds = crowd(np.random.default_rng(1), 500, 20, Population())
    out, honest = screened_out(scores), np.array(kinds) == "honest"
    assert out[:, ~honest].all()
    assert out[:, honest].mean() < 0.003


def test_without_an_open_reference_its_rule_is_off(tmp_path):
    scores = honest_scores()
    scores[:, :, 0] = 75.0  # where nobody says which is the recording, recordings get what they deserve
    found = screened(tmp_path / "a", scores, show_reference=False)
    assert found.kept == ["listener00", "listener01"] and any("no open reference" in why for why in found.off)
    assert screened(tmp_path / "a", scores, Rules(reference=True), show_reference=False).kept == []


def test_mid_anchor_only_if_asked_for(tmp_path):
    scores, names = honest_scores(), ["reference", "a", "anchor70", "anchor35"]
    scores[1, :, 2] = 95.0
    assert screened(tmp_path / "a", scores, names=names).kept == ["listener00", "listener01"]
    found = screened(tmp_path / "a", scores, Rules(mid_anchor=True), names)
    assert found.excluded == {"listener01": ["mid anchor over 90 in 20 of 20 items"]}


def test_unfinished_sessions(tmp_path):
    scores = honest_scores(3)
    scores[1, 4:] = np.nan
    assert screened(tmp_path / "a", scores).excluded == {"listener01": ["answered 4 of 20 pages"]}
    assert len(screened(tmp_path / "a", scores, Rules(unfinished=True)).kept) == 3


@pytest.mark.parametrize("rule, expected", [(True, {"s2": ["failed 1 of 2 attention checks (c2)"]}), (False, {})])
def test_attention(tmp_path, rule, expected):
    from tests.helpers.listeners import write_session, write_test

    folder = write_test(
        tmp_path / "trial",
        "mushra",
        {"i1": {"A": "a", "B": "b"}, "c1": {"A": "attention"}, "c2": {"A": "attention"}},
        attention={"c1": {"A": 30.0}, "c2": {"A": 80.0}},
    )
    for session, said in (("s1", 79.0), ("s2", 20.0)):
        write_session(folder, session, [("i1", "A", 30.0), ("i1", "B", 60.0), ("c1", "A", 30.0), ("c2", "A", said)])
    results = read_results(folder)
    assert screen(results, Rules(attention=rule), score_table(results)).excluded == expected
