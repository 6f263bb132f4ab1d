"""Is a stage done? When it ends well, a marker remembers the contents of all it read, its settings and its script. It must run
again if one of these changed, and then what it wrote is taken away first so that nothing stale survives, or if something it wrote is
gone. A folder that it writes is judged by its number of files, a file that it reads by its content. The code in tts/ is not part
of that: delete what a stage wrote to have it made anew.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tts.errors import UserError
from tts.paths import file_digest
from tts.recipe.stage import Stage, find_script, read_stage, suggest


def flatten(tree: dict, prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def identify(folder: Path, path: str, known: dict[str, dict]) -> Iterator[tuple[str, dict]]:
    """(name, {size, changed, digest}) of a file, or of every file in a folder; nothing if it is not there."""
    place = folder / path
    for file in sorted(place.rglob("*")) if place.is_dir() else [place]:
        if not file.is_file():
            continue
        name, status = os.path.relpath(file, folder), file.stat()
        entry = known.get(name)
        if entry is None or (entry["size"], entry["changed"]) != (status.st_size, status.st_mtime_ns):
            entry = {"size": status.st_size, "changed": status.st_mtime_ns, "digest": file_digest(file)}
        yield name, entry


def count_files(path: Path) -> int:
    if path.is_dir():
        return sum(len(files) for _, _, files in os.walk(path))
    return int(path.is_file())


@dataclass(frozen=True)
class Verdict:
    """Why a stage must run, or None. `stale`: what it wrote comes from something else than what is there now."""

    reason: str | None
    stale: bool = False


class Recipe:
    """The stages and settings of one run.sh, and the folder it works in."""

    def __init__(self, folder: Path, settings: dict[str, str], stage_names: Sequence[str]):
        self.folder = folder
        self.settings = settings
        self.stages = [read_stage(find_script(folder, name), settings) for name in stage_names]
        self.experiment = folder / "exp" / settings["name"]

    def check(self) -> None:
        """Find wrong stage names, configuration keys and header entries before anything runs."""
        for stage in self.chosen():
            self._part(stage.config)

    def chosen(self) -> list[Stage]:
        """The stages from --stage to --stop-stage, each a name or a number."""
        first, last = self._position(self.settings.get("stage")), self._position(self.settings.get("stop_stage"), last=True)
        if first > last:
            raise UserError(f"--stage {self.stages[first].name} comes after --stop-stage {self.stages[last].name}; nothing would run")
        return self.stages[first : last + 1]

    def _position(self, wanted: str | None, last: bool = False) -> int:
        if not wanted:
            return len(self.stages) - 1 if last else 0
        for position, stage in enumerate(self.stages):
            if wanted in (stage.name, str(stage.number)):
                return position
        raise UserError(f"no stage {wanted!r}; {suggest(wanted, [stage.name for stage in self.stages])}")

    def marker(self, stage: Stage) -> Path:
        """Where a finished stage is remembered: with the experiment if it writes there, else with the data that experiments share."""
        own = f"exp/{self.settings['name']}/"
        home = self.experiment if any(path.startswith(own) for path in stage.writes) else self.folder / "data"
        return home / ".done" / f"{stage.name}.json"

    def verdict(self, stage: Stage) -> Verdict:
        """Must the stage run, and why? It is stale if what it depends on changed since it began; then nothing it wrote may stay."""
        marker = self.record(stage)
        if marker is None:
            return Verdict("not done yet")
        change = self._change(stage, marker)
        if change:
            return Verdict(change, stale=True)
        if not marker["finished"]:
            return Verdict("it did not finish last time")
        for path, count in marker["outputs"].items():
            found = count_files(self.folder / path)
            if not found:
                return Verdict(f"{path} is gone")
            if found < count:
                return Verdict(f"{path} holds {found} files of {count}")
        return Verdict(None)

    def _change(self, stage: Stage, marker: dict) -> str | None:
        """The first difference between what the stage depended on and what it would depend on now."""
        now = self.dependencies(stage, marker["inputs"])
        if now["script"] != marker["script"]:
            return f"{stage.script.name} changed"
        for key in ("settings", "config"):
            for name in sorted(now[key].keys() | marker[key].keys()):
                old, new = marker[key].get(name), now[key].get(name)
                if old != new:
                    return f"{name} was {old}, is {new}"
        for path in sorted(now["inputs"].keys() | marker["inputs"].keys()):
            if path not in now["inputs"]:
                return f"{path} is gone"
            if path not in marker["inputs"]:
                return f"{path} is new"
            if now["inputs"][path]["digest"] != marker["inputs"][path]["digest"]:
                return f"{path} changed"
        return None

    def record(self, stage: Stage) -> dict | None:
        """What the marker of a stage says, None if it never began."""
        try:
            return json.loads(self.marker(stage).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def clear(self, stage: Stage) -> str | None:
        """Take away what a stage wrote, in the way its header asks for. Returns where to, if anything was moved."""
        aside = self.experiment / "replaced" / time.strftime("%Y%m%d-%H%M%S")
        moved = False
        for path in stage.writes:
            place = self.folder / path
            if stage.once_made == "update" or not place.resolve().is_relative_to(self.folder.resolve()) or not place.exists():
                continue
            if stage.once_made == "keep":
                (aside / path).parent.mkdir(parents=True, exist_ok=True)
                place.rename(aside / path)
                moved = True
            elif place.is_dir():
                shutil.rmtree(place)
            else:
                place.unlink()
        return os.path.relpath(aside, self.folder) if moved else None

    def dependencies(self, stage: Stage, known: dict[str, dict]) -> dict:
        """All that the stage's result depends on; the digest of a file as old and as long as in `known` is taken from there."""
        return {
            "script": file_digest(stage.script),
            "settings": {name: self.settings[name] for name in stage.settings},
            "config": self._part(stage.config),
            "inputs": {name: entry for path in (*stage.reads, *stage.if_there) for name, entry in identify(self.folder, path, known)},
        }

    def _part(self, names: Sequence[str]) -> dict:
        """Dotted keys and values of these sections, or single values, of the configuration."""
        if not names:
            return {}
        values = dict(flatten(self.configuration))
        parts = {name: {key: value for key, value in values.items() if f"{key}.".startswith(f"{name}.")} for name in names}
        for name, part in parts.items():
            if not part:
                raise UserError(f"a stage's header names {name!r} of the configuration; {suggest(name, [*self.configuration, *values])}")
        return {key: value for part in parts.values() for key, value in part.items()}

    @functools.cached_property
    def configuration(self) -> dict:
        """The whole configuration, defaults included; empty for a run.sh without the setting `config`."""
        if "config" not in self.settings:
            return {}
        from tts.config import load_config
        from tts.config import recipe as schema

        config = load_config(schema.Recipe, [self.folder / self.settings["config"]], self.settings["overrides"].split())
        return json.loads(json.dumps(dataclasses.asdict(config)))

    def environment(self) -> dict[str, str]:
        """What stages see: run.sh's settings, and `configuration`, the options by which commands take it."""
        options = ["--config", self.settings.get("config", "")]
        for override in self.settings.get("overrides", "").split():
            options += ["--set", override]
        return {**os.environ, **self.settings, "configuration": " ".join(options)}
