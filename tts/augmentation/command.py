"""`tts augment`: more speech of a target out of a supporter's."""

from __future__ import annotations

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    from tts.config.arguments import add_cluster_arguments, add_config_arguments

    parser.add_argument("--model", required=True, type=Path, help="folder of a conversion model that knows both speakers")
    parser.add_argument("--manifest", required=True, type=Path, help="aligned manifest of both")
    parser.add_argument("--features", required=True, type=Path, help="feature store of both")
    parser.add_argument("--target", required=True, metavar="SPEAKER", help="whose voice is to say everything")
    parser.add_argument("--supporter", required=True, metavar="SPEAKER", help="whose training utterances are converted")
    parser.add_argument("--f0", choices=("none", "original", "predicted", "detailed"), default="predicted",
                        help="none: a model without F0; original: the "
                        "supporter's, shifted and scaled to the target's mean and deviation; predicted: what the target would do; detailed: "
                        "that, and how the supporter departed from what was to be expected of them")
    parser.add_argument("--f0-model", type=Path,
                        help="with --f0 predicted or detailed: folder of a model that predicts F0 (recipes/conf/f0_model.yaml); default: "
                        "the conversion model's own")
    parser.add_argument("--output", required=True, type=Path, help="folder of the new corpus; an unfinished one is continued")
    parser.add_argument("--aligner", type=Path, help="folder of the corpus's aligner, as a judge of the phones' places")
    parser.add_argument("--recogniser", type=Path, help="folder of a phone recogniser, as a judge of intelligibility")
    parser.add_argument("--vocoder", help="griffin-lim, or the folder of a trained vocoder; default: an installed one that fits")
    parser.add_argument("--wav", action="store_true", help="keep the sounds")
    parser.add_argument("--jobs", type=int, default=1, help="processes on this machine, or in each cluster job; the corpus is the same for any number")
    add_cluster_arguments(parser)
    add_config_arguments(parser)


def run(args: argparse.Namespace) -> None:
    import time

    from tts.augmentation.augment import augment
    from tts.augmentation.convert import Tools
    from tts.config.arguments import recipe_from

    started = time.monotonic()
    tools = Tools(args.model, args.features, args.f0_model, args.vocoder, args.aligner, args.recogniser)
    made = augment(tools, args.manifest, args.target, args.supporter, args.f0, args.output,
                   recipe_from(args).config.augmentation, args.jobs, args.wav, args.cluster, args.cluster_jobs)
    print(f"{args.output}: {made}; {args.supporter} as {args.target}, F0 {args.f0}; {time.monotonic() - started:.1f} s")
