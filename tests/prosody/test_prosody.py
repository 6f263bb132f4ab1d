"""What differs from the measured numbers is the edit."""

import dataclasses

import pytest

from tts.errors import UserError
from tts.prosody.prosody import UnitEdit, edits, require_space, require_units


def changed(prosody, position: int, **numbers):
    words = list(prosody.words)
    words[position] = dataclasses.replace(words[position], **numbers)
    return dataclasses.replace(prosody, words=tuple(words))


def test_nothing_changed_is_no_edit(prosody_of):
    assert edits(prosody_of("_ Good evening .")) == [UnitEdit()] * 4


def test_every_number_becomes_its_edit(prosody_of):
    prosody = prosody_of("_ Good evening .")
    word = prosody.words[2]  # 300 ms, 1 st, range 2, slope -3, -1 dB
    wanted = changed(prosody, 2, duration_ms=1.4 * word.duration_ms, f0_st=word.f0_st + 3, f0_range_st=3, f0_slope_st_s=5,
                     energy_db=-7.5)
    assert edits(wanted) == [UnitEdit(), UnitEdit(), UnitEdit(3.0, 1.5, 8.0, -6.5, 1.4), UnitEdit()]
    assert wanted.words[2].edited == ("duration_ms", "f0_st", "f0_range_st", "f0_slope_st_s", "energy_db")


def test_a_pause_gets_the_very_length_also_where_there_was_none(prosody_of):
    prosody = prosody_of("_ Good , evening .", lengths={2: 0.0})
    assert edits(prosody)[2] == UnitEdit()
    assert edits(changed(prosody, 2, duration_ms=250))[2] == UnitEdit(pause_ms=250)
    assert edits(changed(prosody, 4, duration_ms=0))[4] == UnitEdit(pause_ms=0)


def test_where_no_f0_was_measured_it_counts_from_the_median(prosody_of):
    prosody = prosody_of("_ Good evening .")
    unvoiced = dataclasses.replace(prosody.words[1].measured, f0_st=None, f0_range_st=None, f0_slope_st_s=None)
    prosody = changed(prosody, 1, f0_st=2.0, f0_range_st=None, f0_slope_st_s=None, measured=unvoiced)
    assert edits(prosody)[1] == UnitEdit(semitones=2.0)


@pytest.mark.parametrize(
    "position, numbers, message",
    [
        (1, {"duration_ms": 0}, "word 1 'Good': duration_ms is 0; expected more than 0"),
        (1, {"duration_ms": 2e4}, "word 1 'Good': asks for stretch 100; expected 0.1 to 10"),
        (2, {"f0_st": 60.0}, "word 2 'evening': asks for semitones 59; expected -24 to 24"),
        (2, {"f0_st": None}, "word 2 'evening': f0_st is null, but 1 was measured"),
        (3, {"f0_st": 1.0}, "pause p2 '.': a pause has no F0"),
        (3, {"duration_ms": -1}, "pause p2 '.': duration_ms is -1; expected 0 or more"),
    ],
)
def test_edits_that_nobody_can_follow_are_refused(prosody_of, position, numbers, message):
    with pytest.raises(UserError, match="^" + message.replace(".", r"\.")) as error:
        edits(changed(prosody_of("_ Good evening ."), position, **numbers))
    assert "\n" not in str(error.value)


def test_a_level_melody_has_no_range_to_widen(prosody_of):
    prosody = prosody_of("_ Good .")
    level = dataclasses.replace(prosody.words[1].measured, f0_range_st=0.01)
    with pytest.raises(UserError, match="no movement to widen"):
        edits(changed(prosody, 1, f0_range_st=2.0, measured=level))


def test_units_and_space_must_fit(prosody_of, units_of):
    prosody = prosody_of("_ Good evening .")
    require_units(prosody, units_of("_ Good evening ."))
    with pytest.raises(UserError, match="4 words and pauses are not the 3 of its text: entry 3 is 'evening', expected '.'"):
        require_units(prosody, units_of("_ Good ."))
    require_space(prosody, "model-1", "b.wav")
    with pytest.raises(UserError, match="model model-1, those of b.wav of other"):
        require_space(prosody, "other", "b.wav")
