"""What tools/install.sh says when a machine lacks something, on a copy without an environment; and that pins and metadata agree."""

import configparser
import re
import shutil
import subprocess

import pytest

from tests.helpers.project import ROOT

NEEDED = ("bash", "cat", "cksum", "dirname", "flock", "mkdir", "rm", "sed", "tail")


@pytest.fixture
def install(tmp_path):
    """Runs a copy of install.sh on a machine that has only `programs`: name → bash that stands for it."""
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    for name in ("setup.cfg", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "bin").mkdir()
    for name in NEEDED:
        if found := shutil.which(name):
            (tmp_path / "bin" / name).symlink_to(found)

    def call(status: int, variables: dict[str, str] | None = None, **programs: str) -> str:
        for name, body in programs.items():
            path = tmp_path / "bin" / name
            path.write_text(f"#!/usr/bin/env bash\n{body}\n".replace("/usr/bin/env bash", shutil.which("bash")))
            path.chmod(0o755)
        answer = subprocess.run([tmp_path / "tools/install.sh"], env={"PATH": str(tmp_path / "bin"), **(variables or {})}, text=True, check=False,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert answer.returncode == status, answer.stdout
        return answer.stdout

    return call


def test_no_python(install):
    output = install(1, python3='[ "$1" = --version ] && echo Python 3.8.1')
    assert "no Python >= 3.10 found (python3 is Python 3.8.1)" in output and "PYTHON=/path/to/python3 make install" in output


def test_a_wrong_python_is_named(install):
    assert "PYTHON=nonsense is no Python >= 3.10" in install(1, {"PYTHON": "nonsense"})


def test_no_venv_module(install):
    output = install(1, python3='[ "$2" != venv ] || { echo "ensurepip is not available"; exit 1; }')
    assert "ensurepip is not available" in output and "install the package python3-venv" in output


def test_no_compiler(install, tmp_path):
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(tmp_path / "bin/python3")
    assert "no C compiler found" in install(1, python3="exit 0")


def test_failing_pip_shows_the_end_of_its_log(install, tmp_path):
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(tmp_path / "bin/python3")
    output = install(1, cc="exit 0", python3='[ "$2" != pip ] || { echo "No matching distribution"; exit 1; }')
    assert "No matching distribution" in output and "pip could not install the above" in output
    assert not (tmp_path / ".venv/installed").exists()


def test_what_is_installed_already_is_left_alone(install, tmp_path):
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(tmp_path / "bin/python3")
    assert "done in" in install(0, cc="exit 0", python3='echo "$@" >> calls')
    before = (tmp_path / "calls").read_text()
    assert "torch==2" in before and "check_install.py" in before
    assert install(0) == ""
    assert "pip" not in (tmp_path / "calls").read_text().removeprefix(before)  # only asked for its version
    with open(tmp_path / "tools/constraints.txt", "a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert "done in" in install(0)


def test_every_dependency_is_pinned():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    wanted = [config["options"]["install_requires"], *config["options.extras_require"].values()]
    names = {re.match(r"[\w-]+", line)[0] for text in wanted for line in text.split("\n") if line.strip() and not line.startswith("#")}
    pinned = {re.match(r"[\w-]+", line)[0] for line in (ROOT / "tools/constraints.txt").read_text().splitlines() if line[:1].isalpha()}
    assert names - pinned <= {"pocketsphinx"}, "name a version in tools/constraints.txt"  # whose versions differ from Python to Python
