"""`tts bert` as a user calls it."""

import json

from tests.text.bert.make import bert, corpus
from tts.cli import main

SIZES = "hidden=16 layers=1 heads=2 vocabulary=150 positions=32 batch_tokens=200 steps=20 passes=1".split()
SMALL = [word for size in SIZES for word in ("--set", f"bert.{size}")]


def test_train_then_show(tmp_path, capsys):
    manifest = corpus(tmp_path / "manifest.jsonl")
    assert main(["bert", "train", str(manifest), "--folder", str(tmp_path / "bert"), "--device", "cpu", *SMALL]) == 0
    line = capsys.readouterr().out.strip()
    assert "\n" not in line and "small BERT pre-trained on" in line and "unseen sentences" in line
    card = json.loads((tmp_path / "bert/bert.json").read_text())
    assert card["model"] == str(tmp_path / "bert") and card["hidden"] == 16 and card["pretraining"]["steps"] == 20
    assert main(["bert", "show", str(tmp_path / "bert"), "The dog, 2 fish", "--neighbours", "3"]) == 0
    *rows, last = capsys.readouterr().out.strip().splitlines()
    assert [row.split()[0] for row in rows] == ["The", "dog", "two", "fish"]
    assert rows[1].count(",") == 2 and " dog " not in rows[1][16:] and "saw" in last and card["identity"] in last


def test_a_named_bert_is_checked_and_noted_but_not_trained(tmp_path, capsys):
    bert().save(tmp_path / "theirs")
    manifest = corpus(tmp_path / "manifest.jsonl")
    named = ["--set", f"bert.model={tmp_path / 'theirs'}"]
    assert main(["bert", "train", str(manifest), "--folder", str(tmp_path / "bert"), *named]) == 0
    assert "used as it is" in capsys.readouterr().out and [file.name for file in (tmp_path / "bert").iterdir()] == ["bert.json"]
    card = json.loads((tmp_path / "bert/bert.json").read_text())
    assert card["model"] == str(tmp_path / "theirs") and card["name"] == "tiny" and card["identity"] == bert().identity
    absent = ["--set", f"bert.model={tmp_path / 'absent'}"]
    assert main(["bert", "train", str(manifest), "--folder", str(tmp_path / "bert"), *absent]) == 1
    assert "no such folder" in capsys.readouterr().err
