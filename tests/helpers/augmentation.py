"""Fixture `augmented`: a copy of the project in which the recipe of F0-conditioned augmentation has run for one pair, tiny."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.helpers.project import make_project, once, run

RECIPE = "egs/mini/f0_augmentation"
TINY = ("--config", "conf/debug.yaml", "--f0-model", "conf/f0_model.debug.yaml", "--voice", "conf/voice.debug.yaml", "--cast",
        "conf/cast.debug.yaml", "--pairs", "alma:beth", "--jobs", "1")


def make_augmented(folder: Path) -> None:
    project = make_project(folder)
    (project / "first_run.txt").write_text(run([f"{RECIPE}/run.sh", *TINY], project))


@pytest.fixture(scope="session")
def augmented(tmp_path_factory) -> Path:
    """The folder of the recipe, its experiment finished. Change nothing in it."""
    base = tmp_path_factory.getbasetemp()
    return once(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base, "augmented", make_augmented) / RECIPE
