"""RESULTS.md and the model card: everything that was measured, each with its command, and what a person says of the voices."""

import json

import pytest

from tests.helpers.project import ROOT
from tests.report.test_page import Elements
from tts.cli import main
from tts.errors import UserError
from tts.report.model_card import NOT_STATED, About
from tts.report.stages import stage_runs


def test_results_md_tells_what_made_it(evaluated):
    text = (evaluated.model / "RESULTS.md").read_text()
    assert "# Results of small/base, try" in text and "| ada | en-us | 1 |" in text
    for word in ("commit", "Gathered by `tts report exp/try`", "fingerprint", "hop_samples", "bootstrap", "1 x was not spoken"):
        assert word in text


@pytest.fixture
def experiment(evaluated, monkeypatch):
    """The recipe's folder, entered; what a test adds is taken away."""
    monkeypatch.chdir(evaluated.root)
    added = [evaluated.root / "conf/about.yaml", evaluated.model / "stages.jsonl", evaluated.root / "RESULTS.md", evaluated.root / "new.html"]
    (evaluated.root / "conf").mkdir(exist_ok=True)
    yield evaluated
    for path in added:
        path.unlink(missing_ok=True)


def test_what_a_person_says_stands_on_both(experiment):
    (experiment.root / "conf/about.yaml").write_text("data: Two friends,\n  recorded at home.\nlicence: CC0\nlimits: [Not when they have a cold.]\n")
    assert main(["report", "exp/try", "--publish", "-o", "new.html"]) == 0
    for text in ((experiment.root / "RESULTS.md").read_text(), "".join(Elements((experiment.root / "new.html").read_text()).text)):
        words = " ".join(text.split())
        assert "Two friends, recorded at home." in words and "Not when they have a cold." in words and NOT_STATED in words
    assert "- limit: 1 test sentences could not be scored" in (experiment.root / "RESULTS.md").read_text()


def test_stages_are_told_with_their_commands_the_last_run_of_each(experiment):
    rows = [{"stage": "text", "seconds": 1, "facts": "first try", "commit": "abc", "modified": False, "command": "./run.sh"},
            {"stage": "train", "seconds": 60, "facts": "trained", "commit": "abc", "modified": True, "command": "./run.sh --stage train"},
            {"stage": "text", "seconds": 2, "facts": "second try", "commit": "def", "modified": False, "command": "./run.sh --stage text"}]
    (experiment.model / "stages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert [(run.stage, run.facts) for run in stage_runs(experiment.model)] == [("train", "trained"), ("text", "second try")]
    assert main(["report", "exp/try", "-o", "new.html", "--publish"]) == 0
    text = (experiment.root / "RESULTS.md").read_text()
    assert "All together 62 s" in text and "| train | 60 | trained | `./run.sh --stage train` | abc+ |" in text and "first try" not in text
    assert "second try" in (experiment.root / "new.html").read_text()


def test_a_listening_test_without_analysis_is_refused(experiment, capsys):
    assert main(["report", "exp/try", "--listening", "exp/nothing"]) == 1
    assert "exp/nothing: no analysis there; run tts mushra analyse" in capsys.readouterr().err


def test_an_analysed_listening_test_is_told_and_shown(experiment, tmp_path):
    analysis = tmp_path / "first" / "analysis"
    analysis.mkdir(parents=True)
    (analysis / "paragraph.txt").write_text("Twelve people <listened>.\n")
    (analysis / "analysis.json").write_text(json.dumps({"command": "tts mushra analyse first"}))
    (analysis / "scores.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert main(["report", "exp/try", "--listening", str(tmp_path / "first"), "-o", "new.html", "--publish"]) == 0
    assert "## Listening test first\n\nTwelve people <listened>.\n\n`tts mushra analyse first`" in (experiment.root / "RESULTS.md").read_text()
    elements = Elements((experiment.root / "new.html").read_text())
    assert "Twelve people <listened>." in "".join(elements.text)
    assert any(a.get("src", "").startswith("data:image/svg+xml;base64,") for _, a in elements.tags)


@pytest.mark.parametrize("script", sorted(ROOT.glob("egs/*/*/run.sh")), ids=lambda path: "/".join(path.parts[-3:-1]))
def test_every_recipe_says_what_only_a_person_knows(script):
    path = script.parent / "conf/about.yaml"
    about = About.read(path)
    left_to_the_reader = path.is_file() and about == About()  # the template's
    assert left_to_the_reader or NOT_STATED not in (about.data, about.licence, *about.intended_use, *about.limits)


@pytest.mark.parametrize(("text", "said"), [("owner: me\n", "'owner' is not known"), ("limits: 3\n", "limits must be a list"), ("data: [\n", "not YAML"),
                                            ("- data\n", "'list' is not known")])
def test_a_wrong_about_is_told(tmp_path, text, said):
    (tmp_path / "about.yaml").write_text(text)
    with pytest.raises(UserError, match=said):
        About.read(tmp_path / "about.yaml")
