"""`tts vocode`: recordings through their mels into sound (copy-synthesis: how good can a voice with this vocoder
be?), or the mels of a feature store into sound."""

from __future__ import annotations

import argparse
import time
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    from tts.config.arguments import add_config_arguments

    parser.add_argument("input", nargs="*", type=Path, help="recordings, or folders of them; or nothing with --features")
    parser.add_argument("-o", "--output", required=True, type=Path, help="folder for one wav per input")
    parser.add_argument("--features", type=Path, help="feature store whose mels are turned into sound")
    parser.add_argument("--manifest", type=Path, help="with --features: only the utterances of this manifest")
    parser.add_argument("--split", help="with --manifest: only this split")
    parser.add_argument("--vocoder", help="griffin-lim, or the folder of a trained vocoder; default: an installed one that fits, else griffin-lim")
    parser.add_argument("--iterations", type=int, help="of Griffin-Lim, or rounds in which a trained vocoder settles its sound; larger is cleaner and "
                        "slower (default: what the vocoder was made with)")
    parser.add_argument("--device", default="cpu", help="cpu, cuda, cuda:1")
    add_config_arguments(parser)


def run(args: argparse.Namespace) -> int:
    from tts.config.arguments import recipe_from
    from tts.errors import UserError
    from tts.vocoder.vocode import recorded_mels, stored_mels, vocode_all

    if bool(args.input) == bool(args.features):
        raise UserError("give either recordings to copy, or a feature store with --features")
    if args.split and not args.manifest:
        raise UserError("--split chooses utterances of a manifest; give --manifest as well")
    if args.features:
        mels, fingerprint = stored_mels(args.features, args.manifest, args.split)
    else:
        mels, fingerprint = recorded_mels(args.input, recipe_from(args).config.features)
    started = time.monotonic()
    count, seconds = vocode_all(mels, fingerprint, args.output, args.vocoder, args.iterations, args.device)
    spent = time.monotonic() - started
    print(
        f"vocoded {count} into {args.output}: {seconds:.1f} s of sound in {spent:.1f} s "
        f"({seconds / max(spent, 1e-9):.0f} x real time)"
    )
    return 0
