"""`tts page`: the page to listen to, from what `tts evaluate recipe` found."""

from __future__ import annotations

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", required=True, type=Path, help="exp/NAME, evaluated")
    parser.add_argument("-o", "--output", type=Path, help="the page; default: MODEL/page.html")
    parser.add_argument("--utterances", type=int, default=12, help="how many at most, every voice in turn")
    parser.add_argument("--manifest", type=Path, default=Path("data/alignment/manifest.jsonl"), help="aligned manifest")
    parser.add_argument("--audio-root", type=Path, default=Path("data/corpus"), help="what its audio is relative to")
    parser.add_argument("--split", default="test", help="which part was spoken")
    parser.add_argument("--spoken", type=Path, help="what the model said; default: MODEL/wav/SPLIT")


def run(args: argparse.Namespace) -> int:
    import time

    from tts.evaluation.page import write_page
    from tts.evaluation.recipe import Places

    started = time.monotonic()
    output = args.output or args.model / "page.html"
    spoken = args.spoken or args.model / "wav" / args.split
    places = Places(args.model, args.manifest, args.audio_root, spoken, args.model / "evaluation")
    cards, size = write_page(places, output, args.utterances)
    print(f"{output}: {cards} utterances, {size / 1e6:.1f} MB, {time.monotonic() - started:.1f} s")
    return 0
