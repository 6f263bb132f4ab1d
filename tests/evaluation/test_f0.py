"""F0 scores on contours drawn by hand, whose errors are known."""

import math

import numpy as np
import pytest

from tts.evaluation.f0 import compare_f0


def contour(*values):
    return np.array(values, dtype=np.float32)


def test_equal_contours_have_no_error():
    scores = compare_f0(contour(0, 100, 110, 120, 0), contour(0, 100, 110, 120, 0))
    assert (scores.rmse_hz, scores.rmse_log, scores.rmse_cents, scores.gpe, scores.vde, scores.ffe) == (0, 0, 0, 0, 0, 0)
    assert scores.correlation == pytest.approx(1) and (scores.frames, scores.voiced_frames) == (5, 3)


def test_a_shift_of_100_cents_is_100_cents():
    reference = np.linspace(90, 200, 50)
    scores = compare_f0(reference, reference * 2 ** (100 / 1200))
    assert scores.rmse_cents == pytest.approx(100, abs=1e-6) and scores.rmse_log == pytest.approx(math.log(2) / 12)
    assert scores.correlation == pytest.approx(1) and scores.gpe == 0


def test_each_error_counts_in_its_own_denominator():
    #            both    gross   missed  both    invented unvoiced
    reference = contour(100, 100, 100, 200, 0, 0)
    hypothesis = contour(119, 121, 0, 200, 100, 0)
    scores = compare_f0(reference, hypothesis)
    assert scores.gpe == pytest.approx(1 / 3)  # of three voiced in both
    assert scores.vde == pytest.approx(2 / 6)  # of all six
    assert scores.ffe == pytest.approx(3 / 6)
    assert scores.rmse_hz == pytest.approx(math.sqrt((19**2 + 21**2) / 3))


@pytest.mark.parametrize("reference, hypothesis, vde", [([0, 0], [0, 0], 0), ([100, 100], [0, 0], 1), ([100, 0], [0, 100], 1)])
def test_nothing_voiced_in_both_is_no_score_and_never_zero(reference, hypothesis, vde):
    scores = compare_f0(contour(*reference), contour(*hypothesis))
    assert all(math.isnan(v) for v in (scores.rmse_hz, scores.rmse_log, scores.rmse_cents, scores.correlation, scores.gpe))
    assert scores.vde == scores.ffe == vde


def test_a_flat_contour_has_no_correlation():
    assert math.isnan(compare_f0(contour(100, 100, 100), contour(100, 110, 120)).correlation)


def test_a_path_pairs_frames():
    path = np.array([[0, 0], [0, 1], [1, 2]])
    assert compare_f0(contour(100, 200), contour(100, 100, 200), path).rmse_hz == 0
    with pytest.raises(ValueError, match="2 and 3"):
        compare_f0(contour(100, 200), contour(100, 100, 200))
