"""What run.sh can ask for: run the stages, say what would run, help, the nearest name. Settings come in the environment."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import re
import shlex
import sys
import textwrap
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

from tts.corpus.manifest import atomic_writer
from tts.errors import UserError
from tts.recipe.history import History
from tts.recipe.logged import run_logged
from tts.recipe.stage import Stage, suggest
from tts.recipe.state import Recipe, Verdict, count_files


@contextmanager
def only_one(marker: Path):
    """Two runs that share a stage take turns; the second finds it done."""
    marker.parent.mkdir(parents=True, exist_ok=True)
    with open(marker.with_suffix(".lock"), "a", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"another run works on stage {marker.stem}; waiting for it", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def advise_missing(recipe: Recipe, path: str) -> str:
    for stage in recipe.stages:
        if stage.makes(path):
            return f"run the stage that writes it first: --stage {stage.name}"
    return "put it there, or name another in run.sh"


def mark(recipe: Recipe, stage: Stage, dependencies: dict, state: dict) -> None:
    with atomic_writer(recipe.marker(stage)) as file:
        json.dump({**state, **dependencies}, file, indent=1)


def run_stage(recipe: Recipe, stage: Stage, verdict: Verdict, history: History) -> None:
    """Run one stage with its log; its marker is written before, as begun, and after, as finished."""
    kept = recipe.clear(stage) if verdict.stale else None
    dependencies = recipe.dependencies(stage, {})
    mark(recipe, stage, dependencies, {"finished": None})
    log = recipe.experiment / "log" / f"{stage.script.stem}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    history.begin()
    print(f"[{stage.label}] {stage.summary}\n[{stage.label}] runs because: {verdict.reason}; log: {log.relative_to(recipe.folder)}", flush=True)
    if kept:
        print(f"[{stage.label}] the earlier result is now in {kept}", flush=True)
    launcher = shlex.split(os.environ.get(stage.launcher, "")) if stage.launcher else []
    started = time.monotonic()
    status, facts = run_logged([*launcher, "bash", str(stage.script)], recipe.folder, recipe.environment(), log)
    seconds = round(time.monotonic() - started, 1)
    if status:
        raise UserError(f"stage {stage.name} failed after {seconds:.0f} s with exit status {status}; its messages are above and in {log}. "
                        f"When mended, run the same command again: finished stages are not repeated")
    absent = [path for path in stage.writes if not count_files(recipe.folder / path)]
    if absent:
        raise UserError(f"stage {stage.name} ended without an error but did not write {', '.join(absent)}; see {log}")
    outputs = {path: count_files(recipe.folder / path) for path in stage.writes}
    row = {"stage": stage.name, "finished": time.strftime("%Y-%m-%d %H:%M:%S"), "seconds": seconds, "facts": facts}
    mark(recipe, stage, dependencies, {**row, "outputs": outputs})
    history.add({**row, "why": verdict.reason})
    print(f"[{stage.label}] took {seconds:.0f} s", flush=True)


def run_stages(recipe: Recipe, command: str) -> None:
    """Run what must run, in order."""
    history = History(recipe, command)
    for stage in recipe.chosen():
        with only_one(recipe.marker(stage)):
            verdict = recipe.verdict(stage)
            if verdict.reason is None:
                print(f"[{stage.label}] done already: {recipe.record(stage)['facts']}", flush=True)
                continue
            missing = [path for path in stage.reads if not (recipe.folder / path).exists()]
            if missing:
                raise UserError(f"stage {stage.name} reads {missing[0]}, which is not there; {advise_missing(recipe, missing[0])}")
            run_stage(recipe, stage, verdict, history)


def dry_run(recipe: Recipe) -> None:
    """Say of each stage whether it would run and why; changes nothing."""
    would_run: list[Stage] = []
    for stage in recipe.chosen():
        reason = recipe.verdict(stage).reason
        upstream = [(other.name, path) for other in would_run for path in (*stage.reads, *stage.if_there) if other.makes(path)]
        if reason is None and upstream:
            reason = "only if {} gives another {}".format(*upstream[0])
        print(f"[{stage.label}] " + (f"would run: {reason}" if reason else f"done already: {recipe.record(stage)['facts']}"))
        if reason:
            would_run.append(stage)


def show_help(recipe: Recipe, script: Path) -> None:
    """What run.sh is, its stages, and its options with their defaults."""
    lines = script.read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        if not line.startswith("#"):
            break
        print(line.lstrip("# "))
    print("\nStages (--stage and --stop-stage take a name or a number):")
    for stage in recipe.stages:
        print(f"  {stage.label}: {stage.summary}")
        for what, files in (("reads ", (*stage.reads, *(f"{path} (if there)" for path in stage.if_there))), ("writes", stage.writes)):
            print(textwrap.fill(" ".join(files) or "nothing", 120, initial_indent=f"      {what}  ", subsequent_indent=" " * 14, break_on_hyphens=False))
    print("\nOptions:")
    for line in lines:
        setting = re.match(r"([a-z][a-z0-9_]*)=(.*?)(?:\s+#\s*(.*))?$", line)
        if setting and setting[1] in recipe.settings:
            print(f"  --{setting[1].replace('_', '-')} {setting[2] or '...'}".ljust(32) + f"  {setting[3] or ''}")
    print("  --help".ljust(32) + "  this text")


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="run.sh", description=__doc__)
    parser.add_argument("action", choices=("run", "help", "nearest"))
    parser.add_argument("names", nargs="+", help="run, help: the stages in order; nearest: a word and what it could mean")
    parser.add_argument("--settings", default="", help="names of run.sh's settings, whose values are in the environment")
    parser.add_argument("--script", type=Path, default=Path("run.sh"))
    parser.add_argument("--command", default="./run.sh", help="what the user typed")
    args = parser.parse_args(argv)
    if args.action == "nearest":
        print(suggest(args.names[0], args.names[1:]))
        return 0
    try:
        settings = {name: os.environ.get(name, "") for name in args.settings.split()}
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", settings.get("name", "")):
            raise UserError(f"--name {settings.get('name', '')!r} names a folder below exp/: letters, digits, '_', '-', '.' only")
        recipe = Recipe(args.script.resolve().parent, settings, args.names)
        if args.action == "help":
            show_help(recipe, args.script)
            return 0
        recipe.check()
        if settings.get("dry_run") == "true":
            dry_run(recipe)
        else:
            run_stages(recipe, args.command)
    except UserError as error:
        print(f"run.sh: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("run.sh: interrupted; the same command continues where it stopped", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
