"""What an experiment's stages did, how long they took, and with which command: the last run of each, from stages.jsonl."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class StageRun:
    """One stage's last run; `commit` ends in + where the code had local changes; `machine` is "" where it was not written down."""

    stage: str
    seconds: float
    facts: str
    command: str
    commit: str
    machine: str


def stage_runs(experiment: Path) -> list[StageRun]:
    """The last run of each stage, in the order in which they ran; [] where no recipe ran."""
    path = experiment / "stages.jsonl"
    if not path.is_file():
        return []
    last: dict[str, StageRun] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        last.pop(row["stage"], None)
        commit = row["commit"] + ("+" if row["modified"] else "")
        last[row["stage"]] = StageRun(row["stage"], row["seconds"], row["facts"], row["command"].strip(), commit, row.get("machine", ""))
    return list(last.values())
