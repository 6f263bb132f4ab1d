"""F0 scores on contours drawn by hand, whose errors are known, and against other implementations."""

import math

import numpy as np
import pytest

from tts.evaluation.f0 import compare_f0, compare_f0_of_words


def contour(*values):
    return np.array(values, dtype=np.float32)


def drawn(seed, upwards=False):
    """A contour of 400 frames and one with random faults: flips of voicing, small and gross errors of pitch."""
    rng = np.random.default_rng(seed)
    reference = np.where(rng.random(400) < 0.7, 150 + 40 * np.sin(np.arange(400) / 20), 0.0)
    factor = np.where(
        rng.random(400) < 0.1, rng.choice([1.3, 2.0] if upwards else [0.5, 0.7, 1.3, 2.0], 400), rng.normal(1, 0.02, 400)
    )
    hypothesis = np.where(rng.random(400) < 0.1, np.where(reference > 0, 0.0, 180.0), reference * factor)
    return reference, hypothesis


def test_equal_contours_have_no_error():
    scores = compare_f0(contour(0, 100, 110, 120, 0), contour(0, 100, 110, 120, 0))
    errors = {name: value for name, value in scores.scores().items() if name not in ("f0_correlation", "voicing_f1")}
    assert len(errors) == 6 and set(errors.values()) == {0.0}
    assert scores.f0_correlation == pytest.approx(1) and scores.voicing_f1 == 1 and (scores.frames, scores.voiced_frames) == (5, 3)


def test_a_shift_of_100_cents_is_100_cents():
    reference = np.linspace(90, 200, 50)
    scores = compare_f0(reference, reference * 2 ** (100 / 1200))
    assert scores.f0_rmse_cents == pytest.approx(100, abs=1e-6) and scores.log_f0_rmse == pytest.approx(math.log(2) / 12)
    assert scores.f0_correlation == pytest.approx(1) and scores.gross_pitch_error == 0


def test_each_error_counts_in_its_own_denominator():
    #            both    gross   missed  both    invented unvoiced
    reference = contour(100, 100, 100, 200, 0, 0)
    hypothesis = contour(119, 121, 0, 200, 100, 0)
    scores = compare_f0(reference, hypothesis)
    assert scores.gross_pitch_error == pytest.approx(1 / 3)  # of three voiced in both
    assert scores.voicing_decision_error == pytest.approx(2 / 6)  # of all six
    assert scores.f0_frame_error == pytest.approx(3 / 6)
    assert scores.voicing_f1 == pytest.approx(3 / 4)  # three of four on either side
    assert scores.f0_rmse_hz == pytest.approx(math.sqrt((19**2 + 21**2) / 3))


@pytest.mark.parametrize(
    "reference, hypothesis, voicing", [([0, 0], [0, 0], 0), ([100, 100], [0, 0], 1), ([100, 0], [0, 100], 1)]
)
def test_nothing_voiced_in_both_is_no_score_and_never_zero(reference, hypothesis, voicing):
    scores = compare_f0(contour(*reference), contour(*hypothesis)).scores()
    assert scores.pop("voicing_decision_error") == scores.pop("f0_frame_error") == voicing
    assert scores.pop("voicing_f1") == 0 if voicing else True
    assert len(scores) == 5 + (not voicing) and all(math.isnan(value) for value in scores.values())


def test_a_flat_contour_has_no_correlation():
    assert math.isnan(compare_f0(contour(100, 100, 100), contour(100, 110, 120)).f0_correlation)


def test_a_path_pairs_frames():
    path = np.array([[0, 0], [0, 1], [1, 2]])
    assert compare_f0(contour(100, 200), contour(100, 100, 200), path).f0_rmse_hz == 0
    with pytest.raises(ValueError, match="2 and 3"):
        compare_f0(contour(100, 200), contour(100, 100, 200))


def test_words_are_scored_apart():
    reference = contour(0, 100, 100, 100, 0, 200, 200, 200, 0)
    hypothesis = contour(0, 100, 100, 100, 0, 0, 400, 400, 0)
    path = np.repeat(np.arange(9)[:, None], 2, axis=1)
    first, second = compare_f0_of_words(reference, hypothesis, path, [(1, 4), (5, 8)])
    assert first.scores.f0_rmse_cents == 0 and first.reference_st == first.hypothesis_st == 0
    assert second.scores.f0_rmse_cents == pytest.approx(1200) and second.scores.voicing_decision_error == pytest.approx(1 / 3)
    assert math.isnan(second.hypothesis_st)  # two frames voiced in both are too few for a mean


def test_it_agrees_with_loops_that_follow_the_definitions():
    for seed in range(5):
        reference, hypothesis = drawn(seed)
        gross = flips = both = 0
        squares = hertz = 0.0
        for a, b in zip(reference.tolist(), hypothesis.tolist()):
            if (a > 0) != (b > 0):
                flips += 1
            elif a > 0:
                both += 1
                gross += abs(b - a) > 0.2 * a
                squares += (1200 * math.log2(b / a)) ** 2
                hertz += (b - a) ** 2
        found = compare_f0(reference, hypothesis)
        assert found.gross_pitch_error == pytest.approx(gross / both) and found.voicing_decision_error == pytest.approx(
            flips / 400
        )
        assert found.f0_frame_error == pytest.approx((gross + flips) / 400)
        assert found.f0_rmse_cents == pytest.approx(math.sqrt(squares / both))
        assert found.f0_rmse_hz == pytest.approx(math.sqrt(hertz / both))


def test_it_agrees_with_mir_eval():
    """mir_eval measures accuracy within a tolerance in cents, ours is a ratio: the same for errors upwards."""
    melody = pytest.importorskip("mir_eval.melody", reason="mir_eval is not installed (pip install mir_eval)")
    for seed in range(5):
        reference, hypothesis = drawn(seed, upwards=True)
        voicing, cents = melody.freq_to_voicing(reference)[1], melody.hz2cents(np.maximum(reference, 1e-9))
        other_voicing, other_cents = melody.freq_to_voicing(hypothesis)[1], melody.hz2cents(np.maximum(hypothesis, 1e-9))
        tolerance = 1200 * math.log2(1.2)
        both = (voicing * other_voicing).astype(bool)
        right = melody.raw_pitch_accuracy(voicing[both], cents[both], other_voicing[both], other_cents[both], tolerance)
        overall = melody.overall_accuracy(voicing, cents, other_voicing, other_cents, tolerance)
        recall, false_alarm = melody.voicing_measures(voicing, other_voicing)
        found, voiced = compare_f0(reference, hypothesis), voicing.mean()
        assert found.gross_pitch_error == pytest.approx(1 - right)
        assert found.f0_frame_error == pytest.approx(1 - overall)
        assert found.voicing_decision_error == pytest.approx((1 - recall) * voiced + false_alarm * (1 - voiced))
