import re

import pytest

from tests.helpers.project import ROOT
from tts.errors import UserError
from tts.mushra.wording import COMMON, KINDS, questionnaire, wording


def test_every_word_is_used_by_the_page():
    page = "".join((ROOT / "tts/data/listening" / name).read_text() for name in ("page.html", "page.js"))
    python = "".join((ROOT / "tts/mushra" / name).read_text() for name in ("description.py", "webmushra.py"))
    for word in set(COMMON) | {word for kind in KINDS.values() for word in kind}:
        assert re.search(rf'words\.{word}\b|words\["{word}', page + python) or f'"{word}' in python, word
    for word in re.findall(r"words\.(\w+)", page):
        assert any(word in {**COMMON, **kind} for kind in KINDS.values()), word


def test_words_can_be_replaced(tmp_path):
    (tmp_path / "w.yaml").write_text(
        "title: Hörtest\nlabels: [schlecht, mäßig, ordentlich, gut, ausgezeichnet]\n", encoding="utf-8"
    )
    words = wording("mos", tmp_path / "w.yaml")
    assert words["title"] == "Hörtest" and words["labels"][0] == "schlecht" and words["start"] == "Start"


@pytest.mark.parametrize(
    "text, said",
    [
        ("titel: x", "did you mean title"),
        ("labels: [a, b]", "same form"),
        ("title: 3", "same form"),
        ("- x", "expected words by name"),
        ("[", "not YAML"),
    ],
)
def test_wrong_words(tmp_path, text, said):
    (tmp_path / "w.yaml").write_text(text)
    with pytest.raises(UserError, match=said):
        wording("mushra", tmp_path / "w.yaml")


def test_questions(tmp_path):
    assert questionnaire()[0]["name"] == "playback"
    (tmp_path / "q.yaml").write_text("- {name: age, label: How old, optional: true}\n")
    assert questionnaire(tmp_path / "q.yaml") == [{"name": "age", "label": "How old", "optional": True}]
    for text, said in (
        ("- {name: two words, label: x}", "name is one word"),
        ("- {name: a, label: b, kind: c}", "unknown field 'kind'"),
    ):
        (tmp_path / "q.yaml").write_text(text)
        with pytest.raises(UserError, match=said):
            questionnaire(tmp_path / "q.yaml")
