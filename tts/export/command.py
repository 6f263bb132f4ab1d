"""`tts export`: a trained model or vocoder as an ONNX file, or as a folder to hand on."""

from __future__ import annotations

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, help="folder of a trained model or vocoder: exp/NAME of a recipe; as ONNX systems base, copycat2")
    parser.add_argument("-o", "--output", required=True, type=Path, help="NAME.onnx, beside which NAME.json says what its numbers mean; or a folder: "
                        "all that speaks, as 16-bit weights, with a model card; an earlier one there is replaced")
    parser.add_argument("--about", type=Path, help="of a folder: YAML with data, licence, intended_use, limits; default: the recipe's conf/about.yaml")
    parser.add_argument("--figures", type=Path, help="of a folder: what the card quotes, Markdown or the results.json of tts evaluate recipe; "
                        "default: of a vocoder the recipe's RESULTS.md, of a model SOURCE/evaluation/results.json")


def run(args: argparse.Namespace) -> int:
    if args.output.suffix == ".onnx":
        from tts.export.onnx import export

        said = export(args.source, args.output)
        print(f"exported the {said['kind']} {args.source} → {args.output} ({args.output.stat().st_size / 1e6:.1f} MB), {args.output.with_suffix('.json')}")
        return 0
    from tts.export.release import release

    made = release(args.source, args.output, args.about, args.figures)
    print("\n".join([*made.left_out, f"released the {made.kind} {args.source} → {args.output}: {made.card['parameters'] / 1e6:.2f} M parameters, "
                                     f"{made.size_mb:.1f} MB"]))
    return 0
