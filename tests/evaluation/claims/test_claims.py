import math

import pytest

from tts.cli import main
from tts.errors import UserError
from tts.evaluation.claims.claims import (
    MISSED,
    NOT_MEASURED,
    REACHED,
    STATED,
    Check,
    Judged,
    above_zero,
    at_least,
    claims_of,
    find_system,
    stated,
)
from tts.evaluation.claims.report import markdown, rows_csv
from tts.evaluation.figure import mean_of

UTTERANCES = [f"u{i}" for i in range(20)]


def check(name, rule, value, spread=0.1, **more):
    figure = mean_of((u, value + spread * (-1) ** i) for i, u in enumerate(UTTERANCES))
    return Check("group", name, "what is compared", "r", rule, figure, **more)


def test_verdicts():
    found = claims_of(
        [
            [
                check("high", at_least(0.8), 0.85),
                check("low", at_least(0.8), 0.75),
                check("sure", above_zero(), 0.1),
                check("unsure", above_zero(), 0.001),
                check("said", stated(), 0.3),
                Check("group", "absent", "", "r", at_least(1), None, "nobody gave it"),
                Check("group", "empty", "", "r", at_least(1), mean_of([])),
            ]
        ]
    )
    assert [c.verdict for c in found] == [REACHED, MISSED, REACHED, MISSED, STATED, NOT_MEASURED, NOT_MEASURED]
    assert found[5].why == "nobody gave it" and found[6].why


def test_seeds_make_one_claim():
    (claim,) = claims_of([[check("it", at_least(0.8), value)] for value in (0.7, 0.8, 0.96)])
    assert claim.estimate.mean == pytest.approx(0.82) and claim.verdict == REACHED
    assert claim.seeds == pytest.approx((0.7, 0.8, 0.96)) and claim.estimate.low > 0.75


def test_a_model_that_lacks_something_does_not_silence_the_others():
    lacking = Check("group", "it", "", "", stated(), None, "it predicts nothing")
    (claim,) = claims_of([[lacking], [check("it", at_least(0.8), 0.9, note="So it is.")]])
    assert claim.verdict == REACHED and claim.note == "So it is. Measured on 1 of 2 models."


def test_report_has_misses_first():
    claims = claims_of(
        [
            [
                check("good", at_least(0.8), 0.85, beside={"rival": mean_of([("u0", 0.5)])}),
                check("bad", at_least(0.8), 0.75, why="not shown"),
                Check("group", "absent", "", "r", at_least(1), None, "nobody gave it"),
            ]
        ]
    )
    facts = {"system": "x", "models": ["m"], "utterances": 20, "split": "test", "notes": ["A note."], "command": "tts evaluate claims",
             "date": "2030-01-01", "commit": "abc", "modified": True}
    text = markdown(claims, facts, {"m: u3": "broke"})
    assert "1 reached, 1 missed, 1 not measured" in text and "not shown" not in text
    assert text.index("group: bad") < text.index("nobody gave it") < text.index("group: good")
    assert "0.85 [" in text and "rival 0.50" in text and "- A note." in text and "m: u3: broke" in text
    assert "- `tts evaluate claims`, 2030-01-01, commit abc with local changes." in text


def test_rows_name_their_model():
    text = rows_csv(["a", "b"], [Judged([], [{"id": "u", "r": 0.5}]), Judged([], [{"id": "u", "r": math.nan}])])
    assert text.splitlines() == ["model,id,r", "a,u,0.5", "b,u,"]


def test_unknown_system_is_told_which_there_are(capsys):
    with pytest.raises(UserError, match="copycat2"):
        find_system("copycat3")
    assert main(["evaluate", "claims", "--system", "nothing", "--model", "exp/x"]) == 1
    assert "copycat2" in capsys.readouterr().err
