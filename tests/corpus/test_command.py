"""The verbs as a user types them: exit status, the line of facts, and what lies on disk afterwards."""

import json

import pytest

from tts.cli import main


@pytest.fixture
def table(clean, rows):
    """The clean corpus as a user's own folder: audio and a TSV."""
    lines = ["id\ttext\tspeaker\tlanguage\tstyle\taudio"]
    lines += ["\t".join([row["id"], row["text"], row["speaker"], "en-US", row["style"], row["audio"]]) for row in rows(clean)]
    (clean / "mine.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return clean


def test_from_a_folder_to_a_checked_and_divided_corpus(table, tmp_path, capsys):
    corpus = tmp_path / "corpus"
    manifest = str(corpus / "manifest.jsonl")
    assert main(["corpus", "import", "tsv", str(table), "--output", str(corpus), "--jobs", "1"]) == 0
    assert "import: 30 utterances" in capsys.readouterr().out
    assert main(["corpus", "validate", manifest, "--jobs", "1"]) == 0
    assert "validate: 30 utterances, 0.01 h, 0 errors, 0 warnings" in capsys.readouterr().out
    assert main(["corpus", "split", manifest, "--dev", "2", "--test", "3"]) == 0
    assert "split: train 25, dev 2, test 3 utterances of 2 speakers" in capsys.readouterr().out
    assert main(["corpus", "info", manifest, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["by"]["split"]["test"]["utterances"] == 3
    assert main(["corpus", "to-kaldi", manifest, "--output", str(tmp_path / "kaldi")]) == 0
    assert main(["corpus", "from-kaldi", str(tmp_path / "kaldi"), "--output", str(tmp_path / "back"), "--jobs", "1"]) == 0
    assert "import: 30 utterances" in capsys.readouterr().out


def test_validate_fails_on_errors_and_fix_mends_them(table, rows, tmp_path, capsys):
    broken = rows(table)
    broken[3]["text"], broken[4]["text"] = "", "An <i>odd</i> text"
    rows(table, broken)
    manifest = str(table / "manifest.jsonl")
    assert main(["corpus", "validate", manifest, "--jobs", "1", "--json"]) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"rule": "empty-text", "utterance": broken[3]["id"], "severity": "error"}.items() <= lines[0].items()
    assert lines[-1]["rules"] == {"empty-text": 1, "markup": 1} and lines[-1]["errors"] == 1
    assert main(["corpus", "validate", manifest, "--jobs", "1", "--limit", "edge_silence_seconds=0.001"]) == 1
    assert main(["corpus", "fix", manifest, "--output", str(tmp_path / "fixed"), "--jobs", "1", "--drop", "markup"]) == 0
    assert "fix: 30 utterances in, 28 out" in capsys.readouterr().out
    assert main(["corpus", "validate", str(tmp_path / "fixed" / "manifest.jsonl"), "--jobs", "1"]) == 0


@pytest.mark.parametrize("arguments, says", [
    (["validate", "nowhere.jsonl"], "no such manifest"), (["split", "nowhere.jsonl", "--dev", "1", "--test", "1"],
                                                          "no such manifest"),
    (["import", "vctk", "nowhere", "--output", "out"], "no such folder"), (["from-kaldi", "nowhere", "--output", "out"],
                                                                           "no wav.scp"),
    (["validate", "nowhere.jsonl", "--limit", "long_secnds=3"], "did you mean long_seconds"),
    (["validate", "nowhere.jsonl", "--limit", "long_seconds=three"], "expected a number")])
def test_faults_are_a_sentence_and_a_status(arguments, says, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["corpus", *arguments]) == 1
    assert says in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
