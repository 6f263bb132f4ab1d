import numpy as np
import pytest

from tests.features.test_store import some_features
from tts.features import statistics
from tts.features.config import FeatureConfig
from tts.features.statistics import Sums


def test_range_is_quantiles_with_a_margin_inside_the_widest():
    f0_hz = np.linspace(100, 200, 10001)
    low, high = statistics.speaker_range(statistics.histogram(f0_hz), FeatureConfig())
    assert low == pytest.approx(0.75 * 105, rel=0.01) and high == pytest.approx(1.5 * 195, rel=0.01)
    low, high = statistics.speaker_range(statistics.histogram(np.full(1000, 500.0)), FeatureConfig())
    assert high == 600.0
    assert statistics.speaker_range(statistics.histogram(f0_hz[:50]), FeatureConfig()) == [60.0, 600.0]  # too little to say


def test_octave_jumps_count_neighbouring_voiced_frames_only():
    assert statistics.octave_jumps(np.array([100, 101, 202, 203, 0, 100, 99, 50.0])) == 2


def test_sums_of_pieces_are_the_sum_of_the_whole():
    utterances = [(("ann", "bob")[i % 2], some_features(30 + i, seed=i)) for i in range(6)]
    whole, first, second, joined = Sums(), Sums(), Sums(), Sums()
    for i, (speaker, features) in enumerate(utterances):
        whole.add(speaker, 1.0, features)
        (first if i < 3 else second).add(speaker, 1.0, features)
    for piece in (first, second):
        joined.merge(piece.speakers, piece.arrays())
    assert joined.summary({}) == whole.summary({})
    summary = whole.summary({"ann": [80.0, 300.0]})
    mels = np.concatenate([features.mel for _, features in utterances])
    assert summary["mel"]["mean"] == pytest.approx(mels.mean(axis=0), abs=1e-4)
    assert summary["mel"]["std"] == pytest.approx(mels.std(axis=0), abs=1e-4)
    ann = np.concatenate([features.f0_hz for speaker, features in utterances if speaker == "ann"])
    assert summary["speakers"]["ann"]["voiced_share"] == pytest.approx(np.mean(ann > 0), abs=1e-5)
    assert np.exp(summary["speakers"]["ann"]["log_f0_mean"]) == pytest.approx(120.5, rel=1e-4)
    assert summary["speakers"]["ann"]["f0_range_hz"] == [80.0, 300.0]
