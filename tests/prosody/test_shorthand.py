import pytest

from tts.errors import UserError
from tts.prosody.edit import select
from tts.prosody.shorthand import Edit, parse_edit


def test_an_edit_in_one_line(prosody_of):
    edit = parse_edit("2-3, evening: semitones=4 stretch=1.5, gain-db=-2")
    assert edit == Edit("2-3, evening", {"semitones": 4.0, "stretch": 1.5, "gain_db": -2.0})
    prosody = prosody_of("_ Good , fine evening .")
    changed = edit.apply(prosody)
    assert edit.positions(prosody) == [3, 4]
    before, after = prosody.words[4], changed.words[4]
    assert (after.f0_st - before.f0_st, after.duration_ms / before.duration_ms, after.energy_db - before.energy_db) == (4, 1.5, -2)
    assert changed.words[1] == prosody.words[1]


def test_the_longest_word_is_not_the_last(prosody_of):
    assert select(prosody_of("_ A lovely , happy evening ."), "longest") == [2]
    assert select(prosody_of("_ Good , kind morning ."), "longest,p1") == [0, 1]  # of equals the first
    assert select(prosody_of("_ Yes ."), "longest") == [1]


@pytest.mark.parametrize("text, named", [
    ("semitones=4", "WORDS: NAME=VALUE"), ("all:", "WORDS: NAME=VALUE"), ("all: pitch=4", "'pitch=4'"), ("all: stretch=fast", "'stretch=fast'"),
    ("all: semitones=1 semitones=2", "'semitones=2'"), (": stretch=2", "WORDS: NAME=VALUE"),
])
def test_one_that_cannot_be_read_is_told_so(text, named):
    with pytest.raises(UserError, match="expected") as caught:
        parse_edit(text)
    assert named in str(caught.value)
