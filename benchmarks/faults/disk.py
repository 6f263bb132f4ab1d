"""A disk that is full in the middle of an extraction, a training, a rating: it ends in a sentence, and when there is room again it goes on
to what would have been without.

Where this user may mount one, the disk is a tmpfs of its own, filled but for a random rest. Where not, files may not grow beyond a random
size (RLIMIT_FSIZE), which is told to programs in the same place, as another error.
"""

from __future__ import annotations

import contextlib
import os
import random
import resource
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults.child import called, prepare_for, run
from benchmarks.faults.killed import differing, every_byte, trained
from benchmarks.faults.line import Line
from benchmarks.faults.rating import LISTENERS, Listener, judge, let_in, serving
from benchmarks.faults.tally import Tally
from tests.mushra.sounds import quick_test
from tts.mushra.folder import Test

MEGABYTES = 64
SENTENCE = "no room"  # as tts/errors.py and the listening server call it
BLOCK = 4096


@dataclass
class Disk:
    """A folder whose room can be taken away and given back; without a mount, room is what a single file may take."""

    folder: Path
    mounted: bool
    largest: int | None = None

    def fill(self, rest: int) -> None:
        """Leave so many bytes."""
        if not self.mounted:
            self.largest = rest
            return
        with open(self.folder / "filling", "wb", buffering=0) as file:
            free = os.statvfs(self.folder).f_bavail * BLOCK - rest
            with contextlib.suppress(OSError):
                os.posix_fallocate(file.fileno(), 0, max(free, 1))

    def clear(self) -> None:
        self.largest = None
        (self.folder / "filling").unlink(missing_ok=True)

    def limit(self) -> None:
        """Called in the child."""
        if self.largest is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.largest, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))

    @property
    def name(self) -> str:
        return "tmpfs" if self.mounted else "limit of a file's size"


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """A disk of its own on `folder` where that is allowed."""
    folder.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)], capture_output=True, check=False)
    try:
        yield Disk(folder, mount.returncode == 0)
    finally:
        if mount.returncode == 0:
            subprocess.run(["umount", str(folder)], check=True)


def disk(line: Line, tries: int, rng: random.Random, work: Path) -> Iterator[Tally]:
    """Each of the three, `tries` times."""
    with small_disk(work / "disk") as found:
        yield _filled(f"extraction, disk full ({found.name})", line.extract, every_byte, found, tries, rng, work)
        yield _filled(f"training, disk full ({found.name})", line.train, trained, found, tries, rng, work)
        yield _rating(found, tries, rng)


def _filled(part: str, command, result, found: Disk, tries: int, rng: random.Random, work: Path) -> Tally:
    whole = work / part.split(",")[0]
    prepare_for(command(whole), whole)
    expected, tally, target = result(whole), Tally(part), found.folder / "made"
    sizes = [path.stat().st_size for path in whole.rglob("*") if path.is_file()]
    for _ in range(tries):
        rest = rng.randint(0, sum(sizes) if found.mounted else max(sizes))
        found.fill(rest)
        end = run(command(target), target, limit=found.limit)
        tally.tries += 1
        tally.hits += end.status != 0
        found.clear()
        if end.crash or end.status and SENTENCE not in end.said:
            tally.crashes.append(f"{rest} bytes left: {end.crash or end.said.strip().splitlines()[-1][:300]}")
        again = run(command(target), target) if end.status else end
        if again.status:
            tally.losses.append(f"{rest} bytes left, then room: {again.said.strip().splitlines()[-1][:300]}")
        elif wrong := differing(expected, result(target)):
            tally.losses.append(f"{rest} bytes left, then room: {', '.join(wrong[:5])} differ")
        subprocess.run(["rm", "-rf", str(target)], check=True)
    return tally.done()


def _rating(found: Disk, tries: int, rng: random.Random) -> Tally:
    """The server stays up, says to the listener's page that it could not keep an answer, and keeps the next when there is room."""
    prepare_for(called(quick_test, found.folder, listeners=12, inline=False), found.folder)
    test, tally, everybody = Test.open(found.folder / "test"), Tally(f"rating, disk full ({found.name})"), []
    letters = test.rated_letters()
    for _ in range(tries):
        present = [Listener(len(everybody) + n) for n in range(LISTENERS)]
        everybody += present
        rest = rng.randint(0, 40 * BLOCK)
        with serving(test, found.folder, found.limit) as (port, _pid):
            found.fill(rest)
            for thread in let_in(present, port, letters):
                thread.join()
            tally.tries += 1
            tally.hits += any(one.refusal for one in present)
            for one in present:
                if not one.finished and SENTENCE not in (one.refusal or ""):
                    tally.crashes.append(f"{rest} bytes left: the listener was told {one.refusal}")
                one.refusal = None
            judge(tally, test, everybody)
            found.clear()
            if not found.mounted:
                continue  # a limit cannot be lifted from outside
            for thread in let_in([one for one in present if not one.finished], port, letters):
                thread.join()
            if waiting := [one.refusal for one in present if not one.finished]:
                tally.losses.append(f"{rest} bytes left, then room: and yet refused: {waiting[0]}")
        judge(tally, test, everybody, complete=False)
    return tally.done()

