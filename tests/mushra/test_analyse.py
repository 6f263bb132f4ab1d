"""A test's results become means, tests, gap, figure, tables and a paragraph; what cannot be analysed is a sentence."""

import csv
import json
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from scipy import stats

from tests.helpers.listeners import Population, conditions, crowd, write_scores, write_session, write_test
from tts.cli import main
from tts.mushra.analyse import analyse
from tts.mushra.paragraph import paragraph
from tts.mushra.ratings import read_results
from tts.mushra.screening import Rules
from tts.mushra.significance import Components

POPULATION = Population(systems=(55.0, 55.0, 68.0), components=Components(5.0, 0.0, 20.0))
NAMES = conditions(POPULATION)


@pytest.fixture(scope="module")
def simulated():
    return crowd(np.random.default_rng(3), 1, 20, POPULATION)[0][0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, simulated):
    items = [f"item{i:02d}" for i in range(20)]
    return write_scores(
        tmp_path_factory.mktemp("tests") / "trial",
        simulated,
        NAMES,
        speakers={item: "ada" if n % 2 else "ben" for n, item in enumerate(items)},
        styles=dict.fromkeys(items, "calm"),
    )


@pytest.fixture(scope="module")
def found(folder):
    return analyse(read_results(folder), baseline="system1")


def test_means_and_pairs_are_those_of_the_honest(found, simulated):
    kept = simulated[:32]
    assert (found.listeners, len(found.screening.kept), found.items, found.ratings) == (40, 32, 20, 32 * 20 * 5)
    overall = {row.condition: row for row in found.summaries if not row.by}
    for place, name in enumerate(NAMES):
        assert overall[name].mean == pytest.approx(kept[:, :, place].mean())
        assert overall[name].low < overall[name].mean < overall[name].high
        assert overall[name].median == np.median(kept[:, :, place])
    ben = [row for row in found.summaries if (row.by, row.group, row.condition) == ("speaker", "ben", "system3")]
    assert ben[0].mean == pytest.approx(kept[:, ::2, 3].mean()) and not any(row.by == "style" for row in found.summaries)
    pair = next(row for row in found.pairs if (row.a, row.b) == ("system1", "system3"))
    a, b = kept[:, :, 1].mean(axis=1), kept[:, :, 3].mean(axis=1)
    assert pair.raw_p_t == pytest.approx(stats.ttest_rel(b, a).pvalue) and pair.raw_p_wilcoxon == pytest.approx(
        stats.wilcoxon(b, a).pvalue
    )
    assert pair.effect == pytest.approx((b - a).mean() / (b - a).std(ddof=1)) and pair.observations == 32
    assert len(found.pairs) == 6 and not any("anchor35" in (row.a, row.b) for row in found.pairs)
    assert all(row.p_t >= row.raw_p_t for row in found.pairs)


def test_ratings_as_the_unit(folder, simulated):
    pair = next(row for row in analyse(read_results(folder), unit="rating").pairs if (row.a, row.b) == ("system1", "system3"))
    kept = simulated[:32]
    assert pair.observations == 640
    assert pair.raw_p_t == pytest.approx(stats.ttest_rel(kept[:, :, 3].ravel(), kept[:, :, 1].ravel()).pvalue)


