"""Running a program so that a person sees what it says, progress bars included, and a log keeps it in plain lines with the time."""

from __future__ import annotations

import codecs
import fcntl
import os
import re
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path


class Tee:
    """Passes bytes on to the screen as they come and whole lines, with the time, to the log; of a progress bar the log gets the last state."""

    def __init__(self, screen, log):
        self.screen = screen
        self.log = log
        self.rest = b""
        self.last = ""

    def drain(self, descriptor: int) -> None:
        """Copy until the other side closes."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while True:
            try:
                chunk = os.read(descriptor, 65536)
            except OSError:  # how a terminal says that nobody is left on the other side
                chunk = b""
            if not chunk:
                break
            self.screen.write(decoder.decode(chunk))
            self.screen.flush()
            *lines, self.rest = (self.rest + chunk).split(b"\n")
            for line in lines:
                self._keep(line)
        if self.rest:
            self._keep(self.rest)

    def _keep(self, line: bytes) -> None:
        text = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", line.decode("utf-8", "replace").rstrip("\r")).rpartition("\r")[2].rstrip()
        if text:
            self.last = text
            self.log.write(f"{time.strftime('%H:%M:%S')} {text}\n")
            self.log.flush()


def copy_size(source: int, target: int) -> None:
    """Give a pseudo-terminal the width of the real one, for progress bars."""
    import termios

    fcntl.ioctl(target, termios.TIOCSWINSZ, fcntl.ioctl(source, termios.TIOCGWINSZ, b"\0" * 8))


def run_logged(command: Sequence[str], folder: Path, environment: dict[str, str], log: Path) -> tuple[int, str]:
    """Run `command`; what it says goes to the screen as it is and to the log with the time. Returns exit status and last line of stdout."""
    with open(log, "a", encoding="utf-8") as file:
        file.write(f"==== {time.strftime('%Y-%m-%d %H:%M:%S')} {shlex.join(command)}\n")
        terminal = sys.stderr.isatty()
        error_end, child_error = os.openpty() if terminal else os.pipe()  # a terminal gets progress bars, a file plain lines
        if terminal:
            copy_size(sys.stderr.fileno(), child_error)
        child = subprocess.Popen(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=child_error)
        os.close(child_error)
        out, errors = Tee(sys.stdout, file), Tee(sys.stderr, file)
        reader = threading.Thread(target=errors.drain, args=(error_end,))
        reader.start()
        try:
            out.drain(child.stdout.fileno())
            status = child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()
            reader.join()
            os.close(error_end)
        file.write(f"==== exit status {status}\n")
    return status, out.last
