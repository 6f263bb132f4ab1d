"""One melody drawn in the time of another."""

import numpy as np
import pytest

from tts.corpus.utterance import Phone, Unit
from tts.report.melody import Track, f0_curve, hertz_scale, lay_over, warp_times


def test_the_warp_maps_phone_to_phone():
    def units(*frames):
        return [Unit("w", (0, 1), [Phone(s, 0, f) for s, f in zip("_abc", frames)])]

    times = warp_times(units(2, 4, 0, 1), units(1, 2, 3, 2))
    assert times == pytest.approx([0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 7.0])
    recorded = [Unit("w", (0, 1), [Phone("a", 0, 2)]), Unit("_", (1, 1), [Phone("_", 0, 4)]), Unit("v", (1, 2), [Phone("b", 0, 2)])]
    spoken = [Unit(",", (0, 0), [Phone(",", 0, 1)]), Unit("w", (0, 1), [Phone("a", 0, 1)]), Unit("v", (1, 2), [Phone("b", 0, 1)])]
    assert warp_times(spoken, recorded) == pytest.approx([0.0, 1.0, 7.0])  # a pause on one side only
    assert warp_times(units(1, 1, 1, 1), [Unit("w", (0, 1), [Phone("x", 0, 4)])]) is None


def test_a_curve_breaks_where_unvoiced():
    path = f0_curve(np.arange(5) + 0.5, np.array([100, 200, 0, 100, 0.0]), 5, 100, 200)
    assert path == "M100.0 100.0h.1L300.0 0.0M700.0 100.0h.1"


def test_the_same_melody_in_two_voices_is_one_line():
    """An octave apart, the second half as fast again."""
    units, slower = ([Unit("_", (0, 0), [Phone("_", 0, f)]), Unit("la", (0, 2), [Phone("a", 0, 4 * f)])] for f in (1, 2))
    f0_hz = np.array([0, 100, 110, 120, 130.0])
    first, second = Track("recording", units, f0_hz), Track("transfer", slower, 2 * np.repeat(f0_hz, 2))
    melody = lay_over(first, second, ("one", "two"), ["note"], 80.0, medians_hz=(115.0, 230.0), marked=(1,))
    (_, a), (_, b) = melody.curves
    heights = [[float(point.split("h")[0].split()[1]) for point in curve.replace("L", "M").split("M")[1:]] for curve in (a, b)]
    assert np.repeat(heights[0], 2) == pytest.approx(heights[1]) and len(set(heights[0])) == 4
    assert [(word.text, word.left, word.width, word.marked) for word in melody.words] == [("la", 20.0, 80.0, True)]
    assert ("median", pytest.approx(50, abs=15)) in melody.ticks and melody.notes == ["note"]
    other = Track("transfer", [Unit("lo", (0, 2), [Phone("o", 0, 5)])], f0_hz)
    melody = lay_over(first, other, ("one", "two"), ["note"], 80.0, hertz_scale(60, 240))
    assert len(melody.curves) == len(melody.legend) == 1 and melody.notes == ["no transfer here: its phones differ"]
    assert melody.ticks[-1][0] == "200 Hz"
