"""Griffin-Lim: length-exact, the same alone and in a batch, and close to the mel it was given."""

import numpy as np
import pytest
import torch

from tts.features.config import FeatureConfig
from tts.features.mel import MelSpectrogram
from tts.vocoder.griffin_lim import GriffinLim

CONFIG = FeatureConfig()


def voice(f0_hz: np.ndarray, formant_hz: float = 800.0, sample_rate: int = CONFIG.sample_rate) -> torch.Tensor:
    """A sound like a vowel [N] whose fundamental is `f0_hz` [N]."""
    phase = 2 * np.pi * np.cumsum(f0_hz) / sample_rate
    wave = sum(
        np.sin(k * phase) / (1 + (k * f0_hz.mean() / formant_hz) ** 2) for k in range(1, int(sample_rate / 2 / f0_hz.max()))
    )
    return torch.tensor(0.1 * wave, dtype=torch.float32)


def glide(low: float, high: float, seconds: float = 1.0) -> torch.Tensor:
    return voice(np.geomspace(low, high, int(seconds * CONFIG.sample_rate)))


def test_every_frame_makes_hop_samples_whatever_the_length():
    vocoder = GriffinLim(CONFIG, iterations=2)
    for frames in (1, 2, 7, 50):
        assert vocoder(torch.randn(1, frames, CONFIG.mel_bands) - 4).shape == (1, frames * CONFIG.hop_samples)
    assert vocoder(torch.zeros(1, 0, CONFIG.mel_bands)).shape == (1, 0)


def test_the_same_samples_alone_and_in_any_batch():
    mel, vocoder = MelSpectrogram(CONFIG), GriffinLim(CONFIG, iterations=8)
    mels = [mel(glide(100, 200, seconds)[None])[0] for seconds in (0.31, 0.8, 0.55)]
    frame_mask = torch.zeros(3, max(map(len, mels)), dtype=torch.bool)
    batch = torch.randn(3, frame_mask.shape[1], CONFIG.mel_bands)  # padding holds anything
    for b, item in enumerate(mels):
        batch[b, : len(item)] = item
        frame_mask[b, : len(item)] = True
    together = vocoder(batch, frame_mask)
    for b, item in enumerate(mels):
        alone = vocoder(item[None])[0]
        assert torch.equal(together[b, : len(alone)], alone)
        assert not together[b, len(alone) :].any()


def test_magnitudes_have_the_mel_they_were_made_from():
    mel = MelSpectrogram(CONFIG)(glide(110, 220)[None])[0]
    vocoder = GriffinLim(CONFIG)
    again = (vocoder.magnitudes(mel) @ vocoder.filterbank).clamp(min=CONFIG.log_floor).log()
    assert (again - mel).abs().mean() < 0.05


@pytest.mark.parametrize("low, high", [(90.0, 140.0), (180.0, 330.0)])
def test_pitch_survives(low, high):
    from tts.features.f0 import extract_f0

    samples = glide(low, high)
    sound = GriffinLim(CONFIG)(MelSpectrogram(CONFIG)(samples[None]))[0].numpy()
    track = extract_f0(sound, FeatureConfig(f0_method="dio"))
    middles = (np.arange(len(track.f0_hz)) + 0.5) / len(track.f0_hz)
    truth = low * (high / low) ** middles
    inside = slice(5, -5)
    assert track.voiced[inside].mean() > 0.95
    cents = 1200 * np.abs(np.log2(track.f0_hz[inside][track.voiced[inside]] / truth[inside][track.voiced[inside]]))
    assert np.median(cents) < 20 and np.mean(cents > 300) < 0.02


def test_more_iterations_come_nearer_to_the_mel():
    mel = MelSpectrogram(CONFIG)
    target = mel(glide(100, 160)[None])
    errors = [float((mel(GriffinLim(CONFIG, iterations=n)(target)) - target).abs().mean()) for n in (0, 8, 32)]
    assert errors[0] > errors[1] > errors[2]
