"""A stage: a short script, recipes/stages/NN_noun.sh unless a recipe has its own in local/. The comment on top of it says what it
does, what it reads and writes, and on which settings and sections of the configuration its result depends:

    #!/usr/bin/env bash
    # A sentence or two that --help shows.
    # reads:    data/corpus/manifest.jsonl
    # if there: data/corpus/truth.jsonl
    # writes:   data/text/manifest.jsonl data/text/phones.json
    # settings: seed
    # config:   features.hop_samples training
    # runs by:  cpu_cmd
    # once made: keep
"""

from __future__ import annotations

import difflib
import string
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tts.errors import UserError
from tts.paths import repository_root

HEADER_KEYS = ("reads", "if there", "writes", "settings", "config", "runs by", "once made")


@dataclass(frozen=True)
class Stage:
    """A stage of this recipe with `$name` and the like filled in. Paths are relative to the recipe's folder; folders end in a slash.

    if_there  what it reads as well where it is there
    settings  names of run.sh's settings that decide what comes out
    config    sections (training) and values (features.hop_samples) of the configuration that do
    launcher  the variable of cmd.sh that holds the command to put in front, or ""
    once_made what becomes of the result when it must be made anew: "" it is deleted first; "keep", it is dear and moved to
              exp/NAME/replaced/; "update", the command brings it up to date itself
    """

    number: int
    name: str
    summary: str
    reads: tuple[str, ...]
    if_there: tuple[str, ...]
    writes: tuple[str, ...]
    settings: tuple[str, ...]
    config: tuple[str, ...]
    launcher: str
    once_made: str
    script: Path

    @property
    def label(self) -> str:
        return f"{self.number} {self.name}"

    def makes(self, path: str) -> bool:
        return any(path == written or (written.endswith("/") and path.startswith(written)) for written in self.writes)


def read_stage(script: Path, settings: dict[str, str]) -> Stage:
    """The stage that the comment on top of a script describes."""
    header: dict[str, list[str]] = {key: [] for key in ("summary", *HEADER_KEYS)}
    key = "summary"
    for line in script.read_text(encoding="utf-8").splitlines()[1:]:
        if not line.startswith("#"):
            break
        text = line.lstrip("# ").rstrip()
        name, colon, rest = text.partition(":")
        if colon and name in HEADER_KEYS:
            key, text = name, rest
        header[key].append(text.strip())
    words = {key: tuple(fill(" ".join(lines), settings, script).split()) for key, lines in header.items()}
    unknown = [name for name in words["settings"] if name not in settings]
    if unknown:
        raise UserError(f"{script}: depends on the setting {unknown[0]}, which run.sh does not have; add the line {unknown[0]}=... to run.sh")
    number, _, name = script.stem.partition("_")
    return Stage(int(number), name, " ".join(header["summary"]), words["reads"], words["if there"], words["writes"], words["settings"], words["config"],
                 "".join(words["runs by"]), "".join(words["once made"]), script)


def fill(text: str, settings: dict[str, str], where: Path) -> str:
    """`text` with $setting replaced."""
    try:
        return string.Template(text).substitute(settings)
    except (KeyError, ValueError) as error:
        raise UserError(f"{where}: {error} in its header is no setting of run.sh; known: {', '.join(settings)}") from None


def find_script(folder: Path, name: str) -> Path:
    """The script of a stage: this recipe's own, else its corpus's (both in a folder local/), else the one that all recipes share."""
    homes = (folder / "local", folder.parent / "local", repository_root() / "recipes" / "stages")
    for home in homes:
        found = sorted(home.glob(f"[0-9][0-9]_{name}.sh"))
        if found:
            return found[0]
    names = sorted({path.stem.partition("_")[2] for home in homes for path in home.glob("[0-9][0-9]_*.sh")})
    raise UserError(f"run.sh names a stage {name!r} that has no script in local/ or recipes/stages/; {suggest(name, names)}")


def suggest(wanted: str, known: Sequence[str]) -> str:
    """The end of a sentence about a name that does not exist."""
    near = difflib.get_close_matches(wanted, known, n=1)
    return f"did you mean {near[0]}? (known: {', '.join(known)})" if near else f"known: {', '.join(known)}"
