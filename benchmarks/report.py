"""Runs the benchmarks one after the other and writes what they print, with command, commit and machine, to benchmarks/RESULTS.md.

    python -m benchmarks.report                      all
    python -m benchmarks.report acoustic synthesis   only these; the others' sections stay

Nothing else should run meanwhile. Each section says the machine's matrix-product rate before and after it: where the two differ much,
something else did run.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.acoustic import matmul_rate
from tts.corpus.manifest import atomic_writer
from tts.recipe.history import git_state

FILE = Path(__file__).parent / "RESULTS.md"
MODEL, MINI = "egs/mini/base/exp/base", "egs/mini/base/data"
COMMANDS = {
    "acoustic": ("The acoustic model", ["benchmarks.acoustic"]),
    "flow": ("Flow-TTS: the flow in the shared decoder's place", ["benchmarks.acoustic", "--system", "flowtts", "--sizes", "small", "base"]),
    "recurrent": ("Recurrent layers learning on a CPU", ["benchmarks.recurrent"]),
    "synthesis": ("From text to sound", ["benchmarks.synthesis", MODEL]),
    "features": ("Features", ["benchmarks.features"]),
    "memory": ("Memory of preparing a corpus", ["benchmarks.memory", MINI]),
    "vocoder": ("Vocoders", ["benchmarks.vocoder"]),
    "stream": ("Half an hour in one stream: memory", ["benchmarks.vocoder", "--minutes", "30"]),
    "released": ("The voices that come with the package: text to wave, and the first sound of a stream", ["benchmarks.vocoder", "--model", "tts/data/voices/cc0"]),
    "griffin_lim": ("Griffin-Lim", ["benchmarks.griffin_lim", "--seconds", "30"]),
    "f0": ("F0 on sounds of known F0: tones, glides, resynthesised real speech", ["benchmarks.f0_accuracy"]),
    "f0_mini": ("F0 on the resynthesised mini corpus", ["benchmarks.f0_accuracy", "--manifest", f"{MINI}/corpus/manifest.jsonl"]),
    "emodb": ("Alignment of German actors against hand-made marks", ["benchmarks.alignment", "emodb"]),
    "swapped": ("Texts exchanged between utterances of the mini corpus: are they found?",
                ["benchmarks.alignment", "swapped", f"{MINI}/text/manifest.jsonl", "--audio-root", f"{MINI}/corpus", "--phones",
                 f"{MINI}/text/phones.json"]),
    "pocketsphinx": ("Word starts beside pocketsphinx, recordings of one American voice",
                     ["benchmarks.alignment", "pocketsphinx", "egs/cc0/base/data/alignment/manifest.jsonl", "--audio-root",
                      "egs/cc0/base/data/corpus", "--limit", "100"]),
    "path_search": ("Path search of the aligner", ["benchmarks.alignment", "search"]),
    "text_match": ("Prosody of recordings: are texts that were not said found out?",
                   ["benchmarks.prosody", "match", "egs/cc0/base/exp/aligner", "egs/mini/copycat2/exp/aligner"]),
    "extraction": ("Prosody of recordings: speed",
                   ["benchmarks.prosody", "speed", "egs/mini/copycat2/exp/copycat2", "egs/mini/copycat2/data/alignment/manifest.jsonl",
                    "egs/mini/copycat2/data/corpus"]),
    "predictor": ("Prosody from text: what it owes to BERT, to the phones and to the loss",
                  ["benchmarks.predictor", "egs/mini/copycat2/exp/copycat2", "egs/mini/copycat2/data/alignment/manifest.jsonl",
                   "egs/mini/copycat2/data/features", "egs/mini/copycat2/exp/bert"]),
    "evaluation": ("tts evaluate f0: a thousand pairs of 5 s", ["benchmarks.evaluation", "speed"]),
    "agreement": ("tts evaluate beside other implementations", ["benchmarks.evaluation", "agreement"]),
    "style_judge": ("The judge of styles in a language that a voice was not judged in before",
                    ["benchmarks.style_judge", "egs/mini/lcpvae/data", "egs/mini/lcpvae/exp/lcpvae"]),
    "listening": ("Listening tests: screening, type I error and power on simulated listeners", ["benchmarks.listening"]),
    "faults": ("Faults made on purpose: is anything lost?", ["benchmarks.faults"]),
    "text": ("Words in = words out, and random strings", ["benchmarks.text_robustness"]),
}


def run(name: str) -> str:
    """One section: the command, what it printed, and the circumstances."""
    title, words = COMMANDS[name]
    before, started = matmul_rate() / 1e9, time.monotonic()
    environment = {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore", **os.environ}
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        sys.exit(f"benchmark {name} failed; the section stays what it was:\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}")
    git = git_state()
    commit = git["commit"] + (" with local changes" if git["modified"] else "")
    return (f"## {title}\n\n`python -m {' '.join(words)}`, commit {commit}, {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, "
            f"{time.monotonic() - started:.0f} s; matrix product {before:.0f} GFLOP/s before, {matmul_rate() / 1e9:.0f} after\n\n"
            f"```text\n{done.stdout.strip()}\n```\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(COMMANDS)}; default: all")
    names = parser.parse_args().names or list(COMMANDS)
    if unknown := [name for name in names if name not in COMMANDS]:
        parser.error(f"unknown: {', '.join(unknown)}; known: {', '.join(COMMANDS)}")
    titles = {title: name for name, (title, _) in COMMANDS.items()}
    sections = {}
    if FILE.is_file():
        for part in re.split(r"^(?=## )", FILE.read_text(encoding="utf-8"), flags=re.M)[1:]:
            sections[titles.get(part.splitlines()[0][3:], part)] = part.rstrip() + "\n"
    for name in names:
        print(f"{name} …", file=sys.stderr, flush=True)
        sections[name] = run(name)
        with atomic_writer(FILE) as file:
            file.write("# Benchmarks\n\nWritten by `python -m benchmarks.report`; × is seconds of speech per second.\n\n"
                       + "\n".join(sections[key] for key in COMMANDS if key in sections))


if __name__ == "__main__":
    main()
