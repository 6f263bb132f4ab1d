import pytest

from tts.errors import UserError
from tts.text.dictionary import Dictionary
from tts.text.frontend import TextFrontend


def spoken(frontend, text):
    return ["".join("ˈ" * (phone.stress == 2) + phone.symbol for phone in word.phones) for word in frontend.process(text).words]


def test_entries_override_by_language_and_case(tmp_path):
    path = tmp_path / "words.tsv"
    path.write_text("# mine\ngif\tdʒ ˈɪ f\nPolish\tp ˈoʊ l ɪ ʃ\nc3po\tɹ ˈoʊ\ten\ngif\tɡ ˈɪ f\tde-DE\n", encoding="utf-8")
    english, german = TextFrontend("en-us", path), TextFrontend("de", path)
    assert spoken(english, "gif GIF Gif") == ["dʒˈɪf"] * 3
    assert spoken(german, "gif") == ["ɡˈɪf"]
    polish, polish_nail = spoken(english, "Polish, polish")
    assert polish == "pˈoʊlɪʃ" and polish_nail != polish
    assert spoken(english, "C3PO") == ["ɹˈoʊ"]


@pytest.mark.parametrize("line, problem", [("gif dʒ ˈɪ f", "1 tab-separated"), ("gif\t", "no phones"), ("gif\tdʒ ɪˈ f",
    "is no phone"), ("gif\tdʒ ,", "is no phone"),
                                           ("two words\tt uː", "has a blank"), ("gif\tdʒ\txx-yy", "language 'xx-yy'"), ("ok\tk",
                                               "stands there twice")])
def test_a_bad_line_is_named(tmp_path, line, problem):
    path = tmp_path / "words.tsv"
    path.write_text(f"ok\tk eɪ\n{line}\n", encoding="utf-8")
    with pytest.raises(UserError, match=f"words.tsv:2: .*{problem}"):
        Dictionary.load(path)
