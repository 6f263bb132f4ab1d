"""`tts mushra serve`, killed while listeners rate: every rating that was acknowledged is there, once, and listeners go on where they were."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import re
import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.faults.child import called, prepare_for, tts
from benchmarks.faults.line import Line
from benchmarks.faults.tally import Tally
from tests.helpers.serving import Client
from tests.mushra.sounds import quick_test
from tts.mushra.folder import Test

LISTENERS = 4  # at a time
GONE = (OSError, http.client.HTTPException)  # what a listener's page meets when the server is dead


@dataclass
class Listener:
    """Somebody who rates every sound of every page, in order, as long as the server answers."""

    seed: int
    session: str | None = None
    sent: dict[tuple[str, str], float] = field(default_factory=dict)
    acknowledged: dict[tuple[str, str], float] = field(default_factory=dict)
    finished: bool = False
    refusal: str | None = None  # what the server answered in place of keeping something

    def listen(self, port: int, letters: dict[str, list[str]]) -> None:
        client = Client(port)
        try:
            if self.session is None:
                self.session = self._ask(client, "/session", {"questionnaire": {}})["session"]
            dice = random.Random(self.seed)
            for place in [(item, letter) for item in letters for letter in letters[item]]:
                score = self.sent.setdefault(place, float(dice.randint(0, 100)))
                if place not in self.acknowledged:
                    self._ask(client, "/ratings", {"session": self.session, "ratings": [
                        {"item": place[0], "letter": place[1], "score": score, "seconds": 1.5, "comment": "", "plays": 1}]})
                    self.acknowledged[place] = score
            self._ask(client, "/finish", {"session": self.session})
            self.finished = True
        except (*GONE, Refused):
            pass  # comes back
        finally:
            client.connection.close()

    def _ask(self, client: Client, path: str, body: dict) -> dict:
        status, answer = client.post(path, body)
        if status != 200:
            self.refusal = f"{path}: {status} {answer}"
            raise Refused
        return answer


class Refused(Exception):
    """The server is there and did not keep an answer."""


def rating(line: Line, tries: int, rng: random.Random, work: Path) -> Iterator[Tally]:
    """Kill the server `tries` times, each time while somebody rates."""
    prepare_for(called(quick_test, work, listeners=12), work)
    test, tally, everybody = Test.open(work / "test"), Tally("rating, server killed"), []
    letters = test.rated_letters()
    while tally.hits < tries and not tally.crashes:
        present = [one for one in everybody if not one.finished][:LISTENERS]
        present += [Listener(len(everybody) + n) for n in range(LISTENERS - len(present))]
        everybody += [one for one in present if one not in everybody]
        with serving(test, work) as (port, pid):
            threads = let_in(present, port, letters)
            time.sleep(rng.uniform(0, 0.4))
            busy = any(thread.is_alive() for thread in threads)
            os.kill(pid, signal.SIGKILL)
            for thread in threads:
                thread.join()
        tally.tries += 1
        tally.hits += busy
        judge(tally, test, everybody)
    with serving(test, work) as (port, pid):
        while waiting := [one for one in everybody if not one.finished][:LISTENERS]:
            for thread in let_in(waiting, port, letters):
                thread.join()
            if refused := [one.refusal for one in waiting if one.refusal]:
                tally.crashes.append(f"undisturbed, and yet refused: {refused[0]}")
                break
    judge(tally, test, everybody, complete=not tally.crashes)
    yield tally.done()


@contextlib.contextmanager
def serving(test: Test, work: Path, limit=None) -> Iterator[tuple[int, int]]:
    """The test, served by a child: (port, process)."""
    said = work / "said.txt"
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 1)
        os.dup2(1, 2)
        if limit is not None:
            limit()
        os._exit(tts("mushra", "serve", test.folder, "--port", 0)() or 0)
    try:
        until = time.monotonic() + 60
        while not (found := re.search(r"http://127\.0\.0\.1:(\d+)/", said.read_text() if said.exists() else "")):
            if time.monotonic() > until or os.waitpid(pid, os.WNOHANG)[0]:
                raise SystemExit(f"the server does not start:\n{said.read_text()}")
            time.sleep(0.01)
        yield int(found[1]), pid
    finally:
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        said.unlink(missing_ok=True)


def let_in(listeners: list[Listener], port: int, letters: dict[str, list[str]]) -> list[threading.Thread]:
    threads = [threading.Thread(target=one.listen, args=(port, letters)) for one in listeners]
    for thread in threads:
        thread.start()
    return threads


def judge(tally: Tally, test: Test, everybody: list[Listener], complete: bool = False) -> None:
    """Hold what the database has against what listeners were told."""
    with contextlib.closing(sqlite3.connect(test.database)) as database:
        rows = database.execute("select session, item, letter, score from ratings").fetchall()
        finished = {row[0] for row in database.execute("select session from sessions where finished is not null")}
    kept = {row[:3]: row[3] for row in rows}
    if len(kept) != len(rows):
        tally.losses.append(f"try {tally.tries}: {len(rows) - len(kept)} ratings stand twice")
    for one in everybody:
        if missing := [place for place, score in one.acknowledged.items() if kept.get((one.session, *place)) != score]:
            tally.losses.append(f"try {tally.tries}: acknowledged and not there: {missing[:3]} of session {one.session}")
        if one.finished and one.session not in finished:
            tally.losses.append(f"try {tally.tries}: session {one.session} was finished and is not")
    sent = {(one.session, *place): score for one in everybody for place, score in one.sent.items()}
    if strange := [place for place, score in kept.items() if sent.get(place) != score]:
        tally.losses.append(f"try {tally.tries}: {len(strange)} ratings that nobody gave, such as {strange[0]}")
    if complete and len(kept) != len(sent):
        tally.losses.append(f"{len(kept)} ratings in the end, {len(sent)} were given")
