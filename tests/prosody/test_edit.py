"""Changes of prosody are what their arguments say, and leave the rest alone."""

import pytest

from tts.errors import UserError
from tts.prosody.edit import blend, copy, mask, own_centre, scale, select, shift
from tts.prosody.prosody import UnitEdit, edits


@pytest.mark.parametrize(
    "words, positions",
    [("3", [4]), ("1-2", [1, 2]), ("EVENING", [2, 4]), ("all", [1, 2, 4]), ("p2", [3]), ("p1-2", None), ("p1-p2", [0, 3]),
     ("pauses", [0, 3, 5]), ("1, p3 ,evening", [1, 2, 4, 5]), ("longest", [2])],
)
def test_selectors(prosody_of, words, positions):
    prosody = prosody_of("_ Good evening , evening .")
    if positions is None:
        with pytest.raises(UserError):
            select(prosody, words)
    else:
        assert select(prosody, words) == positions


@pytest.mark.parametrize("words, message", [("4", "from 1 to 3"), ("0", "from 1 to 3"), ("p4", "has 3 pauses"), ("2-1", "1 to 3"),
                                            ("evning", "did you mean 'evening'"), ("", "no word ''")])
def test_selectors_that_choose_nothing(prosody_of, words, message):
    with pytest.raises(UserError, match=message):
        select(prosody_of("_ Good evening , evening ."), words)


def test_a_shift_reads_back_as_its_edit_and_adds_up(prosody_of):
    prosody = prosody_of("_ Good evening , all .")
    once = shift(prosody, "evening", semitones=3, stretch=1.4, gain_db=2.5, f0_range=1.5, slope=-4)
    assert edits(once) == [UnitEdit()] * 2 + [UnitEdit(3, 1.5, -4, 2.5, 1.4)] + [UnitEdit()] * 3
    assert edits(shift(once, "2", semitones=-1, stretch=0.5))[2] == UnitEdit(2, 1.5, -4, 2.5, 0.7)
    assert shift(prosody, "all") == prosody
    assert edits(shift(prosody, "p2", semitones=3, stretch=2))[3] == UnitEdit(pause_ms=400)
    with pytest.raises(UserError, match="word 2 'evening': asks for semitones 30"):
        shift(prosody, "2", semitones=30)


def test_mask_takes_latents_and_leaves_changes(prosody_of):
    masked = mask(shift(prosody_of("_ Good evening ."), "2", semitones=3), "2")
    assert masked.words[2].acoustic is None and masked.words[2].timing is None
    assert edits(masked)[2] == UnitEdit(semitones=3) and masked.words[1].acoustic is not None


def test_scale_moves_latents_about_the_centre_of_their_kind(prosody_of):
    prosody = mask(prosody_of("_ Good evening dear ."), "3")  # words 1 and 2 have acoustic [1, -1] and [2, -2]
    assert own_centre(prosody).word.acoustic == (1.5, -1.5)
    flat, wide = scale(prosody, 0), scale(prosody, 2)
    assert flat.words[1].acoustic == flat.words[2].acoustic == (1.5, -1.5)
    assert wide.words[2].acoustic == (2.5, -2.5) and wide.words[3].acoustic is None
    assert scale(prosody, 1) == prosody and flat.words[0].acoustic == flat.words[4].acoustic == (2.0, -2.0)
    with pytest.raises(UserError, match="0 is flat"):
        scale(prosody, -1)


def test_copy_takes_numbers_and_latents_of_the_partner(prosody_of):
    a, b = prosody_of("_ one two three ."), prosody_of("_ one two , three .", offset=5.0)
    mixed = copy(a, b, "3")
    assert mixed.words[:3] == a.words[:3] and mixed.words[3] == b.words[4]
    other = copy(a, b, "1", "1:2")
    assert other.words[1].text == "one" and other.words[1].acoustic == b.words[2].acoustic and edits(other)[1] == UnitEdit()
    with pytest.raises(UserError, match="nothing for 1 of a.wav with map '2:2'"):
        copy(a, b, "1", "2:2")
    with pytest.raises(UserError, match="do not mean the same"):
        copy(a, prosody_of("_ one two three .", space="model-2"), "3")


def test_blend_goes_from_one_to_the_other(prosody_of):
    a, b = prosody_of("_ one two ."), shift(prosody_of("_ one two .", offset=4.0), "2", semitones=2)
    assert blend(a, b, 0) == a and blend(a, b, 1) == b
    half = blend(a, b, 0.5)
    assert half.words[2].acoustic == (4.0, -2.0) and half.words[2].timing == (1.5,)
    assert (half.words[2].measured.f0_st, half.words[2].f0_st) == (3.0, 4.0)
    assert edits(half)[2] == UnitEdit(semitones=1)
    # What one side lacks is the nearer side's.
    assert blend(a, mask(b, "1"), 0.3).words[1].acoustic == a.words[1].acoustic
    assert blend(a, mask(b, "1"), 0.7).words[1].acoustic is None
    with pytest.raises(UserError, match="expected 0"):
        blend(a, b, 1.5)
    with pytest.raises(UserError, match="do not mean the same"):
        blend(a, prosody_of("_ one two .", space="model-2"), 0.5)


def test_blend_of_other_words_keeps_what_has_no_partner(prosody_of):
    a, b = prosody_of("_ one more two ."), prosody_of("_ one , two .", offset=4.0)
    mixed = blend(a, b, 1.0)
    assert [w.text for w in mixed.words] == ["_", "one", "more", "two", "."]
    assert mixed.words[2] == a.words[2] and mixed.words[3].acoustic == b.words[3].acoustic
