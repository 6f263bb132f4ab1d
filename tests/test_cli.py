import errno
import os
import subprocess
import sys

import pytest

from tts import cli


def test_help_lists_every_verb(capsys):
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(verb in shown for verb in cli.VERBS)


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_has_help(verb, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main([verb, "--help"])
    assert stop.value.code == 0 and f"tts {verb}" in capsys.readouterr().out


def test_unknown_verb_points_at_the_nearest(capsys):
    assert cli.main(["trian"]) == 2
    assert "did you mean train?" in capsys.readouterr().err


def test_user_errors_have_no_traceback(capsys, tmp_path):
    assert cli.main(["corpus", "info", str(tmp_path / "none.jsonl")]) == 1
    shown = capsys.readouterr().err
    assert "no such manifest" in shown and "Traceback" not in shown


def test_asking_for_help_imports_no_torch():
    code = "import sys, tts.cli; tts.cli.main(['--help']); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


def test_what_the_system_refuses_is_a_sentence(capsys, tmp_path, monkeypatch):
    from tts.corpus import command
    from tts.corpus.manifest import atomic_writer

    def onto_a_full_disk(_):
        with atomic_writer(tmp_path / "made.json") as file:
            file.write("x")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(command, "run", onto_a_full_disk)
    assert cli.main(["corpus", "info", "x"]) == 1
    shown = capsys.readouterr().err
    assert "made.json: no room left" in shown and "Traceback" not in shown and not list(tmp_path.iterdir())
    monkeypatch.undo()
    assert cli.main(["corpus", "fix", str(tmp_path), "--output", str(tmp_path / "out")]) == 1
    assert str(tmp_path) in capsys.readouterr().err
