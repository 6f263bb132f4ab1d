"""`tts export`: a trained model or vocoder as an ONNX file."""

from __future__ import annotations

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, help="folder of a trained model (system base or copycat2), or of a vocoder: exp/NAME of a recipe")
    parser.add_argument("-o", "--output", required=True, type=Path, help="the .onnx file; what its numbers mean is written beside it as .json")


def run(args: argparse.Namespace) -> int:
    from tts.export.onnx import export

    said = export(args.source, args.output)
    print(f"exported the {said['kind']} {args.source} → {args.output} ({args.output.stat().st_size / 1e6:.1f} MB), {args.output.with_suffix('.json')}")
    return 0