def test_without_statsmodels_a_sentence(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels", None)
    for name in [name for name in sys.modules if name.startswith("statsmodels.")]:
        monkeypatch.setitem(sys.modules, name, None)
    found = analyse(read_results(folder))
    assert found.mixed is None and any("pip install" in note for note in found.notes)


def test_the_paragraph_says_what_a_paper_must(found):
    text = paragraph(found)
    for needed in (
        "40 listeners",
        "8 of 40",
        "32 listeners kept",
        "20 items",
        "BS.1534-3",
        "Wilcoxon",
        "Holm-Bonferroni",
        "one observation a listener",
        "system3 scores",
        "d_z",
        "No difference is significant between system1 and system2",
        "of the gap between system1 and the reference",
        "The reference scores higher than system1, system2 and system3",
    ):
        assert needed in text, needed
    assert "nan" not in text and "system1 scores" not in text


def test_the_command_writes_everything(folder, capsys):
    assert main(["mushra", "analyse", str(folder), "--baseline", "system1"]) == 0
    output = folder / "analysis"
    shown = capsys.readouterr().out
    assert shown.splitlines()[-1].startswith("analysed 4000 answers of 40 listeners to 20 items; left out 8 listeners")
    content = json.loads((output / "analysis.json").read_text())
    assert len(content["screening"]["excluded"]) == 8 and content["pairs"][0]["p_t"] < 0.001 and "table" not in content
    assert {path.name for path in output.iterdir()} >= {
        "report.md",
        "paragraph.txt",
        "means.tex",
        "means.csv",
        "pairs.tex",
        "pairs.csv",
        "gap.csv",
        "ratings.csv",
        "scores.png",
        "scores.svg",
    }
    rows = list(csv.DictReader(open(output / "pairs.csv")))
    assert float(rows[0]["difference"]) == content["pairs"][0]["difference"]
    assert ElementTree.parse(output / "scores.svg").getroot().tag.endswith("svg")
    assert (output / "scores.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    before = {path.name: path.read_bytes() for path in output.iterdir()}
    assert main(["mushra", "analyse", str(folder), "--baseline", "system1"]) == 0
    assert before == {path.name: path.read_bytes() for path in output.iterdir()}  # the same input, the same output


def test_mos_by_utterance(tmp_path):
    """In a MOS test each sound has a page of its own; a pair is compared over the utterances."""
    rng = np.random.default_rng(0)
    pages = {f"p{u}{c}": {"A": c} for u in range(8) for c in ("x", "y")}
    folder = write_test(tmp_path / "mos", "mos", pages, utterances={item: item[1:-1] for item in pages}, show_reference=False)
    for listener in range(12):
        write_session(
            folder, f"s{listener}", [(item, "A", float(np.clip(rng.integers(2, 5) + (item[-1] == "y"), 1, 5))) for item in pages]
        )
    found = analyse(read_results(folder))
    assert found.items == 8 and found.pairs[0].observations == 12 and found.pairs[0].p_t < 0.01
    assert any("no hidden reference" in why for why in found.screening.off)


@pytest.mark.parametrize(
    "names, options, sentence",
    [
        (["reference", "a", "b", "anchor35"], ["--baseline", "c"], "baseline 'c' is not among the systems"),
        (["a", "anchor35"], [], "one system only"),
    ],
)
def test_what_cannot_be_compared(tmp_path, capsys, names, options, sentence):
    folder = write_scores(tmp_path / "trial", np.tile(np.linspace(100, 20, len(names)), (3, 5, 1)), names)
    assert main(["mushra", "analyse", str(folder), *options]) == 1
    assert sentence in capsys.readouterr().err and not (folder / "analysis").exists()


def test_nobody_left(tmp_path, capsys):
    folder = write_scores(tmp_path / "trial", np.full((3, 5, 3), 50.0), ["reference", "a", "b"])
    assert main(["mushra", "analyse", str(folder)]) == 1
    assert "screening leaves 0 of 3 listeners" in capsys.readouterr().err


def test_mixed_tests_and_copies_are_refused(tmp_path, capsys):
    scores = np.tile([100.0, 60.0, 40.0], (3, 5, 1))
    folder = write_scores(tmp_path / "trial", scores, ["reference", "a", "b"])
    path = write_session(folder, "other", [], test_hash="f" * 64)
    assert main(["mushra", "analyse", str(folder)]) == 1
    assert "another test" in capsys.readouterr().err
    path.write_text((folder / "results" / "listener01.json").read_text())
    assert main(["mushra", "analyse", str(folder)]) == 1
    assert "1 of 3 sessions stand in more than one file" in capsys.readouterr().err


def test_identical_systems_differ_by_nothing(tmp_path):
    scores = np.tile([100.0, 60.0, 60.0], (6, 5, 1))
    found = analyse(read_results(write_scores(tmp_path / "trial", scores, ["reference", "a", "b"])), Rules())
    pair = found.pairs[-1]
    assert (pair.difference, pair.p_t, pair.p_wilcoxon, pair.p_crossed) == (0, 1, 1, 1)
    assert "nan" not in paragraph(found)


def test_power_from_earlier_results(folder, capsys):
    assert main(["mushra", "power", "--from", str(folder), "--listeners", "30", "--difference", "4"]) == 0
    shown = capsys.readouterr().out
    assert "taste" in shown and "With 30 listeners" in shown and "80 % asks for" in shown
    assert main(["mushra", "power", "--kind", "abx", "--listeners", "10", "--items", "10"]) == 0
    assert "100 answers" in capsys.readouterr().out
    assert main(["mushra", "power", "--kind", "mos", "--from", str(folder)]) == 1


def test_a_system_that_nobody_rated_is_told(tmp_path):
    """Sessions cut short and kept: what has no ratings is not said to be equal."""
    scores = np.tile([100.0, 60.0, 40.0, 50.0], (6, 5, 1)) + np.random.default_rng(0).integers(-3, 4, (6, 5, 4))
    scores = np.clip(scores, 0, 100)
    scores[:, :, 3] = np.nan
    scores[0, 2:] = np.nan
    found = analyse(read_results(write_scores(tmp_path / "trial", scores, ["reference", "a", "b", "c"])), Rules(unfinished=True), baseline="a")
    text = paragraph(found)
    assert "Too few listeners rated both of reference and c or of a and c or of b and c" in text and "nan" not in text
    assert found.missing == 30 + 9 and any("39 of 120 ratings" in note for note in found.notes)
    assert found.gaps[1].why and found.pairs[0].p_t < 0.001
