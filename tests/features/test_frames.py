import numpy as np
import pytest
import torch

from tts.features.config import FeatureConfig
from tts.features.energy import frame_energy
from tts.features.f0 import extract_f0
from tts.features.frames import boundaries_to_durations, frames_to_samples, samples_to_frames
from tts.features.mel import MelSpectrogram
from tts.features.stft import Stft


@pytest.mark.parametrize("method", ["correlation", "dio"])
@pytest.mark.parametrize("rate, hop", [(16000, 200), (22050, 256), (24000, 300), (44100, 441), (16000, 160)])
def test_every_feature_of_any_length_has_the_same_frames(rate, hop, method):
    config = FeatureConfig(sample_rate=rate, hop_samples=hop, window_samples=3 * hop, mel_high_hz=rate / 2, f0_method=method)
    mel = MelSpectrogram(config)
    rng = np.random.default_rng(rate + hop)
    for count in [1, 2, hop - 1, hop, hop + 1, *rng.integers(1, 2 * rate, size=6)]:
        samples = rng.standard_normal(int(count)).astype(np.float32)
        frames = samples_to_frames(int(count), config)
        assert {len(mel.extract(samples)), len(extract_f0(samples, config).f0_hz), len(frame_energy(samples, config))} == {frames}
        assert frames_to_samples(frames, config) - hop < count <= frames_to_samples(frames, config)
        stft = Stft(config)
        assert stft.inverse(stft(torch.from_numpy(samples)[None])).shape[1] == frames_to_samples(frames, config)


def test_durations_of_random_boundaries_add_up():
    rng = np.random.default_rng(0)
    config = FeatureConfig()
    for _ in range(200):
        frames = int(rng.integers(1, 400))
        times = np.sort(rng.uniform(0, 1.1 * frames * config.frame_seconds, size=rng.integers(2, 60)))
        durations = boundaries_to_durations(times, frames, config)
        assert durations.sum() == frames and (durations >= 0).all() and len(durations) == len(times) - 1
