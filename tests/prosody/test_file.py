"""The file as a person sees it, edits it, and gets it wrong."""

import json

import pytest

from tts.errors import UserError
from tts.prosody.edit import mask, shift
from tts.prosody.prosody import Prosody, edits


@pytest.fixture
def file(prosody_of, tmp_path):
    prosody_of("_ Good évening .").save(tmp_path / "a.json")
    return tmp_path / "a.json"


def test_round_trip_is_exact(prosody_of, tmp_path):
    prosody = mask(shift(prosody_of("_ Good , évening ."), "2", semitones=1 / 3, stretch=1.1), "1")
    prosody.save(tmp_path / "a.json")
    assert Prosody.load(tmp_path / "a.json") == prosody


def test_a_line_a_word_and_plain_json(file):
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [i for i, line in enumerate(lines) if "duration_ms" in line] == list(range(len(lines) - 5, len(lines) - 1))
    assert '"word": "évening"' in lines[-3] and lines[-2].startswith('  {"pause": "."')
    assert json.loads(file.read_text(encoding="utf-8"))["reference"] == {"median_hz": 181.23, "level_db": -24.1}


def test_a_number_edited_in_an_editor_is_an_edit(file):
    text = file.read_text(encoding="utf-8")
    text = text.replace('"duration_ms": 300.0, "f0_st": 1.0', '"duration_ms": 420, "f0_st": 4')
    file.write_text("\ufeff" + text, encoding="utf-8")  # with the mark that some editors put in front
    edit = edits(Prosody.load(file))[2]
    assert (edit.stretch, edit.semitones, edit.gain_db) == (1.4, 3.0, 0.0)


@pytest.mark.parametrize(
    "before, after, message",
    [
        ('"f0_st": 1.0', '"f0_st": 1.0,,', r"a.json:12: not JSON \(.*near .*missing comma"),
        ('"f0_st": 1.0', '"f0_st": "high"', r'entry 3 of words \(word .évening.\): f0_st is "high"; expected a number or null'),
        ('"f0_st": 1.0', '"f0_st": NaN', "f0_st is NaN; expected a number"),
        ('"f0_st": 1.0', '"f0_st": true', "f0_st is true; expected a number"),
        ('"f0_st": 1.0', '"f0_stt": 1.0', "unknown key 'f0_stt'; did you mean 'f0_st'"),
        ('"f0_st": 1.0, ', "", "f0_st missing"),
        ('"f0_st": 1.0', '"f0_st": 1.0, "f0_st": 2.0', "'f0_st' stands twice"),
        ('"duration_ms": 300.0', '"duration_ms": -300', "word 2 'évening': duration_ms is -300; expected more than 0"),
        ('"duration_ms": 300.0', '"duration_ms": 1e999', "duration_ms is Infinity; expected a number"),
        ('"measured": [300.0,', '"measured": [', "measured is .*; expected the 5 numbers"),
        ('"acoustic": [2.0, -2.0]', '"acoustic": [2.0]', "word 2 'évening': acoustic has 1 numbers, the others have 2"),
        ('"acoustic": [2.0, -2.0]', '"acoustic": []', "acoustic is .*null to leave it to the text"),
        ('{"word": "évening", ', '{"word": ",", ', "the word is ','; expected a word"),
        ('{"word": "évening", ', "{", 'expected an object with a "word" or a "pause"'),
        ('"format": 1', '"format": 2', "format 2 is not known here; expected 1"),
        ('"format": 1,', "", 'no "format" in it; expected a prosody file'),
        ('"space": "model-1"', '"space": 7', "space is 7; expected text in quotes"),
        ('"level_db": -24.1', '"level_db": null', "level_db is null; expected a number"),
        ('"words": [', '"words": [], "more": [', "unknown key 'more'"),
    ],
)
def test_a_slip_of_the_hand_is_told_in_one_sentence_with_its_place(file, before, after, message):
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(UserError, match=message) as error:
        Prosody.load(file)
    assert str(error.value).startswith(str(file)) and "\n" not in str(error.value)


def test_a_line_taken_from_an_end_is_seen(file):
    lines = file.read_text(encoding="utf-8").splitlines()
    del lines[-5]
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(UserError, match="begins with 'Good' and ends with '.'; expected a pause at both ends"):
        Prosody.load(file)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[" * 100_000, b"[]", b'{"format": 1}', b"1" * 5000])
def test_what_is_no_prosody_file_is_refused(tmp_path, content):
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(UserError, match="x.json"):
        Prosody.load(tmp_path / "x.json")
    with pytest.raises(UserError, match="cannot be read"):
        Prosody.load(tmp_path / "absent.json")
