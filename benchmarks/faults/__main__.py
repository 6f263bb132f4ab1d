"""What goes wrong on purpose, and whether anything is lost by it.

    python -m benchmarks.faults [--tries 50] [--part training extraction augmentation rating disk truncated hostile]

    training, extraction, augmentation   killed (SIGKILL) at random moments and started again until complete; equal to an undisturbed run?
    rating      `tts mushra serve` killed while listeners rate; is every rating that was acknowledged there, once?
    disk        full in the middle of an extraction, a training, a rating; a sentence, nothing lost, complete when there is room again?
    truncated   audio, checkpoints and feature stores cut at random lengths; a sentence that names the file, never a wrong result?
    hostile     pickles, giant headers, NaN, paths out of the corpus, giant texts, JSON that is no JSON; nothing executed, nothing read that
                lies outside, a sentence each time?

All on a corpus of twenty made-up utterances and a model of a few thousand parameters, in a temporary folder (--work keeps it). Prints a
table; the exit status is 1 if anything was lost or ended without a sentence, and what it was stands below the table. The same --seed makes
the same faults, but for the moments that the clock decides.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import zlib
from pathlib import Path

from benchmarks.faults import disk, hostile, killed, rating, truncated
from benchmarks.faults.line import make
from benchmarks.faults.tally import HEADER

PARTS = {"training": killed.training, "extraction": killed.extraction, "augmentation": killed.augmentation,
         "rating": rating.rating, "disk": disk.disk, "truncated": truncated.truncated,
         "hostile": hostile.hostile}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=50, help="faults of each part")
    parser.add_argument("--part", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=f"of {', '.join(PARTS)}; default: all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--work", type=Path, help="folder to work in, kept: what is made there once is used again")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="faults-") as temporary:
        line = make((args.work or Path(temporary)).resolve() / "line")
        found = []
        print(HEADER, flush=True)
        for part in args.part:
            with tempfile.TemporaryDirectory(prefix=f"{part}-", dir=line.folder.parent) as folder:
                for tally in PARTS[part](line, args.tries, random.Random(zlib.crc32(f"{part}/{args.seed}".encode())), Path(folder)):
                    print(tally, flush=True)
                    found += tally.found()
                    print(*tally.found(), sep="\n", file=sys.stderr, flush=True)
    print("\n".join(["", *found]) if found else "\nnothing lost, no crash")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
