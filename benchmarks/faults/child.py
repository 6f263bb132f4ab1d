"""Work in a child of this process, to be killed, limited and judged by how it ended.

A child is forked after everything is imported (`prepare_for` sees to it), so it costs milliseconds; it is a session of its own, so that a
kill takes its workers along. A kill comes after a time, or at the n-th change of the disk: Python's audit events tell when a file is opened for writing, renamed
or removed, and the kill is at the door of it. The first kind hits where time is spent, the second where files are half made.
"""

from __future__ import annotations

import importlib
import mmap
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tts.cli import main
from tts.errors import UserError

LONGEST = 120.0  # seconds; a child that takes longer hangs
CRASHED = 70  # the exit status of an exception that nobody caught
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link"}


@dataclass(frozen=True)
class Kill:
    """SIGKILL after so many seconds, or before the so manieth change below a folder, whichever is given."""

    seconds: float | None = None
    change: int | None = None


@dataclass(frozen=True)
class End:
    """How a child ended: its exit status (negative: the signal), what it said, how long it took and how often it changed the disk."""

    status: int
    said: str
    seconds: float
    changes: int

    @property
    def killed(self) -> bool:
        return self.status == -signal.SIGKILL

    @property
    def crash(self) -> str | None:
        """Why this end needs mending, None if it does not: good and refused-with-a-sentence are what a user may see."""
        lines = [line for line in self.said.strip().splitlines() if line.strip()]
        if self.status not in (0, 1) or "Traceback (most recent call last)" in self.said:
            return f"status {self.status}: {lines[-1][:300] if lines else 'nothing said'}"
        if self.status == 1 and (not lines or len(lines[-1]) < 20):
            return f"status 1 without a sentence: {lines[-1] if lines else ''}"
        return None


def tts(*words: str | Path) -> Callable[[], int]:
    """The command `tts WORDS`, to be run in a child."""
    return lambda: main([str(word) for word in words])


def called(function: Callable, *args, **more) -> Callable[[], int]:
    """A call of Python's, to be run in a child and to end as a command does."""

    def work() -> int:
        try:
            function(*args, **more)
        except UserError as error:
            print(error, file=sys.stderr)
            return 1
        return 0

    return work


def prepare_for(work: Callable[[], int | None], folder: Path) -> End:
    """Do `work` in a child once, undisturbed; what it had to import is imported here, so that later ones need not."""

    def and_tell() -> int | None:
        status = work()
        print("\0" + " ".join(sys.modules))
        return status

    end = run(and_tell, folder)
    said, _, modules = end.said.partition("\0")
    if end.status:
        raise SystemExit(f"cannot even be done undisturbed:\n{said}")
    for name in modules.split():
        try:
            importlib.import_module(name)
        except Exception:  # made at run time by a library: nothing to import
            continue
    return replace(end, said=said)


def run(work: Callable[[], int | None], folder: Path, kill: Kill = Kill(), limit: Callable[[], None] | None = None) -> End:
    """Do `work` in a child and wait for its end. Changes are counted below `folder`; `limit` is called in the child first."""
    with tempfile.TemporaryFile() as said, mmap.mmap(-1, 8) as counter:
        started = time.monotonic()
        pid = os.fork()
        if pid == 0:
            _live(work, said.fileno(), counter, folder, kill.change, limit)
        status = _wait(pid, started, kill.seconds)
        seconds, changes = time.monotonic() - started, int.from_bytes(counter[:8], "little")
        said.seek(0)
        return End(status, said.read().decode("utf-8", "replace"), seconds, changes)


def _live(work, said: int, counter: mmap.mmap, folder: Path, change: int | None, limit) -> None:
    status = CRASHED
    try:
        os.setsid()
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(said, 1)
        os.dup2(said, 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
        if limit is not None:
            limit()
        sys.addaudithook(_watch(counter, f"{folder}/", change))
        status = work() or 0
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def _watch(counter: mmap.mmap, below: str, change: int | None):
    """The audit hook: counts changes below a folder, and dies before the one that is named."""
    own = os.getpid()

    def hook(event: str, args: tuple) -> None:
        if event != "open" and event not in CHANGES or not str(args[0]).startswith(below) or os.getpid() != own:
            return
        if event == "open" and not args[2] & (os.O_WRONLY | os.O_RDWR):
            return
        count = int.from_bytes(counter[:8], "little") + 1
        counter[:8] = count.to_bytes(8, "little")
        if count == change:
            os.kill(own, signal.SIGKILL)

    return hook


def _wait(pid: int, started: float, kill_after: float | None) -> int:
    """The exit status; kills when it is time, or when it takes too long."""
    deadline = started + (LONGEST if kill_after is None else min(kill_after, LONGEST))
    while True:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            code = os.waitstatus_to_exitcode(status)
            _kill(os.killpg, pid)  # workers that outlived it
            return code
        if time.monotonic() > deadline:
            _kill(os.killpg, pid)
            _kill(os.kill, pid)
            os.waitpid(pid, 0)
            return -signal.SIGKILL if kill_after is not None else -signal.SIGALRM  # the second: it hung
        time.sleep(0.002)


def _kill(how: Callable[[int, int], None], pid: int) -> None:
    try:
        how(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
