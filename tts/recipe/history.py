"""The record beside the experiment: command.sh has every command that ran something and can be run again; stages.jsonl has the facts of each run."""

from __future__ import annotations

import json
import shlex
import subprocess
import time

from tts import command_line, machine
from tts.paths import repository_root
from tts.recipe.state import Recipe


def git_state() -> dict:
    """The commit that runs, and whether the working tree differs from it."""
    def git(*words: str) -> str:
        return subprocess.run(["git", *words], cwd=repository_root(), capture_output=True, text=True, check=False).stdout.strip()

    try:
        return {"commit": git("rev-parse", "--short=12", "HEAD") or "unknown", "modified": bool(git("status", "--porcelain", "--untracked-files=no"))}
    except FileNotFoundError:  # no git on this machine
        return {"commit": "unknown", "modified": False}


def provenance() -> dict:
    """When, by which commit, with which command line and on which machine a result is made: date, commit, modified, command, machine."""
    return {"date": time.strftime("%Y-%m-%d"), **git_state(), "command": command_line.typed(), "machine": machine.describe()}


def in_words(facts: dict) -> str:
    """What `provenance` says of code and machine: commit 1234abcd with local changes, on Some Processor, 2 cores, 8 GB."""
    changes, where = " with local changes" if facts["modified"] else "", f", on {facts['machine']}" if facts.get("machine") else ""
    return f"commit {facts['commit']}{changes}{where}"


class History:
    """The record beside the experiment: command.sh (every command that ran something, can be run again), stages.jsonl (facts of each run)."""

    def __init__(self, recipe: Recipe, command: str):
        self.recipe = recipe
        self.command = command
        self.git: dict = {}

    def begin(self) -> None:
        """Write the command down, once, when the first stage really runs."""
        if self.git:
            return
        self.git = {**git_state(), "machine": machine.describe()}
        path = self.recipe.experiment / "command.sh"
        path.parent.mkdir(parents=True, exist_ok=True)
        new = not path.exists()
        with open(path, "a", encoding="utf-8") as file:
            if new:
                file.write('#!/usr/bin/env bash\n# What was run to make this experiment, oldest first.\nset -euo pipefail\n'
                           'cd "$(dirname "${BASH_SOURCE[0]}")/../.."\n')
            settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in self.recipe.settings.items())
            file.write(f"\n# {time.strftime('%Y-%m-%d %H:%M:%S')}, commit {self.git['commit']}"
                       f"{' with local changes' if self.git['modified'] else ''}\n# {settings}\n{self.command}\n")

    def add(self, row: dict) -> None:
        with open(self.recipe.experiment / "stages.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps({**row, **self.git, "command": self.command}, ensure_ascii=False) + "\n")
