"""The evidence of all recipes: what falls short stands first, everything says where it comes from, and the committed page is what its recipes say."""

import pytest

from tests.helpers.project import ROOT
from tts.cli import main
from tts.errors import UserError
from tts.evaluation.claims.claims import Check, above_zero, at_least, claims_of, stated
from tts.evaluation.claims.report import markdown
from tts.evaluation.figure import mean_of
from tts.report.evidence import NOT_RECORDED, Made, evidence_page, gather_evidence

FACTS = {"system": "copycat2", "models": ["one"], "split": "test", "utterances": 4, "notes": ["a note"],
         "command": "tts evaluate claims --model exp/one", "date": "2031-02-03", "commit": "0123456789ab", "modified": True,
         "machine": "Some Processor 7, 2 cores, 8 GB"}


def claims(*values: float) -> str:
    """The section that `tts evaluate claims` writes of claims with these values, each ≥ 0.5 to be reached; one more is stated, one not measured."""
    figures = [mean_of([(f"u{number}", value) for number in range(4)]) for value in values]
    checks = [Check("group", f"claim {number}", "this minus that", "r", at_least(0.5), figure) for number, figure in enumerate(figures)]
    checks += [Check("group", "only said", "what it costs", "x", stated("the paper: 3"), figures[0], beside={"base": figures[0]}),
               Check("group", "unknown", "one more", "r", above_zero(), None, why="no truth here")]
    return markdown(claims_of([checks]), FACTS, {})


@pytest.fixture
def tree(tmp_path):
    """one/copycat2 with speech and claims, two/vocoder with a table by hand, two/base with nothing."""
    for recipe in ("one/copycat2", "two/vocoder", "two/base"):
        (tmp_path / recipe).mkdir(parents=True)
        (tmp_path / recipe / "run.sh").touch()
    (tmp_path / "one/copycat2/RESULTS.md").write_text(f"""# Results of one/copycat2, one

4 utterances of the part `test`, 2031-02-01.

|  | recording | synthesis |
| :-- | --: | --: |
| Word error rate, % | 3.0 | 4.0 |

`tts evaluate recipe --model exp/one`, commit aaaaaaaaaaaa, on Another Processor, 4 cores, 16 GB.

### Synthesis, voice by voice

| voice | utterances |
| --- | --- |
| ada | 4 |

{claims(0.7, 0.3)}
{claims(0.9).replace("## Claims of copycat2", "## Claims of copycat2, in the rain")}
## Configuration

```yaml
system: copycat2
# ## Claims of nothing
```

## The stages

| stage | seconds | facts | command | commit |
| --- | --- | --- | --- | --- |
| train | 3 | done | `./run.sh --config conf/x.yaml` | bbbbbbbbbbbb |
""")
    (tmp_path / "two/vocoder/RESULTS.md").write_text(
        "# Copies\n\nMade by\n\n    ./run.sh --seed 1\n\n| | vocoder |\n|---|---|\n| Mel distance | 0.1 |\n")
    return tmp_path


def test_every_claim_is_there_what_falls_short_first(tree, capsys):
    assert main(["report", "--all", str(tree)]) == 0
    assert "7 claims, 2 tables of 2 recipes; 1 without results" in capsys.readouterr().out
    page = (tree / "RESULTS.md").read_text()
    assert "2 of 3 recipes: 7 claims, 1 missed, 2 not measured, 2 reached, 2 stated" in page
    order = ["## What falls short", "| one/copycat2 | group: claim 1 | 0.30", "| one/copycat2 | group: unknown | no truth here |",
             "[two/base](two/base/run.sh)", "## What holds", "| one/copycat2 | group: claim 0 | 0.70",
             "| one/copycat2, in the rain | group: claim 0 | 0.90", "the paper: 3 | base 0.70", "### one/copycat2: Results of one/copycat2, one",
             "| Word error rate, % | 3.0 | 4.0 |", "### two/vocoder: Copies", "| Mel distance | 0.1 |", "## How each was made"]
    places = [page.index(piece) for piece in order]
    assert places == sorted(places) and "| ada |" not in page and "Claims of nothing" not in page


def test_everything_says_where_it_comes_from(tree):
    ran, configured = "`./run.sh --config conf/x.yaml`", "[configuration](one/copycat2/RESULTS.md#configuration)"
    claimed = (FACTS["command"], ran, configured, "0123456789ab with local changes", "2031-02-03", FACTS["machine"])
    assert gather_evidence(tree).made == [
        Made("one/copycat2", "speech", "tts evaluate recipe --model exp/one", ran, configured, "aaaaaaaaaaaa", "2031-02-01",
             "Another Processor, 4 cores, 16 GB"),
        Made("one/copycat2", "claims", *claimed),
        Made("one/copycat2", "claims, in the rain", *claimed),
        Made("two/vocoder", "speech", "./run.sh --seed 1", *[NOT_RECORDED] * 5),
    ]


@pytest.mark.parametrize(("old", "new", "said"), [
    ("### Missed", "### Failed", "claims under 'Failed'; expected Missed"), ("1 missed", "2 missed", "says 2 missed"),
    ("1 reached, ", "", "nothing of reached"), ("| this minus that |", "|", "cells, expected")])
def test_what_was_changed_by_hand_is_refused(tree, old, new, said):
    path = tree / "one/copycat2/RESULTS.md"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(UserError, match=said):
        gather_evidence(tree)


def test_a_folder_without_recipes_and_no_folder_are_told(tmp_path, capsys):
    assert main(["report", "--all", str(tmp_path)]) == 1 and "no recipes there" in capsys.readouterr().err
    assert main(["report"]) == 1 and "report what" in capsys.readouterr().err


def test_the_committed_page_is_what_the_recipes_say():
    expected = evidence_page(gather_evidence(ROOT / "egs"), "tts report --all egs")
    assert (ROOT / "egs/RESULTS.md").read_text(encoding="utf-8") == expected, "a recipe's results changed; run: tts report --all egs"
