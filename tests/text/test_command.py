"""`tts text`, both ways, as a user calls it."""

import io
import json
import sys

import pytest

from tts.cli import main
from tts.corpus.manifest import read_manifest, write_manifest
from tts.corpus.utterance import Utterance
from tts.text.inventory import PhoneInventory


class Lines:
    def __init__(self, data):
        self.buffer = io.BytesIO(data)


def run_lines(monkeypatch, capsysbinary, data, *options):
    monkeypatch.setattr(sys, "stdin", Lines(data))
    status = main(["text", *options])
    out, err = capsysbinary.readouterr()
    return status, [json.loads(line) for line in out.decode().splitlines()], err.decode()


def test_lines_become_json_and_a_bad_line_does_not_stop_the_others(monkeypatch, capsysbinary):
    status, rows, errors = run_lines(monkeypatch, capsysbinary, "Es kostet 5 €.\n...\n".encode() + b"\xff\n" + "Gut.".encode(),
                                     "--language", "de-DE")
    assert status == 1 and [row["line"] for row in rows] == [1, 2, 3, 4]
    assert rows[0]["trace"] == [{"span": [10, 13], "found": "5 €", "replaced": "fünf Euro", "rule": "money"}]
    assert [unit["text"] for unit in rows[0]["units"]] == ["_", "Es", "kostet", "fünf", "Euro",
                                                           "."] and rows[0]["units"][1]["phones"] == [["ɛ", 0], ["s", 0]]
    assert "nothing in it can be spoken" in rows[1]["error"] and "not UTF-8" in rows[2]["error"] and "units" in rows[3]
    assert "line 2" in errors and "4 lines, 5 words; 2 failed" in errors


def test_good_lines_end_well(monkeypatch, capsysbinary):
    status, rows, errors = run_lines(monkeypatch, capsysbinary, b"Hello there.\n", "--language", "en-us")
    assert status == 0 and len(rows) == 1


def corpus(folder, texts):
    write_manifest(folder / "in.jsonl", [Utterance(f"u{n}", text, "a", language, audio=f"wav/u{n}.wav") for n, (language,
        text) in enumerate(texts)])
    return ["text", "--manifest", str(folder / "in.jsonl"), "--output", str(folder / "text" / "manifest.jsonl"), "--inventory",
            str(folder / "text" / "phones.json")]


def test_a_manifest_gets_units_each_in_its_language(tmp_path, capsys):
    assert main(corpus(tmp_path, [("en-US", "Wait, 2 cats!"), ("de-DE", "2 Katzen.")])) == 0
    english, german = read_manifest(tmp_path / "text" / "manifest.jsonl")
    assert [unit.text for unit in english.units] == ["_", "Wait", ",", "two", "cats",
                                                     "!"] and english.language == "en-us" and english.audio == "wav/u0.wav"
    assert [unit.text for unit in german.units] == ["_", "zwei", "Katzen", "."] and german.language == "de"
    inventory = PhoneInventory.load(tmp_path / "text" / "phones.json")
    inventory.check([english, german])
    assert sum(inventory.counts.values()) == len(english.phones) + len(german.phones)
    assert "2 utterances, 5 words" in capsys.readouterr().out


@pytest.mark.parametrize("allowed, status", [("0.5", 0), ("0.02", 1)])
def test_dropped_utterances_are_named_and_limited(tmp_path, capsys, allowed, status):
    assert main([*corpus(tmp_path, [("en", "Hello."), ("en", "..."), ("en", "Yes.")]), "--max-dropped", allowed]) == status
    captured = capsys.readouterr()
    assert "dropped u1: text '...'" in captured.err and "dropped 1;" in captured.out
    assert [utterance.id for utterance in read_manifest(tmp_path / "text" / "manifest.jsonl")] == ["u0", "u2"]


def test_wrong_usage_is_said(tmp_path, capsys):
    assert main(["text"]) == 1 and "--language" in capsys.readouterr().err
    assert main(["text", "--manifest", "x"]) == 1 and "--output" in capsys.readouterr().err
    assert main(["text", "--language", "qqq"]) == 1 and "nearest" in capsys.readouterr().err
