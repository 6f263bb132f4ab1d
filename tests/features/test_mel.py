import math
import sys

import numpy as np
import pytest
import torch

from tts.features import mel as mel_module
from tts.features.config import FeatureConfig
from tts.features.frames import samples_to_frames
from tts.features.mel import MelSpectrogram, mel_filterbank


@pytest.mark.parametrize("rate, hop", [(16000, 200), (22050, 256), (24000, 300), (44100, 441)])
def test_frames_of_any_length_follow_the_one_rule(rate, hop):
    config = FeatureConfig(sample_rate=rate, hop_samples=hop, window_samples=3 * hop, mel_high_hz=rate / 2)
    mel = MelSpectrogram(config)
    for samples in np.random.default_rng(rate).integers(1, 3 * rate, size=8):
        assert mel(torch.zeros(1, samples)).shape == (1, samples_to_frames(int(samples), config), 80)


def test_tone_lands_in_the_band_around_it_and_loudness_is_natural_log():
    config = FeatureConfig()
    wave = torch.sin(2 * math.pi * 1000 * torch.arange(24000) / 24000)[None]
    mel = MelSpectrogram(config)
    quiet, loud = mel(0.01 * wave)[0, 40], mel(0.1 * wave)[0, 40]
    band = loud.argmax()
    centre_hz = 20.0 * (mel.filterbank[:, band] * torch.arange(601)).sum() / mel.filterbank[:, band].sum()
    assert centre_hz == pytest.approx(1000, abs=40)
    assert loud[band] - quiet[band] == pytest.approx(math.log(10), abs=1e-4)


def test_silence_is_the_floor_and_has_a_finite_gradient():
    config = FeatureConfig()
    wave = torch.zeros(1, 3000, requires_grad=True)
    mel = MelSpectrogram(config)(wave)
    assert torch.allclose(mel, torch.full_like(mel, math.log(config.log_floor)))
    mel.sum().backward()
    assert torch.isfinite(wave.grad).all()


def test_without_torchaudio_the_filterbank_is_the_same(monkeypatch):
    mel_module._torchaudio_functional.cache_clear()
    if mel_module._torchaudio_functional() is None:
        pytest.skip("torchaudio cannot be imported here, so there is one filterbank only; run `make install`")
    ours = mel_filterbank(FeatureConfig())
    mel_module._torchaudio_functional.cache_clear()
    monkeypatch.setitem(sys.modules, "torchaudio", None)  # importing it now fails
    monkeypatch.setitem(sys.modules, "torchaudio.functional", None)
    assert mel_module._torchaudio_functional() is None
    assert torch.allclose(ours, mel_filterbank(FeatureConfig()), rtol=1e-4, atol=1e-7)  # the largest is 0.024
    mel_module._torchaudio_functional.cache_clear()


def test_extracting_piece_by_piece_is_the_same_mel():
    samples = np.random.default_rng(0).standard_normal(3 * 256 * 300 + 17).astype(np.float32)
    mel = MelSpectrogram(FeatureConfig())
    assert np.allclose(mel.extract(samples), mel(torch.from_numpy(samples)[None])[0].numpy(), atol=1e-5)
