import pytest

from tts.corpus.utterance import PAUSES, Phone, Unit, Utterance
from tts.errors import UserError
from tts.text.articulation import distance, nearest
from tts.text.inventory import PhoneInventory, difference

ENGLISH = PhoneInventory.from_counts({symbol: 3 for symbol in "p b t d k ɡ m n ŋ f v s z ʃ ʒ h tʃ dʒ l ɹ w j i ɪ ɛ æ ɑː ɔː uː ʊ "
                                      "ə aɪ eɪ oʊ iː ɾ".split()} | {"_": 9}, "1.52.0")


def test_pauses_come_first_and_ids_survive_a_file(tmp_path):
    ENGLISH.save(tmp_path / "phones.json")
    loaded = PhoneInventory.load(tmp_path / "phones.json")
    assert loaded == ENGLISH and loaded.counts == ENGLISH.counts
    assert loaded.symbols[: len(PAUSES)] == PAUSES and loaded.counts["_"] == 9 and loaded.counts["!"] == 0
    assert loaded.ids([Phone("_"), Phone("ɛ", 2)]) == [0, loaded.symbols.index("ɛ")]


def test_unknown_symbols_are_listed_with_counts_examples_and_neighbours():
    utterances = [Utterance(f"u{n}", "Bach", "a", "de", units=[Unit("Bach", (0, 4), [Phone("b"), Phone("x")])]) for n in range(5)]
    with pytest.raises(UserError, match=r"(?s)'x' 5 times; nearest known: h .*u0: Bach \| u1: Bach \| u2: Bach"):
        ENGLISH.check(utterances)
    with pytest.raises(UserError, match="'ɸ' 1 times"):
        ENGLISH.ids([Phone("ɸ")])


@pytest.mark.parametrize("symbol, expected", [("ɛː", "ɛ"), ("u", "uː"), ("r", "ɾ"), ("x", "h"), ("ɲ", "ŋ"), ("ts", "tʃ"), ("e",
    "ɪ"), ("ʂ", "ʃ"), ("ɛɪ", "eɪ"), ("ʎ", "j"), ("t", "t")])
def test_nearest_is_what_an_ear_would_choose(symbol, expected):
    assert ENGLISH.nearest(symbol) == expected


def test_distance_is_symmetric_and_zero_only_for_the_same():
    for a in ENGLISH.symbols:
        for b in ENGLISH.symbols:
            assert distance(a, b) == pytest.approx(distance(b, a)) and (distance(a, b) == 0) == (a == b)
    assert nearest("z", ["ʔ", "s", "m"], 2)[0] == "s"


def test_fit_replaces_and_warns_once_a_symbol():
    units, warnings = ENGLISH.fit([Unit("_", (0, 0), [Phone("_")]), Unit("Bach", (0, 4), [Phone("b"), Phone("x", 2),
        Phone("x")])])
    assert [phone.symbol for phone in units[1].phones] == ["b", "h", "h"] and units[1].phones[1].stress == 2
    assert warnings == ["phone 'x' (2 times) is unknown to the model; said as 'h'"]


def test_difference_is_a_sentence():
    other = PhoneInventory.from_counts({symbol: 1 for symbol in (*ENGLISH.symbols, "x") if symbol != "ʒ"}, "1.51")
    assert difference(ENGLISH, ENGLISH) == ""
    assert difference(ENGLISH, other) == "only the first has ʒ; only the second has x; made by espeak-ng 1.52.0 and 1.51"
