"""What sharing costs, on checks whose figures are known."""

import json
from types import SimpleNamespace

import pytest

from tts.errors import UserError
from tts.evaluation.claims import sharing
from tts.evaluation.claims.claims import MISSED, NOT_MEASURED, REACHED, STATED, Check, Judged, Places, above_zero, at_least, claims_of, stated
from tts.evaluation.figure import mean_of

UTTERANCES = [f"u{i}" for i in range(20)]


def check(name: str, value: float | None, rule=None, slope: float = 0.0) -> Check:
    """A check whose utterances have `value`, more or less by `slope`."""
    figure = None if value is None else mean_of((one, value + slope * (i - 9.5)) for i, one in enumerate(UTTERANCES))
    return Check("group", name, "what", "r", rule or at_least(0.8), figure, "no recogniser" if value is None else "")


@pytest.fixture
def judged(monkeypatch, tmp_path):
    """Claims of a studio beside those of a copycat2, each with the checks that are given."""
    def of(alone: list[Check], shared: list[Check]):
        for name, system in (("studio", "studio"), ("alone", "copycat2")):
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / "card.json").write_text(json.dumps({"system": system}))
        found = {"alone": Judged(alone, facts={"utterances": 20}, failures={"u3": "too short"}), "studio": Judged(shared, facts={"utterances": 20})}
        monkeypatch.setattr(sharing, "find_system", lambda name: SimpleNamespace(judge_model=lambda places, model: found[model.name]))
        model = tmp_path / "studio"
        one = sharing.judge_model(Places((model,), tmp_path, tmp_path, tmp_path, (tmp_path / "alone",)), model)
        return one, {claim.name: claim for claim in claims_of([one.checks])}

    return of


def test_a_claim_is_the_studios_value_less_that_of_the_system_alone(judged):
    _, claims = judged([check("a", 0.9, slope=0.02)], [check("a", 0.85, slope=0.02)])
    found = claims["a"]
    assert found.group == "copycat2: group" and found.verdict == REACHED
    assert found.estimate.mean == pytest.approx(-0.05) and found.beside == pytest.approx({"studio": 0.85, "alone": 0.9})
    assert found.estimate.high - found.estimate.low < 1e-9  # the same utterances on both sides: what they have in common is no doubt


def test_what_is_reached_alone_must_be_reached_and_what_is_missed_alone_is_stated(judged):
    alone = [check("kept", 0.9), check("lost", 0.81), check("won", 0.7), check("never", 0.5), check("told", 3.0, stated())]
    shared = [check("kept", 0.95), check("lost", 0.79), check("won", 0.9), check("never", 0.4), check("told", 2.0, stated())]
    _, claims = judged(alone, shared)
    assert {name: claim.verdict for name, claim in claims.items()} == {
        "claims of copycat2": STATED, "kept": REACHED, "lost": MISSED, "won": STATED, "never": STATED, "told": STATED}
    assert claims["claims of copycat2"].estimate.mean == 0.5 and "1 of 2" in claims["claims of copycat2"].compared
    assert claims["won"].threshold == "alone missed, by the studio reached (≥ 0.8)" and claims["told"].threshold == ""


def test_an_interval_decides_where_the_rule_asks_for_one(judged):
    _, claims = judged([check("a", 1.0, above_zero(), slope=0.01)], [check("a", 1.0, above_zero(), slope=1.0)])
    assert claims["a"].verdict == MISSED  # the difference is 0; the studio's own interval holds 0


def test_what_cannot_be_measured_is_counted(judged):
    alone = [check("both", None), check("one", 0.9), check("other", None), check("of flows only", 0.9)]
    found, claims = judged(alone, [check("both", None), check("one", None), check("other", 0.9)])
    assert claims["one"].verdict == NOT_MEASURED and claims["one"].why == "the studio could not be measured: no recogniser"
    assert claims["other"].why == "copycat2 alone could not be measured: no recogniser" and not {"both", "of flows only"} & set(claims)
    assert "left out are 1 that could be measured on neither, most for want of further models to compare with and 1 of what a studio has not" in found.facts["notes"][0]
    assert found.failures == {"claims of copycat2, copycat2 alone: u3": "too short"}


@pytest.mark.parametrize("systems, why", [
    (("studio", "base"), "models of base; expected, trained alone"), (("copycat2", "copycat2"), "a model of system 'copycat2'; expected a studio"),
    (("studio", None), "models of nothing")])
def test_other_models_are_refused(tmp_path, systems, why):
    for name, system in zip(("model", "other"), systems):
        (tmp_path / name).mkdir()
        (tmp_path / name / "card.json").write_text(json.dumps({"system": system}))
    others = () if systems[1] is None else (tmp_path / "other",)
    with pytest.raises(UserError, match=why):
        sharing.judge_model(Places((tmp_path / "model",), tmp_path, tmp_path, tmp_path, others), tmp_path / "model")


def test_a_folder_that_is_no_model_and_several_seeds_are_refused(tmp_path):
    with pytest.raises(UserError, match="not a trained model"):
        sharing.judge_model(Places((tmp_path,), tmp_path, tmp_path, tmp_path), tmp_path)
    with pytest.raises(UserError, match="given 2 times"):
        sharing.judge_model(Places((tmp_path, tmp_path), tmp_path, tmp_path, tmp_path), tmp_path)
