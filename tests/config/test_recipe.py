"""The configuration in the folder of something trained: what it does not consist of may be of another version."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tts.config.load import load_config, save_config
from tts.config.recipe import SYSTEMS, Recipe, load_trained
from tts.errors import UserError


@pytest.fixture
def folder(tmp_path) -> Path:
    save_config(Recipe(system="lcpvae"), tmp_path / "config.yaml")
    return tmp_path


def add(folder: Path, section: str, line: str) -> None:
    """An option that this version does not know."""
    path = folder / "config.yaml"
    text, count = re.subn(rf"^{section}:\n", f"{section}:\n  {line}\n", path.read_text(), flags=re.M)
    assert count == 1
    path.write_text(text)


def test_what_was_trained_does_not_depend_on_sections_that_it_is_not_made_of(folder):
    add(folder, "style_classifier", "recurrent_dim: 48")
    add(folder, "vocoder", "sort: other")
    assert load_trained(folder) == Recipe(system="lcpvae")
    with pytest.raises(UserError, match="unknown key vocoder.sort"):
        load_trained(folder, "vocoder")


@pytest.mark.parametrize("section", ["features", "model", "lcpvae"])
def test_an_unknown_option_of_what_it_is_made_of_is_refused(folder, section):
    add(folder, section, "wings: 2")
    with pytest.raises(UserError, match=f"config.yaml: unknown key {section}.wings"):
        load_trained(folder)


def test_an_unknown_section_is_refused(folder):
    with (folder / "config.yaml").open("a") as file:
        file.write("wings: {count: 2}\n")
    with pytest.raises(UserError, match="unknown key wings"):
        load_trained(folder)


def test_recipes_to_train_by_are_read_strictly(folder):
    add(folder, "vocoder", "sort: other")
    with pytest.raises(UserError, match="unknown key vocoder.sort"):
        load_config(Recipe, [folder / "config.yaml"])


def test_every_system_names_sections_that_there_are():
    names = set(vars(Recipe()))
    assert all(set(sections) <= names for sections in SYSTEMS.values())
