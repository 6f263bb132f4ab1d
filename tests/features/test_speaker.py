import sys

import numpy as np
import pytest

from tts.errors import UserError
from tts.features.audio import load_audio
from tts.features.speaker import centroid, speaker_encoder
from tts.paths import real_speech


def buzz(seed, hz, tilt, rate=16000):
    """A voice with a pitch and a spectral tilt of its own, wavering differently with each seed."""
    t = np.arange(2 * rate) / rate
    phase = 2 * np.pi * np.cumsum(hz * (1 + 0.1 * np.sin(2 * np.pi * t + seed))) / rate
    sound = sum(np.sin(k * phase) * k**-tilt for k in range(1, 20)) * (np.sin(9 * t + seed) > -0.5)
    return (0.1 * sound + 1e-3 * np.random.default_rng(seed).standard_normal(len(t))).astype(np.float32)


def test_unit_length_repeatable_and_deaf_to_rate_and_loudness():
    encoder = speaker_encoder("statistics")
    vector = encoder(buzz(0, 120, 1.0), 16000)
    assert vector.shape == (encoder.size,) and np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(vector, encoder(buzz(0, 120, 1.0), 16000))
    assert vector @ encoder(0.1 * buzz(0, 120, 1.0), 16000) > 0.98


def test_made_up_voices_are_told_apart():
    encoder = speaker_encoder("statistics")
    low, high = ([encoder(buzz(seed, hz, tilt), 16000) for seed in range(3)] for hz, tilt in ((110, 1.2), (220, 0.8)))
    same = [a @ b for group in (low, high) for i, a in enumerate(group) for b in group[:i]]
    different = [a @ b for a in low for b in high]
    assert min(same) > max(different)
    assert np.linalg.norm(centroid(low)) == pytest.approx(1, abs=1e-5)


def test_silence_and_a_single_sample_give_finite_vectors():
    for samples in (np.zeros(16000, np.float32), np.full(1, 0.1, np.float32)):
        assert np.isfinite(speaker_encoder("statistics")(samples, 16000)).all()


def test_people_are_told_apart_by_the_nearest_centroid():
    if real_speech() is None:
        pytest.skip("the real speech beside the checkout is absent, so there are no people to tell apart")
    encoder = speaker_encoder("statistics")
    known, asked = {}, []
    for folder in sorted((real_speech() / "real-speech" / "librispeech-en" / "audio").iterdir()):
        vectors = [encoder(load_audio(path, 16000), 16000) for path in sorted(folder.glob("*.flac"))[:5]]
        known[folder.name] = centroid(vectors[:3])
        asked += [(folder.name, vector) for vector in vectors[3:]]
    right = [max(known, key=lambda name: known[name] @ vector) == name for name, vector in asked]
    assert len(known) >= 5 and np.mean(right) > 0.9


def test_unknown_or_absent_encoder_is_said(monkeypatch):
    with pytest.raises(UserError, match="expected one of statistics, resemblyzer"):
        speaker_encoder("x-vector")
    monkeypatch.setitem(sys.modules, "resemblyzer", None)
    with pytest.raises(UserError, match="set features.speaker_encoder to statistics"):
        speaker_encoder("resemblyzer")
