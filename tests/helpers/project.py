"""Fixtures `demo` and `project`: a copy of the project in a temporary folder, so that tests can run recipes and the commands of README.md as a user would, without
touching the checkout. Its mini recipes and its template are set to the debug size: seconds instead of minutes."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINKED = ("tts", "tools", "setup.cfg", "pyproject.toml")
COPIED = ("egs", "recipes", "README.md", "Makefile")
TINY = {"mini/base": "base", "mini/copycat2": "copycat2", "template/base": "base"}  # recipe: its system
TINY_CORPUS = ("--speakers", "en-us es", "--per-speaker", "24", "--jobs", "1", "--processes", "1")


def make_project(folder: Path) -> Path:
    """The copy; `.venv` leads to the environment that runs the tests."""
    folder.mkdir(parents=True)
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=lambda where, names: [n for n in names if n in ("data", "exp", "listening", "f0_plots") and Path(where).parts[-3] == "egs"])
        else:
            shutil.copy(source, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    for recipe, system in TINY.items():
        (folder / "egs" / recipe / "conf" / f"{system}.yaml").write_text(f"include: ../../../../recipes/conf/{system}.debug.yaml\n")
    return folder


def run(command: list[str | Path] | str, cwd: Path, status: int = 0, **variables: str) -> str:
    """All that a command said; it must end with `status`. A string is a piece of bash."""
    words = ["bash", "-euo", "pipefail", "-c", command] if isinstance(command, str) else command
    answer = subprocess.run(words, cwd=cwd, env={**os.environ, **variables}, text=True, check=False, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert answer.returncode == status, f"{command}\nexit status {answer.returncode}\n{answer.stdout[-6000:]}"
    return answer.stdout


def ran(output: str) -> list[str]:
    """The stages that a run.sh ran, from what it said."""
    return [line.split("]")[0].split()[1] for line in output.splitlines() if "] runs because: " in line]


def once(folder: Path, name: str, make) -> Path:
    """`folder/name`, made by `make(path)` by whichever test process comes first; the others wait for it."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{name}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / f"{name}.failed").exists():
            pytest.fail(f"{name} could not be made; see the first test that wanted it")
        if not (folder / f"{name}.made").exists():
            (folder / f"{name}.failed").touch()
            make(folder / name)
            (folder / f"{name}.failed").rename(folder / f"{name}.made")
    return folder / name


def make_demo(folder: Path) -> None:
    """A project whose mini recipe has run, tiny; what it said is kept in first_run.txt."""
    project = make_project(folder)
    output = run(["egs/mini/copycat2/run.sh", *TINY_CORPUS], project)
    (project / "first_run.txt").write_text(output)


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """A copy of the project whose mini recipe has run, tiny: there is a corpus, a trained model and a page. Delete nothing in exp/."""
    base = tmp_path_factory.getbasetemp()
    return once(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base, "demo", make_demo)


@pytest.fixture
def project(tmp_path):
    """A fresh copy of the project in which nothing has run."""
    return make_project(tmp_path / "project")
