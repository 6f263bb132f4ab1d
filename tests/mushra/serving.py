"""A served listening test in a process of its own, and what a listener's browser would send to it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.helpers.project import ROOT


class Server:
    """`tts mushra serve FOLDER`, on a free port if none is named, until the block ends."""

    def __init__(self, folder: Path, port: int = 0):
        self.folder, self.port = folder, port

    def __enter__(self) -> Server:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tts.cli", "mushra", "serve", str(self.folder), "--port", str(self.port)],
            cwd=ROOT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        line = self.process.stdout.readline()
        if "http://127.0.0.1:" not in line:
            raise AssertionError(line + self.process.stdout.read())
        self.address = line.split()[1]
        self.port = int(self.address.split(":")[2].strip("/"))
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

    def get(self, path: str) -> tuple[int, bytes]:
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def post(self, path: str, body, content_type: str = "application/json") -> tuple[int, object]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.connection.request("POST", path, data, {"Content-Type": content_type})
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if answer.status == 200 else text.decode()
