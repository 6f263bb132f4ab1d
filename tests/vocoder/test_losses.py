"""Distances that are 0 for the same sound, and losses of the contest with known values."""

import dataclasses
import math

import pytest
import torch

from tests.vocoder.make import CONFIG, FEATURES
from tests.vocoder.test_griffin_lim import glide
from tts.features.config import FeatureConfig
from tts.vocoder.discriminators import Judgement
from tts.vocoder.losses import SpectralLoss, deceive, discriminate, match, meant_distance, resolutions


def test_same_sound_is_0_and_twice_as_loud_is_ln_2():
    loss, wave = SpectralLoss(FEATURES, dataclasses.replace(CONFIG, magnitude_weight=1.0)), glide(100, 200, 0.5)[None]
    same = loss(wave, wave)
    assert same.mel == 0 and same.magnitude == 0
    noise = 0.3 * torch.randn(1, 12000, generator=torch.Generator().manual_seed(0))
    assert loss(2 * noise, noise).mel.item() == pytest.approx(0.693, abs=0.01)
    assert loss(2 * noise, noise).magnitude.item() == pytest.approx(0.693, abs=0.01)


def test_the_gradient_of_silence_is_finite():
    silence = torch.zeros(1, 3000, requires_grad=True)
    SpectralLoss(FEATURES, CONFIG)(silence, glide(100, 200, 0.125)[None]).mel.backward()
    assert silence.grad.isfinite().all()


@pytest.mark.parametrize("rate, hop", [(24000, 300), (22050, 256), (16000, 200)])
def test_resolutions_of_any_rate_can_be_made(rate, hop):
    features = FeatureConfig(rate, hop, 4 * hop, mel_high_hz=rate / 2)
    for resolution, window_ms in zip(resolutions(features, CONFIG), CONFIG.windows_ms):
        assert resolution.window_samples / rate == pytest.approx(window_ms / 1000, rel=0.05)


def test_the_contest():
    right, wrong = ([Judgement(torch.full((2, 5), value), [torch.full((2, 3), value)])] for value in (1.0, 0.0))
    assert deceive(right, "least squares") == 0 and deceive(wrong, "least squares") == 1
    assert discriminate(wrong, right, "least squares") == 0 and discriminate(right, wrong, "least squares") == 2
    assert deceive(right, "hinge") == -1
    surely = [Judgement(torch.full((2, 5), -1.0), [])]
    assert discriminate(surely, right, "hinge") == 0 and discriminate(wrong, wrong, "hinge") == 2
    assert match(right, wrong) == 1


def test_meant_magnitudes_are_compared_in_log_and_padding_is_not():
    true = torch.full((1, 3, 5), 0.1, dtype=torch.complex64)
    meant = true.abs() * torch.tensor([1.0, math.e, 100.0])[None, :, None]
    mask = torch.tensor([[True, True, False]])
    assert meant_distance(meant, true, mask) == pytest.approx(0.5, abs=1e-4)  # one frame right, one off by a neper
    assert meant_distance(torch.zeros_like(meant), torch.zeros_like(true), mask) == pytest.approx(0, abs=1e-4)  # both below what is heard
