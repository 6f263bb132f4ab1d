"""Every recipe and every script in it: can be asked for help, reads well, and follows the rules that the machinery counts on."""

import re
import shutil
import subprocess

import pytest

from tests.helpers.project import ROOT, run

RUNS = sorted(ROOT.glob("egs/*/*/run.sh"))
SCRIPTS = sorted(path for folder in ("egs", "recipes", "tools") for path in ROOT.glob(f"{folder}/**/*.sh")
                 if not {"data", "exp"} & set(path.relative_to(ROOT).parts)) + [ROOT / ".ci/run"]


@pytest.mark.parametrize("script", RUNS, ids=lambda path: path.parts[-3])
def test_help_tells_stages_and_options(script):
    output = run([script, "--help"], ROOT)
    assert "1 corpus:" in output and "writes  data/" in output
    assert all(option in output for option in ("--stage", "--stop-stage", "--dry-run", "--name", "--config"))
    assert not re.search(r"--\S+ +\S*$", output.split("Options:")[1].replace("--help", ""), re.M), "an option has no comment"


@pytest.mark.parametrize("script", RUNS, ids=lambda path: path.parts[-3])
def test_dry_run_reads_the_configuration_of_every_recipe(script, tmp_path):
    assert re.search(r"\[\d+ (train|vocoder|conversion)\] would run", run([script, "--dry-run", "--name", "untouched"], ROOT))
    assert not (script.parent / "exp" / "untouched").exists()


def test_a_run_script_fits_two_screens():
    assert all(len(script.read_text().splitlines()) <= 60 for script in RUNS)


def test_path_and_cmd_are_the_same_everywhere():
    for name in ("path.sh", "cmd.sh"):
        assert len({(script.parent / name).read_text() for script in RUNS}) == 1, f"the recipes' {name} differ"


def test_a_corpus_that_is_not_there_is_a_sentence(project):
    output = run(["egs/ljspeech/base/run.sh"], project, status=1)
    assert "data/LJSpeech-1.1: no such folder" in output
    output = run(["egs/cc0/base/run.sh"], project, status=1, TTS_REAL_SPEECH=str(project / "nowhere"))
    assert "name folders with audio and a manifest.tsv" in output


def test_no_environment_is_a_sentence(project):
    (project / ".venv").unlink()
    output = run(["egs/mini/base/run.sh"], project, status=1, PATH="/usr/bin:/bin")
    assert "the environment is not installed; run: make -C" in output


def test_shellcheck():
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed; it would check the shell scripts")
    # not followed, set but used elsewhere, used but set elsewhere: what sourcing means
    answer = subprocess.run(["shellcheck", "--exclude=SC1091,SC2034,SC2154", *SCRIPTS], capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout
