"""Sentences apart and together again."""

from tts.corpus.utterance import Phone, Unit
from tts.synthesis.sentences import LONGEST, join_sentences, split_sentences, with_frames
from tts.text.frontend import TextFrontend


def test_join_undoes_split_and_keeps_every_frame():
    units = TextFrontend("en-us").process("Yes. Go on, please! Is it 42?").units
    sentences, _ = split_sentences(units)
    assert [[u.text for u in s] for s in sentences] == [
        ["_", "Yes", "."],
        ["_", "Go", "on", ",", "please", "!"],
        ["_", "Is", "it", "forty", "two", "?"],
    ]
    timed = [with_frames(s, range(1, 1 + sum(len(u.phones) for u in s))) for s in sentences]
    joined = join_sentences(timed)
    assert [(u.text, u.span) for u in joined] == [(u.text, u.span) for u in units]
    assert sum(u.frames for u in joined) == sum(u.frames for s in timed for u in s)


def test_one_sentence_stays_whole():
    units = TextFrontend("de").process("Guten Tag, wie geht es").units
    assert split_sentences(units, list(range(len(units)))) == ([units], [list(range(len(units)))])


def test_endless_sentences_are_cut_at_a_pause_or_else_between_words():
    word, pause, begin, end = (Unit(text, (0, 1), [Phone("a" if text == "w" else text)]) for text in ("w", ",", "_", "."))
    for middle, first in (([*[word] * 250, pause, *[word] * 250], 252), ([word] * 900, 402)):
        units = [begin, *middle, end]
        sentences, carried = split_sentences(units, list(range(len(units))))
        assert len(sentences[0]) == first and max(map(len, sentences)) <= LONGEST + 2
        assert [u for s in sentences for u in s if not u.is_pause] == [u for u in units if not u.is_pause]
        assert [c for s in carried for c in s if c is not None] == list(range(len(units)))
        assert all(s[0].is_pause and s[-1].is_pause and len(s) > 2 for s in sentences)
