"""`tts say` in its four uses."""

import io
import json

import numpy as np
import pytest

from tts.cli import main
from tts.corpus.manifest import read_manifest, write_manifest
from tts.corpus.utterance import Utterance
from tts.features.audio import load_audio


def test_one_text(model_folder, tmp_path, capsys):
    assert main(["say", "Hello there.", "--voice", "ada", "--model", str(model_folder), "-o", str(tmp_path / "a.wav")]) == 0
    assert "ada (en-us)" in capsys.readouterr().out
    assert len(load_audio(tmp_path / "a.wav", 24000)) > 1000


def test_a_file_of_lines_equals_each_line_alone(model_folder, tmp_path):
    (tmp_path / "lines.txt").write_text("Hello there.\n\nmine\tYes!\n", encoding="utf-8")
    assert main(["say", "--file", str(tmp_path / "lines.txt"), "--model", str(model_folder), "-o", str(tmp_path / "out")]) == 0
    rows = list(read_manifest(tmp_path / "out" / "manifest.jsonl"))
    assert [(u.id, u.text, u.audio) for u in rows] == [("0001", "Hello there.", "0001.wav"), ("mine", "Yes!", "mine.wav")]
    assert main(["say", "Yes!", "--model", str(model_folder), "-o", str(tmp_path / "yes.wav")]) == 0
    sound = load_audio(tmp_path / "out" / "mine.wav", 24000)
    assert np.array_equal(sound, load_audio(tmp_path / "yes.wav", 24000))
    assert len(sound) == 300 * sum(rows[1].durations)
    assert json.loads((tmp_path / "out" / "synthesis.json").read_text())["files"] == 2


def test_standard_input_with_a_bad_line_speaks_the_others_and_fails(model_folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("Hello.\n😀\nYes.\n"))
    assert main(["say", "-", "--model", str(model_folder), "-o", str(tmp_path / "out")]) == 1
    assert "failed: 0002" in capsys.readouterr().err
    assert sorted(p.name for p in (tmp_path / "out").glob("*.wav")) == ["0001.wav", "0003.wav"]


def test_a_manifest_speaks_each_in_its_own_voice(model_folder, tmp_path):
    write_manifest(
        tmp_path / "m.jsonl",
        [
            Utterance("a", "Hello.", "ada", "en-us", split="test"),
            Utterance("b", "Guten Tag.", "ben", "de", split="test"),
            Utterance("c", "Yes.", "ada", "en-us", split="train"),
        ],
    )
    assert (
        main(
            [
                "say",
                "--manifest",
                str(tmp_path / "m.jsonl"),
                "--split",
                "test",
                "--model",
                str(model_folder),
                "-o",
                str(tmp_path / "out"),
            ]
        )
        == 0
    )
    assert [(u.id, u.speaker, u.language) for u in read_manifest(tmp_path / "out" / "manifest.jsonl")] == [
        ("a", "ada", "en-us"),
        ("b", "ben", "de"),
    ]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["-o", "x.wav"], "say what"),
        (["Hi.", "-o", "x.mp3"], ".wav or .flac"),
        (["Hi.", "--file", "f", "-o", "x.wav"], "say what"),
        (["Hi.", "--split", "test", "-o", "x.wav"], "--manifest"),
        (["--file", "absent.txt", "-o", "x"], "absent.txt"),
    ],
)
def test_wrong_uses_are_told(model_folder, arguments, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["say", *arguments, "--model", str(model_folder)]) == 1
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_an_id_twice_is_refused(model_folder, tmp_path, capsys):
    (tmp_path / "lines.txt").write_text("x\tYes.\nx\tHello.\n", encoding="utf-8")
    assert main(["say", "--file", str(tmp_path / "lines.txt"), "--model", str(model_folder), "-o", str(tmp_path / "out")]) == 1
    assert "twice" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_stream_writes_samples_to_standard_output(model_folder, tmp_path, capfdbinary):
    said = ["say", "Hello there. Yes!", "--voice", "ada", "--model", str(model_folder)]
    assert main([*said, "--stream"]) == 0
    out, err = capfdbinary.readouterr()
    assert b"24000 Hz" in err and b"ms after loading" in err
    assert main([*said, "-o", str(tmp_path / "a.wav")]) == 0
    assert np.abs(np.frombuffer(out, "<i2") / 32768 - load_audio(tmp_path / "a.wav", 24000)).max() < 1e-4


def test_a_trained_vocoder_is_taken_where_it_fits(model_folder, home, tmp_path, capsys):
    from tests.vocoder.test_folder import saved

    said = ["say", "Yes!", "--voice", "ada", "--model", str(model_folder), "-o", str(tmp_path / "a.wav")]
    folder = str(saved(tmp_path / "trained"))
    assert main(["voices", "add", folder]) == 0 and main(["voices", "add", folder]) == 1 and (home / "vocoder").is_dir()
    assert main(said) == 0
    trained = load_audio(tmp_path / "a.wav", 24000)
    assert main([*said, "--vocoder", "griffin-lim"]) == 0
    plain = load_audio(tmp_path / "a.wav", 24000)
    assert not np.array_equal(trained, plain)
    assert main([*said, "--vocoder", folder]) == 0
    assert np.array_equal(load_audio(tmp_path / "a.wav", 24000), trained)
    assert main(["voices", "remove", "vocoder"]) == 0 and main(said) == 0
    assert np.array_equal(load_audio(tmp_path / "a.wav", 24000), plain)
    assert main([*said, "--vocoder", "nowhere"]) == 1 and "no vocoder 'nowhere'" in capsys.readouterr().err
