#!/usr/bin/env python3
"""Write RESULTS.md beside a recipe's run.sh, from what its experiment has measured: the table of the evaluation, the claims where they
were checked, the aligner against the truth where the corpus has one, and what every stage did and took.

    python tools/publish_results.py egs/mini/base            # experiment exp/base
    python tools/publish_results.py egs/cc0/base --name cpu
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from tts.corpus.manifest import atomic_writer


def stages(experiment: Path) -> list[dict]:
    """The last run of each stage, in the order of the line."""
    last: dict[str, dict] = {}
    for line in (experiment / "stages.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        last.pop(row["stage"], None)
        last[row["stage"]] = row
    return list(last.values())


def alignment_against_truth(recipe: Path) -> str:
    """What `tts align evaluate` says, or nothing where the truth is not known."""
    if not (recipe / "data/corpus/truth.jsonl").is_file():
        return ""
    words = ["align", "evaluate", "data/alignment/manifest.jsonl", "--truth", "data/corpus/truth.jsonl"]
    said = subprocess.run([sys.executable, "-m", "tts.cli", *words], cwd=recipe, capture_output=True, text=True, check=True).stdout
    return f"## The aligner against the truth\n\n`tts {' '.join(words)}`\n\n```text\n{said.strip()}\n```\n\n"


def claims(experiment: Path) -> str:
    """What `tts evaluate claims` found, of the test sentences and of sources whom the model never heard; nothing where it was not asked."""
    parts = []
    for folder, of in ((experiment / "claims", ""), (experiment / "unseen" / "claims", ", sources whom the model never heard")):
        if (folder / "claims.md").is_file():
            heading, _, rest = (folder / "claims.md").read_text(encoding="utf-8").rstrip().partition("\n")
            parts.append(f"{heading}{of}\n{rest}\n\n")
    return "".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", type=Path, help="folder of run.sh")
    parser.add_argument("--name", help="experiment; default: the recipe's own name")
    args = parser.parse_args()
    own_name = args.recipe.resolve().name
    name = args.name or own_name
    experiment = args.recipe / "exp" / name
    results = (experiment / "RESULTS.md").read_text(encoding="utf-8")
    results = results.replace("all commands of the experiment: [command.sh](command.sh)", f"experiment `exp/{name}`")
    rows = stages(experiment)
    table = "\n".join(f"| {row['stage']} | {row['seconds']:.0f} | {row['facts']} |" for row in rows)
    total = sum(row["seconds"] for row in rows)
    with atomic_writer(args.recipe / "RESULTS.md") as file:
        file.write(f"{results.rstrip()}\n\n{claims(experiment)}{alignment_against_truth(args.recipe)}## The stages\n\n"
                   f"All together {total:.0f} s, without installing. Written by `python tools/publish_results.py {args.recipe}"
                   f"{'' if name == own_name else f' --name {name}'}`.\n\n| stage | seconds | facts |\n| --- | --- | --- |\n{table}\n")


if __name__ == "__main__":
    main()
