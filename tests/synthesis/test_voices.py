"""Installed voices by name, and only inside their home; released ones where no installed one is asked for."""

import json

import pytest

from tests.helpers.voice import voice_folder
from tts.cli import main
from tts.errors import UserError
from tts.export.release import release
from tts.features.audio import load_audio
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


# -- released voices -------------------------------------------------------------------------------------------------------


@pytest.fixture
def two_released(released, tmp_path):
    """german, which knows de alone as far as its names say, and ours, which knows en-us too; ben speaks German in both."""
    source = voice_folder(tmp_path / "exp/one")
    for name in ("german", "ours"):
        release(source, released / name)
    names = json.loads((released / "german/names.json").read_text())
    (released / "german/names.json").write_text(json.dumps({**names, "languages": ["de"], "speakers": ["ben", "carl"]}))
    return released


def test_released_voices_speak_where_nothing_else_is_asked_for(two_released, home, model_folder):
    released = two_released
    assert find_voice().folder == find_voice(language="en-us").folder == find_voice(language="en-gb").folder == released / "ours"
    assert find_voice(language="de").folder == released / "german" and find_voice(language="fr").folder == released / "german"
    assert find_voice("ada").folder == find_voice("ours/ada").folder == find_voice(model="ours").folder == released / "ours"
    with pytest.raises(UserError, match="german/ben, ours/ben"):
        find_voice("ben")
    with pytest.raises(UserError, match="did you mean 'carl'"):
        find_voice("karl")
    add_model(model_folder, "mini")  # what is installed goes before
    assert find_voice(language="de").folder == find_voice("ben").folder == home / "mini" and find_voice("carl").folder == released / "german"
    add_model(model_folder, "ours")
    assert find_voice(model="ours").folder == home / "ours"
    remove_model("ours")
    with pytest.raises(UserError, match="comes with the package"):
        remove_model("ours")
    assert (released / "ours/model.safetensors").exists()


def test_a_clone_with_released_voices_speaks_in_each_language(released, tmp_path, capsys):
    release(voice_folder(tmp_path / "exp/one", ("aaron", "zoe")), released / "ours")  # aaron is the first and speaks English, zoe German
    card = json.loads((released / "ours/card.json").read_text())
    assert card["default_language"] == "en-us"
    asked = (["Hello."], "aaron (en-us)"), (["Guten Tag.", "--language", "de"], "zoe (de)"), (["Hello.", "--language", "en-gb"], "aaron (en-gb)")
    for words, who in asked:
        assert main(["say", *words, "-o", str(tmp_path / "a.wav")]) == 0
        assert who in capsys.readouterr().out
    (released / "ours/card.json").write_text(json.dumps({**card, "default_language": "de"}))
    assert main(["say", "Guten Tag.", "-o", str(tmp_path / "a.wav")]) == 0
    assert "zoe (de)" in capsys.readouterr().out
    assert main(["voices", "list"]) == 0
    assert "ours, comes with the package: 2 voices (aaron, zoe)" in capsys.readouterr().out


def test_samples_let_every_released_language_be_heard(released, tmp_path, capsys):
    assert main(["voices", "samples", "-o", str(tmp_path / "samples")]) == 0
    assert "no voices come with this package" in capsys.readouterr().out and not (tmp_path / "samples").exists()
    release(voice_folder(tmp_path / "exp/one"), released / "ours")
    assert main(["voices", "samples", "-o", str(tmp_path / "samples")]) == 0
    assert sorted(path.name for path in (tmp_path / "samples").iterdir()) == ["ours_de_ben.wav", "ours_en-us_ada.wav"]
    assert "2 samples in" in capsys.readouterr().out and len(load_audio(tmp_path / "samples/ours_de_ben.wav", 24000)) > 24000
