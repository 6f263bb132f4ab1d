"""Peak memory of the text and features stages on one, four and sixteen copies of a corpus: does it grow with the corpus?

    python -m benchmarks.memory egs/mini/base/data [--copies 1 4 16]

The copies are the same utterances under other ids, so their audio is read again and again; every stage runs in a process of its own, with
one job. Peak is the largest resident set of that process.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tts.corpus.manifest import read_manifest, write_manifest


def copied(manifest: Path, copies: int):
    """Every utterance `copies` times, under ids of its own."""
    for copy in range(copies):
        for utterance in read_manifest(manifest):
            yield dataclasses.replace(utterance, id=f"{utterance.id}-{copy}")


def peak_mib(words: list[str]) -> float:
    """Peak resident memory of a command; an error of the command ends the benchmark."""
    process = subprocess.Popen([sys.executable, "-m", "tts.cli", *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(errors.decode()[-2000:])
    return usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="data folder of a recipe that has run")
    parser.add_argument("--copies", nargs="+", type=int, default=[1, 4, 16])
    args = parser.parse_args()
    corpus, folder = args.data / "corpus", Path(tempfile.mkdtemp(prefix="memory-"))
    for copies in args.copies:
        manifest, text = folder / f"{copies}.jsonl", folder / f"text-{copies}.jsonl"
        count = write_manifest(manifest, copied(corpus / "manifest.jsonl", copies))
        hours = sum(u.seconds for u in read_manifest(manifest)) / 3600
        preparing = peak_mib(["text", "--manifest", str(manifest), "--output", str(text), "--inventory", str(folder / "phones.json")])
        features = peak_mib(["features", str(text), str(folder / f"features-{copies}"), "--audio-root", str(corpus), "--jobs", "1"])
        print(f"{hours:6.2f} h, {count:6} utterances: text stage {preparing:.0f} MiB, features stage {features:.0f} MiB", flush=True)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
