import pytest

from tts.text.characters import clean


@pytest.mark.parametrize("raw, expected, spans, rules", [
    ("abc", "abc", [(0, 1), (1, 2), (2, 3)], []),
    ("e\u0301a", "éa", [(0, 2), (2, 3)], []),
    ("a\u200bb", "ab", [(0, 1), (2, 3)], ["invisible character"]),
    ("ﬁx", "fix", [(0, 1), (0, 1), (1, 2)], ["compatibility form"]),
    ("٣❷²", "32²", [(0, 1), (1, 2), (2, 3)], ["digit", "digit"]),
    ("a\u0336\u0335b", "ab", [(0, 3), (3, 4)], ["combining mark"]),
    ("\u1112\u1161\u11ab", "한", [(0, 3)], []),
    ("हिन्दी", "हिन्दी", [(0, 2), (0, 2), (2, 4), (2, 4), (4, 6), (4, 6)], []),
    ("a\u00a0b\t", "a b ", [(0, 1), (1, 2), (2, 3), (3, 4)], []),
    ("\x07\U000f0000", "", [], ["control character", "unassigned character"]),
])
def test_cleaning_keeps_raw_spans(raw, expected, spans, rules):
    trace = []
    text = clean(raw, trace)
    assert text.text == expected
    assert list(zip(text.starts, text.ends)) == spans
    assert [rewrite.rule for rewrite in trace] == rules
