"""Which frames belong together, where that is known."""

from types import SimpleNamespace

import numpy as np
import pytest

from tts.corpus.utterance import Phone, Unit, Utterance
from tts.errors import UserError
from tts.evaluation.warp import one_to_one, path_between, through


def test_straight_lines_between_boundaries():
    """A second part three times as long, and a pause that only the hypothesis has."""
    path = through(np.array([0.0, 1.0, 1.0, 2.0]), np.array([0.0, 1.0, 1.5, 4.5]), 20, 45, 0.1)
    assert path[:, 0].tolist() == list(range(20))
    assert path[:10, 1].tolist() == list(range(10))
    assert path[10:, 1].tolist() == [16, 19, 22, 25, 28, 31, 34, 37, 40, 43]


def test_nothing_leads_beyond_the_end():
    path = through(np.array([0.0, 1.0]), np.array([0.0, 1.05]), 11, 10, 0.1)
    assert path[-1].tolist() == [10, 9]


def test_frame_by_frame_needs_equal_lengths():
    assert one_to_one(4, 3).tolist() == [[0, 0], [1, 1], [2, 2]]
    with pytest.raises(UserError, match="4 and 9 frames"):
        one_to_one(4, 9)


class Spoken:
    """A sound that is known by its alignment alone; 10 ms a frame."""

    aligned = True

    def __init__(self, *units):
        """Units as (text, {phone: frames})."""
        phones = [Unit(text, (0, 0), [Phone(symbol, 0, frames) for symbol, frames in parts.items()]) for text, parts in units]
        self.utterance = Utterance("u", "", "s", "de", units=phones)
        total = sum(unit.frames for unit in phones)
        self.f0_hz, self.seconds, self.source = np.zeros(total), total / 100, SimpleNamespace(path="u.wav")
        self.settings = SimpleNamespace(unit_seconds=0.01, config=SimpleNamespace(frame_seconds=0.01))


def test_a_pause_of_one_side_only_and_other_phones_are_no_obstacle():
    reference = Spoken(("_", {"_": 5}), ("a", {"a": 10, "b": 10}), (",", {",": 8}), ("c", {"c": 10}), (".", {".": 5}))
    system = Spoken(("_", {"_": 5}), ("a", {"a": 30, "b": 10}), ("c", {"c": 10}), (".", {".": 5}))
    path = dict(path_between(reference, system, "durations"))
    assert [path[i] for i in (0, 4, 5, 14, 15, 24)] == [0, 4, 6, 33, 35, 44]
    assert {path[i] for i in range(25, 33)} <= {44, 45}  # the pause has nowhere to go
    assert [path[i] for i in (33, 42, 43, 47)] == [45, 54, 55, 59]
    other = Spoken(("_", {"_": 5}), ("a", {"x": 60}), ("c", {"c": 10}), (".", {".": 5}))
    assert dict(path_between(reference, other, "durations"))[15] == 36  # by words: half of a is half of a
    with pytest.raises(UserError, match="different words"):
        path_between(reference, Spoken(("_", {"_": 5}), ("d", {"d": 53})), "durations")
