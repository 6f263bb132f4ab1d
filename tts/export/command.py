"""`tts export`: a trained model or vocoder as an ONNX file, or a vocoder as a folder to hand on."""

from __future__ import annotations

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, help="folder of a trained model (system base or copycat2), or of a vocoder: exp/NAME of a recipe")
    parser.add_argument("-o", "--output", required=True, type=Path, help="NAME.onnx, beside which NAME.json says what its numbers mean; or, of a "
                        "vocoder, a folder: 16-bit weights with a model card")
    parser.add_argument("--about", type=Path, help="of a folder: YAML with data, licence, intended_use, limits; default: the recipe's conf/about.yaml")
    parser.add_argument("--figures", type=Path, help="of a folder: Markdown that the card quotes; default: the recipe's RESULTS.md")


def run(args: argparse.Namespace) -> int:
    if args.output.suffix == ".onnx":
        from tts.export.onnx import export

        said = export(args.source, args.output)
        print(f"exported the {said['kind']} {args.source} → {args.output} ({args.output.stat().st_size / 1e6:.1f} MB), {args.output.with_suffix('.json')}")
        return 0
    from tts.vocoder.release import release

    card = release(args.source, args.output, args.about, args.figures)
    size = sum(path.stat().st_size for path in args.output.iterdir()) / 1e6
    print(f"released the vocoder {args.source} → {args.output}: {card['parameters'] / 1e6:.2f} M parameters, {size:.1f} MB")
    return 0
