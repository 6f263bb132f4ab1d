"""Which word takes whose prosody, and what is said about it."""

import pytest

from tts.errors import UserError
from tts.prosody.mapping import align_words, map_units


def taken(mapped, source) -> list[tuple[str, str | None]]:
    """Every unit with the number and text of what it takes."""
    labels = source.labels
    return [(u.text, None if s is None else labels[s]) for u, s in zip(mapped.units, mapped.sources, strict=True)]


def test_the_same_words_go_one_to_one_whatever_their_case(prosody_of, units_of):
    source = prosody_of("_ Good evening , all .")
    mapped = map_units(source, units_of("_ good evening , all ?"))
    assert mapped.sources == [0, 1, 2, 3, 4, 5]
    assert mapped.report == ["3 words taken one to one", "words: 3 taken, 0 filled in from the text, 0 of the source's not used; "
                             "pauses: 3 taken, 0 put in, 0 filled in from the text"]


def test_one_word(prosody_of, units_of):
    source = prosody_of("_ Yes .")
    assert map_units(source, units_of("_ Yes .")).sources == [0, 1, 2]
    assert map_units(source, units_of("_ No .")).sources == [0, 1, 2]
    longer = map_units(source, units_of("_ No , never ."))
    assert taken(longer, source) == [("_", "p1"), ("No", "1"), (",", None), ("never", None), (".", "p2")]


def test_auto_aligns_texts_that_share_half_of_their_words(prosody_of, units_of):
    source = prosody_of("_ the red fox runs .")
    mapped = map_units(source, units_of("_ now the fox can run ."))
    assert taken(mapped, source)[1:-1] == [("now", None), ("the", "1"), ("fox", "3"), ("can", None), ("run", "4")]
    assert "word 1 'now' is new: filled in from the text" in mapped.report
    assert "word 5 'run' takes that of 'runs' (word 4 of the source)" in mapped.report
    assert "'red' (word 2 of the source) is not used" in mapped.report


def test_auto_takes_words_in_order_when_the_texts_have_little_in_common(prosody_of, units_of):
    source = prosody_of("_ one two three .")
    mapped = map_units(source, units_of("_ a b c d ."))
    assert taken(mapped, source) == [("_", "p1"), ("a", "1"), ("b", "2"), ("c", "3"), ("d", None), (".", "p2")]
    assert mapped.report[0] == "3 words taken in order" and "word 4 'd' is new: filled in from the text" in mapped.report
    few = map_units(source, units_of("_ a ."))
    assert few.report[-1].startswith("words: 1 taken, 0 filled in from the text, 2 of the source's not used")


def test_a_given_map(prosody_of, units_of):
    source = prosody_of("_ one two three .")
    mapped = map_units(source, units_of("_ a b c ."), "1:3, 3:1")
    assert taken(mapped, source) == [("_", "p1"), ("a", "3"), ("b", None), ("c", "1"), (".", "p2")]


@pytest.mark.parametrize("how, message", [("1-3", "expected one of auto"), ("4:1", "names word 4 of the new text, which has 3"),
                                          ("1:0", "names word 0 of the source"), ("1:1,1:2", "named twice")])
def test_maps_that_cannot_be(prosody_of, units_of, how, message):
    with pytest.raises(UserError, match=message):
        map_units(prosody_of("_ one two three ."), units_of("_ a b c ."), how)


def test_same_refuses_a_file_that_lost_a_line(prosody_of, units_of):
    assert map_units(prosody_of("_ one two ."), units_of("_ one two ."), "same").sources == [0, 1, 2, 3]
    with pytest.raises(UserError, match="entry 3 is '.', expected 'two'"):
        map_units(prosody_of("_ one ."), units_of("_ one two ."), "same")


def test_a_pause_of_the_source_is_put_in_unless_it_was_run_over(prosody_of, units_of):
    text = units_of("_ one two .")
    source = prosody_of("_ one , two .")
    mapped = map_units(source, text)
    assert taken(mapped, source) == [("_", "p1"), ("one", "1"), ("_", "p2"), ("two", "2"), (".", "p3")]
    assert mapped.units[2].is_pause and mapped.units[2].phones[0].symbol == "_"
    assert "pause put in after word 1 'one': the source pauses there for 200 ms" in mapped.report
    assert mapped.words(source)[2] is source.words[2]
    ran_over = prosody_of("_ one , two .", lengths={2: 0.0})
    assert map_units(ran_over, text).sources == [0, 1, 3, 4]
    assert map_units(source, text, put_in_pauses=False).sources == [0, 1, 3, 4]


def test_a_pause_goes_with_the_word_before_it(prosody_of, units_of):
    source = prosody_of("_ yes , sir .")
    assert taken(map_units(source, units_of("_ yes , dear sir ."), "alignment"), source)[2] == (",", "p2")
    # The silence after the whole source is no pause in the middle of a text.
    longer = map_units(source, units_of("_ yes sir , indeed ."), "order")
    assert taken(longer, source)[4:] == [(",", None), ("indeed", None), (".", "p3")]


def test_alignment_has_fewest_errors_then_most_words_in_common():
    assert align_words("a b c".split(), "a x c".split()) == [0, 1, 2]
    assert align_words("she took it".split(), "I never said she took it".split()) == [None, None, None, 0, 1, 2]
    assert align_words("a b".split(), "b".split()) == [1]
    assert align_words("b a".split(), "x b".split()) == [None, 0]  # two errors either way
    assert align_words([], ["a"]) == [None]
