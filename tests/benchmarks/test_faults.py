"""The fault benchmark in its quick form: every part, a few faults each, on one tiny line that is made once. Nothing is lost, nothing
crashes, and the faults did hit."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.faults.child import Kill, run
from tests.helpers.project import ROOT, once

TRIES = {"training": 3, "extraction": 3, "augmentation": 3, "rating": 3, "disk": 2, "truncated": 4, "hostile": 2}
MAKE = "from pathlib import Path; import sys; from benchmarks.faults.line import make\nif __name__ == '__main__': make(Path(sys.argv[1]) / 'line')\n"


def make_line(folder: Path) -> None:
    folder.mkdir()
    (folder / "make.py").write_text(MAKE)  # a file: what starts processes of its own reads it again
    subprocess.run([sys.executable, str(folder / "make.py"), str(folder)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    base = tmp_path_factory.getbasetemp()
    return once(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base, "faults", make_line)


@pytest.mark.parametrize("part", TRIES)
def test_nothing_is_lost_and_every_end_is_a_sentence(part, work):
    done = subprocess.run([sys.executable, "-m", "benchmarks.faults", "--part", part, "--tries", str(TRIES[part]), "--work", str(work)],
                          cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines() if line.startswith("|")][2:]
    assert rows and all(int(tries) >= TRIES[part] and (losses, crashes) == ("0", "0") for _, tries, _, losses, crashes, _ in rows)
    assert all(int(hits) > 0 for _, _, hits, *_ in rows if part not in ("truncated", "hostile")) and any(int(row[2]) for row in rows)


def test_losses_and_crashes_are_seen(tmp_path):
    """The benchmark's own eyes: a traceback is a crash, a sentence is none, and a kill comes before the change that it is meant for."""

    def fail():
        raise RuntimeError("nobody caught me")

    def say():
        print("made.json: not JSON; make it again")
        return 1

    def write():
        for number in range(3):
            (tmp_path / f"{number}").write_text("x")

    assert "nobody caught me" in run(fail, tmp_path).crash
    assert run(say, tmp_path).crash is None and run(lambda: 1, tmp_path).crash
    assert run(write, tmp_path / "other").changes == 0
    for number in range(3):
        (tmp_path / f"{number}").unlink()
    killed = run(write, tmp_path, Kill(change=3))
    assert killed.killed and killed.changes == 3 and sorted(path.name for path in tmp_path.iterdir()) == ["0", "1"]
    assert run(write, tmp_path).changes == 3
