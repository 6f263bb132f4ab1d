"""Installed voices by name, and only inside their home."""

import pytest

from tests.helpers.voice import voice_folder
from tts.cli import main
from tts.errors import UserError
from tts.synthesis.voices import add_model, find_voice, installed_models, remove_model


def test_nothing_installed_says_what_to_do(home):
    with pytest.raises(UserError, match="make demo"):
        find_voice("ada")


def test_add_find_list_show_remove(home, model_folder, capsys):
    assert main(["voices", "add", str(model_folder), "--name", "mini"]) == 0
    assert find_voice("ada").folder == find_voice("mini/ada").folder == find_voice(model="mini").folder == home / "mini"
    assert main(["voices", "list"]) == 0 and main(["voices", "show", "mini"]) == 0
    said = capsys.readouterr().out
    assert "mini: 2 voices (ada, ben)" in said and '"system": "base"' in said
    with pytest.raises(UserError, match="already installed"):
        add_model(model_folder, "mini")
    with pytest.raises(UserError, match="did you mean 'ben'"):
        find_voice("bem")
    assert main(["voices", "remove", "mini"]) == 0 and installed_models() == []


def test_a_name_in_two_models_must_be_made_clear(home, model_folder, tmp_path):
    add_model(model_folder, "one")
    add_model(voice_folder(tmp_path / "other", ("ada", "zoe")), "two")
    with pytest.raises(UserError, match="one/ada, two/ada"):
        find_voice("ada")
    assert find_voice("two/ada").folder.name == "two" and find_voice("zoe").folder.name == "two"


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "x" * 65, ".."])
def test_names_stay_inside(home, model_folder, name):
    with pytest.raises(UserError, match="model name"):
        add_model(model_folder, name)
    with pytest.raises(UserError, match="model name"):
        remove_model(name)


def test_only_model_folders_are_removed(home):
    (home / "notes").mkdir(parents=True)
    (home / "notes" / "diary.txt").write_text("dear me")
    with pytest.raises(UserError, match="no model"):
        remove_model("notes")
    assert (home / "notes" / "diary.txt").exists()


def test_a_folder_that_is_no_model_says_what_is_missing(tmp_path, home):
    with pytest.raises(UserError, match="model.safetensors"):
        find_voice(model=tmp_path)
