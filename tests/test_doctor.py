"""What `tts doctor` says when a part is missing or broken: each case is made by hiding the part."""

import importlib.util
import json
import shutil
import sys
import types

import pytest

from tts import cli, doctor
from tts.text.espeak import Espeak, get_espeak


def hide(monkeypatch, *names):
    for name in names:
        for loaded in [key for key in sys.modules if key == name or key.startswith(f"{name}.")]:
            monkeypatch.delitem(sys.modules, loaded)
        monkeypatch.setitem(sys.modules, name, None)


def test_a_sound_installation_passes(capsys):
    assert cli.main(["doctor", "--json"]) == 0
    rows = {row["part"]: row for row in json.loads(capsys.readouterr().out)}
    assert {"Python", "torch", "torchaudio", "pyworld", "espeak-ng", "soundfile", "numba", "disk", "memory"} <= rows.keys()
    assert all(row["remedy"] for row in rows.values() if row["state"] != "ok")


@pytest.mark.parametrize("check, hidden, part, sentence", [
    (doctor.check_torch, "torch", "torch", "PyTorch cannot be loaded: run tools/install.sh"),
    (doctor.check_pyworld, "pkg_resources", "pyworld", "pip install 'setuptools<82'"),
    (doctor.check_pyworld, "pyworld", "pyworld", "with a C compiler and Python's headers present"),
    (doctor.check_espeak, "espeakng_loader", "espeak-ng", "no system package is needed"),
    (doctor.check_soundfile, "soundfile", "soundfile", "no audio can be read or written"),
    (doctor.check_numba, "numba", "numba", "alignment cannot run"),
])
def test_a_missing_part_is_broken_and_has_a_remedy(monkeypatch, check, hidden, part, sentence):
    hide(monkeypatch, hidden)
    if hidden == "pkg_resources":
        monkeypatch.delitem(sys.modules, "pyworld", raising=False)
    get_espeak.cache_clear()
    monkeypatch.setattr(Espeak, "_process", None)
    result = check()
    assert (result.part, result.state) == (part, "broken") and sentence in result.remedy


def test_a_missing_library_makes_the_exit_status_1(monkeypatch, capsys):
    hide(monkeypatch, "num2words")
    assert cli.main(["doctor"]) == 1
    output = capsys.readouterr().out
    assert "needed for numbers in texts: run tools/install.sh again" in output and "broken: num2words" in output


def test_optional_parts_are_notes(monkeypatch):
    hide(monkeypatch, "pocketsphinx", "submitit")
    rows = {check.part: check for check in doctor.check_optional()}
    assert rows["submitit"].state == rows["pocketsphinx"].state == "note"
    assert "only for Slurm clusters" in rows["submitit"].remedy and "'.[asr]'" in rows["pocketsphinx"].remedy


def test_torchaudio_that_cannot_load_names_the_files_to_delete(monkeypatch):
    class Unloadable:
        def find_spec(self, name, path=None, target=None):
            if name == "torchaudio":
                raise OSError("Could not load this library: _torchaudio.abi3.so")

    for loaded in [key for key in sys.modules if key.split(".")[0] == "torchaudio"]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: types.SimpleNamespace())
    monkeypatch.setattr(sys, "meta_path", [Unloadable(), *sys.meta_path])
    result = doctor.check_torchaudio()
    assert result.state == "broken" and "delete torchaudio/lib/*.so" in result.remedy and "Could not load" in result.found


def test_little_room_is_said(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: types.SimpleNamespace(free=3e8))
    assert doctor.check_disk().state == "note" and "make room" in doctor.check_disk().remedy


def test_a_gpu_that_pytorch_cannot_use_is_said(monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(doctor, "_gpu_names", lambda: ["Some GPU"])
    assert "Some GPU is not used" in doctor.check_torch().remedy and "TORCH_INDEX_URL" in doctor.check_torch().remedy


def test_voices_and_real_speech_are_counted(monkeypatch, tmp_path):
    from tts.models.load import FILES
    from tts.vocoder.folder import FILES as VOCODER_FILES

    monkeypatch.setenv("TTS_HOME", str(tmp_path))
    assert doctor.check_voices().state == "note"
    (tmp_path / "mine").mkdir()
    for name in FILES:
        (tmp_path / "mine" / name).write_text('{"speakers": ["anna", "ben"], "languages": ["de"], "styles": ["neutral"]}')
    assert doctor.check_voices().found == "mine (2)"
    monkeypatch.setenv("TTS_RELEASED", str(tmp_path / "package"))
    assert doctor.check_vocoder().state == "note"
    (tmp_path / "package/voices").mkdir(parents=True)
    shutil.copytree(tmp_path / "mine", tmp_path / "package/voices/ours")
    assert doctor.check_voices().found == "mine (2), ours (2, released)"
    (tmp_path / "package/vocoder").mkdir()
    for name in VOCODER_FILES:
        (tmp_path / "package/vocoder" / name).touch()
    assert doctor.check_vocoder().found == str(tmp_path / "package/vocoder")
    monkeypatch.setenv("TTS_REAL_SPEECH", str(tmp_path / "absent"))
    assert "TTS_REAL_SPEECH" in doctor.check_real_speech().remedy
