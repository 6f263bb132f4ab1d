"""`tts prosody` on files; what needs a model is tried with a stand-in for it."""

from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from tts.cli import main
from tts.prosody.edit import blend, copy, mask, scale, shift
from tts.prosody.prosody import Prosody


@pytest.fixture
def files(prosody_of, tmp_path):
    """a.json, b.json, and the prosodies in them."""
    a, b = prosody_of("_ Good evening , all ."), prosody_of("_ Good evening .", offset=3.0)
    a.save(tmp_path / "a.json")
    b.save(tmp_path / "b.json")
    return tmp_path, a, b


def test_every_verb_does_what_its_function_does(files, capsys):
    folder, a, b = files
    for arguments, expected in [
        ("edit a.json --words evening --semitones 3 --stretch 1.4 --gain-db -2 --f0-range 2 --slope 5",
         shift(a, "2", 3, 1.4, -2, 2, 5)),
        ("mask a.json --words 1,p1", mask(a, "1,p1")),
        ("scale a.json 1.5", scale(a, 1.5)),
        ("copy a.json b.json --words 3 --map 3:1", copy(a, b, "3", "3:1")),
        ("blend a.json b.json 0.3", blend(a, b, 0.3)),
    ]:
        paths = [str(folder / word) if word.endswith(".json") else word for word in arguments.split()]
        assert main(["prosody", *paths, "-o", str(folder / "out.json")]) == 0
        assert Prosody.load(folder / "out.json") == expected != a
        last = capsys.readouterr().out.splitlines()[-1]
        changed = sum(x != y for x, y in zip(a.words, expected.words))
        assert f"out.json: {arguments.split()[0]}: {changed} of 6 words and pauses changed" in last


def test_show_prints_the_table_and_draws(files, capsys):
    pytest.importorskip("matplotlib")
    folder, a, _ = files
    assert main(["prosody", "show", str(folder / "a.json"), "--plot", str(folder / "a.png")]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == a.text and len(shown) == 1 + 1 + 6 + 1 and "3 words, 3 pauses" in shown[-1]
    assert (folder / "a.png").is_file()


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["edit", "a.json", "--words", "9", "-o", "x.json"], "expected numbers from 1 to 3"),
        (["show", "absent.json"], "absent.json: cannot be read"),
        (["blend", "a.json", "b.json", "2", "-o", "x.json"], "blend 2: expected 0"),
        (["apply", "a.json", "--voice", "ben", "-o", "x.mp3"], ".wav or .flac"),
        (["extract", "absent.wav", "--text", "Hi.", "-o", "x.json"], "no such recording"),
        (["extract", "a.json", "--text", "Hi.", "-o", "x.json"], "not readable as sound"),
        (["extract", "a.json", "--text-file", "absent.txt", "-o", "x.json"], "absent.txt: cannot be read"),
    ],
)
def test_wrong_uses_are_told_and_nothing_is_written(files, arguments, message, capsys, monkeypatch):
    monkeypatch.chdir(files[0])
    assert main(["prosody", *arguments]) == 1
    shown = capsys.readouterr().err
    assert message in shown and "Traceback" not in shown
    assert sorted(p.name for p in files[0].iterdir()) == ["a.json", "b.json"]


class StandIn:
    """Takes the place of the Synthesizer and remembers what it was asked."""

    default_voice = None

    def __init__(self, prosody):
        self.prosody, self.calls = prosody, []

    def extract(self, recording, text, language, speaker, trust_text=False):
        self.calls.append((recording.name, text, language, speaker))
        return self.prosody

    def predict(self, *asked):
        self.calls.append(asked)
        return self.prosody

    def say(self, text, **asked):
        self.calls.append((text, asked))
        return SimpleNamespace(
            save=lambda path: path.write_bytes(b"sound"), warnings=["a warning"], prosody_report=["3 words taken one to one"],
            prosody_table="the table", voice=asked["voice"], language="en-us", seconds=1.0, words_asked=3, words_spoken=3)


@pytest.fixture
def stand_in(files, monkeypatch):
    import tts.synthesis.synthesizer as module

    synthesizer = StandIn(files[1])
    monkeypatch.setattr(module.Synthesizer, "load", lambda *args, **kwargs: synthesizer)
    monkeypatch.chdir(files[0])
    soundfile.write("a.wav", np.zeros(24000), 24000)
    return synthesizer


def test_extract_writes_the_file(stand_in, files, capsys):
    assert main(["prosody", "extract", "a.wav", "--text", "Good evening, all.", "--speaker", "ada", "-o", "new.json"]) == 0
    assert stand_in.calls == [("a.wav", "Good evening, all.", None, "ada")] and Prosody.load("new.json") == files[1]
    assert "1.00 s read" in capsys.readouterr().out


def test_predict_writes_the_file(stand_in, files, capsys):
    assert main(["prosody", "predict", "Good day.", "--voice", "ben", "--temperature", "0.6", "--seed", "3", "-o", "new.json"]) == 0
    assert stand_in.calls == [("Good day.", "ben", None, 3, 0.6, None)] and Prosody.load("new.json") == files[1]
    assert "new.json: a.wav" in capsys.readouterr().out


def test_apply_says_the_files_text_or_another(stand_in, files, capsys):
    assert main(["prosody", "apply", "a.json", "--voice", "ben", "-o", "out.wav"]) == 0
    assert main(["prosody", "apply", "a.json", "--voice", "ben", "--text", "Bad day.", "--map", "order", "-o", "out.wav"]) == 0
    (first, same), (second, other) = stand_in.calls
    assert (first, same["mapping"], same["voice"], same["language"]) == (files[1].text, "same", "ben", "en-us")
    assert same["prosody"] == files[1]
    assert (second, other["mapping"]) == ("Bad day.", "order")
    shown = capsys.readouterr()
    assert "3 words taken one to one\nthe table\nout.wav: ben" in shown.out and "a warning" in shown.err


def test_transfer_reads_and_says_in_one(stand_in, files, capsys):
    asked_for = ["--text", "Good evening, all.", "--voice", "ben", "--save-prosody", "kept.json"]
    assert main(["transfer", "a.wav", *asked_for, "-o", "out.flac"]) == 0
    assert stand_in.calls[0] == ("a.wav", "Good evening, all.", None, None)
    text, asked = stand_in.calls[1]
    assert (text, asked["prosody"], asked["voice"], asked["language"]) == ("Good evening, all.", files[1], "ben", "en-us")
    assert Prosody.load("kept.json") == files[1] and "the table" in capsys.readouterr().out
    assert main(["transfer", "a.wav", "--voice", "ben", "-o", "out.wav"]) == 1
    assert "--text or --text-file missing" in capsys.readouterr().err
