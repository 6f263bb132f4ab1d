"""A command of ours that serves a page, in a process of its own, and what a browser would send to it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.helpers.project import ROOT


class Server:
    """`tts ARGUMENTS`, on a free port if none is named, until the block ends."""

    def __init__(self, *arguments: str | Path, port: int = 0):
        self.arguments, self.port = [str(argument) for argument in arguments], port

    def __enter__(self) -> Server:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tts.cli", *self.arguments, "--port", str(self.port)],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        said = ""
        while not (found := re.search(r"http://127\.0\.0\.1:(\d+)/", said)):
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError(said)
            said += line
        self.address, self.port = found[0], int(found[1])
        return self

    def __exit__(self, *error) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def stop(self) -> tuple[int, str]:
        """Ctrl-C: the exit status and what was said."""
        self.process.send_signal(signal.SIGINT)
        said = self.process.stdout.read()
        return self.process.wait(timeout=10), said


class Client:
    """One connection to a server."""

    def __init__(self, port: int):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def post(self, path: str, body, content_type: str = "application/json", **headers: str) -> tuple[int, object]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.connection.request("POST", path, data, {"Content-Type": content_type, **headers})
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if answer.status == 200 else text.decode()
