"""Sentences apart and together again."""

from tts.synthesis.sentences import join_sentences, split_sentences, with_frames
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
