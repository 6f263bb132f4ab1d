"""Documents: what stands in them has the form it should have, or a sentence says where it has not."""

from dataclasses import dataclass

import pytest

from tts.corpus.manifest import read_manifest
from tts.documents import built, parse_json, require_form
from tts.errors import UserError
from tts.speakers.voice import ORIGINS


@dataclass(frozen=True)
class Row:
    id: str
    frames: int
    seconds: float | None = None
    tags: tuple[str, ...] = ()


@pytest.mark.parametrize(("row", "sentence"), [
    ({"id": float("nan"), "frames": 3}, "id is nan; expected text"),
    ({"id": "a", "frames": 3.0}, "frames is 3.0; expected a whole number"),
    ({"id": "a", "frames": True}, "frames is True; expected a whole number"),
    ({"id": "a", "frames": 3, "seconds": float("inf")}, "seconds is inf"),
    ({"id": "a", "frames": 3, "tags": ["x", 1]}, "tags is"),
    ({"id": "a"}, "frames"),
    ({"id": "a", "frames": 3, "more": 1}, "more"),
    ([], "expected an object")])
def test_a_row_of_another_form_is_refused_by_name(row, sentence):
    with pytest.raises(ValueError, match=sentence.replace("(", r"\(")):
        built(Row, row)


def test_a_row_becomes_what_it_says():
    assert built(Row, {"id": "a", "frames": 3, "seconds": 2, "tags": ["x"]}) == Row("a", 3, 2, ["x"])
    assert built(Row, {"id": "a"}, frames=4) == Row("a", 4)


def test_forms_within_forms():
    form = {"kind": str, "pages": [{"letters": {...: int}}]}
    require_form({"kind": "x", "pages": [{"letters": {"A": 1}, "more": None}]}, form)
    for value, place in (({"kind": "x"}, "'pages'"), ({"kind": "x", "pages": [{"letters": {"A": "b"}}]}, r"the value.pages.0.letters.A is 'b'"),
                         ({"kind": "x", "pages": {}}, "pages is {}; expected a list"), (3, "the value is 3")):
        with pytest.raises(ValueError, match=place):
            require_form(value, form)


def test_every_origin_of_a_made_voice_has_a_form():
    require_form({"kind": "blended", "of": ["a", "b"], "share": 0.5, "model": "m"}, ORIGINS["blended"], "origin")
    with pytest.raises(ValueError, match="origin.share is 'half'; expected a number"):
        require_form({"of": ["a", "b"], "share": "half"}, ORIGINS["blended"], "origin")


@pytest.mark.parametrize("text, sentence", [
    (b'{"speaker": "\\ud800"}', "half of a character"),
    (b'{"\\uDFFF": 1}', "half of a character"),
    (b'{"speaker": "\xff"}', "utf-8"),
    (b"[" * 100_000, "brackets within brackets")])
def test_text_that_no_file_or_terminal_takes_is_refused(text, sentence, tmp_path):
    with pytest.raises(ValueError, match=sentence):
        parse_json(text)
    (tmp_path / "manifest.jsonl").write_bytes(text + b"\n")
    with pytest.raises(UserError, match=r"manifest.jsonl:1: not an utterance .*" + sentence):
        list(read_manifest(tmp_path / "manifest.jsonl"))


def test_a_character_in_two_halves_is_whole():
    assert parse_json(r'{"laugh": "\ud83d\ude00", "path": "C:\\ud800"}') == {"laugh": "\U0001f600", "path": "C:\\ud800"}
