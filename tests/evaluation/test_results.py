"""Results are written, read back and shown without losing or beautifying anything."""

import math

import pytest

from tts.errors import UserError
from tts.evaluation.results import Comparison, Results, Row, Whole, WordRow
from tts.evaluation.statistics import Estimate, SpeakerInterval
from tts.evaluation.tables import latex, markdown

NAN = math.nan


def found(speakers=2):
    """Two systems, an undefined score, a word, a score of all together and a comparison."""
    results = Results(["a_b", "c"], facts={"used": {"a_b": {"utterances": 6, "frames": 60}}}, notes=["100 % by hand."])
    for i in range(6):
        for system, cents in (("a_b", 100.0 + i), ("c", 90.0 if i else NAN)):
            results.rows.append(
                Row(
                    f"u{i}",
                    system,
                    f"s{i % speakers}",
                    "de",
                    {"f0_rmse_cents": cents},
                    {"frames": 10},
                    "loud" if i < 3 else "calm",
                )
            )
    results.not_scored = {"c: u9": "no hypothesis with this id", "c: u8": "no hypothesis with this id"}
    results.partly_scored = {"c: u0": "no frame is voiced in both"}
    results.words = [
        WordRow("u1", "c", 0, "Wort", {"f0_rmse_cents": 50.0}),
        WordRow("u1", "c", 1, "da", {"f0_rmse_cents": NAN}),
    ]
    results.whole = {"c": {"f0_jsd_bits": Whole(Estimate(0.25, 0.2, 0.3, 5), SpeakerInterval(NAN, NAN, 2))}}
    difference, nobody = Estimate(-12.0, -15.0, -9.0, 5, 1), SpeakerInterval(NAN, NAN, 2)
    results.comparisons = [Comparison("c", "a_b", "f0_rmse_cents", difference, nobody, 0.00001, 0.0625, 0.00001, 0.0625)]
    return results


def test_json_is_read_back_as_it_was(tmp_path):
    found().save(tmp_path / "r.json")
    again = Results.load(tmp_path / "r.json")
    assert again.json() == found().json()
    assert math.isnan(again.of("c")[0].scores["f0_rmse_cents"]) and again.estimate("c", "f0_rmse_cents").missing == 1


def test_the_table_says_what_is_missing_and_what_is_not_known():
    text = markdown(found(), whole=True)
    assert "| F0 RMSE, cents (lower is better) | 102 [101, 104] | 90 [90, 90] (n = 5, 1 undefined) |" in text
    assert "No interval over speakers: 2 are too few, it takes 5." in text
    assert "Not scored: 2.\n- 2 x no hypothesis with this id" in text and "Partly scored: 1." in text
    assert (
        "| c | a_b | F0 RMSE, cents (lower is better) | -12 [-15, -9] (n = 5) | < 0.0001 | < 0.0001 | 0.0625 | 0.0625 |" in text
    )
    assert "| loud | a_b |" in text and "Of all utterances together: F0 JSD." in text
    assert "95 % intervals of the same means over 6 speakers" in markdown(found(speakers=6), whole=True)


def test_latex_is_escaped():
    text = latex(found())
    assert r" & a\_b & c \\" in text and r"100 \% by hand." in text and "$< 0.0001$" in text
    assert text.count(r"\begin{table}") == text.count(r"\end{table}") == 2 and "Not scored: 2; partly scored: 1." in text


def test_words_lie_beside_the_utterances(tmp_path):
    first, second = found().save(tmp_path / "r.csv")
    assert second.name == "r.words.csv" and second.read_text().splitlines()[1:] == ["u1,c,0,Wort,50", "u1,c,1,da,"]
    assert first.read_text().splitlines()[1] == "u0,a_b,s0,de,loud,100"
    with pytest.raises(UserError, match="x.pdf"):
        found().save(tmp_path / "x.pdf")
