"""`tts features`: a manifest and its audio → a feature store."""

from __future__ import annotations

import argparse
from pathlib import Path

from tts.config.arguments import add_cluster_arguments, add_config_arguments


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("manifest", type=Path, help="manifest.jsonl; durations in it are checked against the audio")
    parser.add_argument("out", type=Path, help="folder of the store; what is there already and still right is kept")
    parser.add_argument("--audio-root", type=Path, help="what `audio` is relative to; the manifest's own folder unless given")
    parser.add_argument("--jobs", type=int, default=1, help="processes on this machine, or in each cluster job")
    add_cluster_arguments(parser)
    parser.add_argument("--max-dropped", type=float, default=0.02, help="share of utterances that may fail")
    add_config_arguments(parser)


def run(args: argparse.Namespace) -> None:
    from tts.config.arguments import recipe_from
    from tts.features.extract import extract

    summary = extract(args.manifest, args.audio_root or args.manifest.parent, recipe_from(args).config.features, args.out,
                      jobs=args.jobs, cluster=args.cluster, cluster_jobs=args.cluster_jobs, max_dropped=args.max_dropped)
    speed = f", {summary.hours * 3600 / summary.seconds:.0f} x real time" if summary.made == summary.shards else ""
    print(f"features: {summary.kept} utterances, {summary.hours:.2f} h, {summary.dropped} dropped, "
          f"{summary.made} of {summary.shards} shards made, {summary.seconds:.0f} s{speed} -> {args.out}")
