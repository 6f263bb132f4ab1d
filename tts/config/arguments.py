"""Options that several commands share: `--config FILE` and `--set key=value`, both repeatable, by which every one takes its configuration,
and where the work runs."""

from __future__ import annotations

import argparse

from tts.config.load import Resolved, resolve


def add_config_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", action="append", default=[], metavar="FILE", help="recipe configuration (YAML); later files win")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="override one value, such as training.steps=2000")


def recipe_from(args: argparse.Namespace) -> Resolved:
    """The `Recipe` that the options describe, with the origin of every value."""
    from tts.config.recipe import Recipe

    return resolve(Recipe, args.config, args.set)


def add_cluster_arguments(parser: argparse.ArgumentParser) -> None:
    """Where work goes that can be cut into shards."""
    parser.add_argument("--cluster", choices=["local", "slurm", "submitit-local"], default="local",
                        help="where to run: on this machine, or as an array of jobs whose machines share these folders")
    parser.add_argument("--cluster-jobs", type=int, default=16, help="jobs in the cluster's array")
