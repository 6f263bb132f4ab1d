"""The two options by which every command takes its configuration: `--config FILE` and `--set key=value`, both repeatable."""

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
