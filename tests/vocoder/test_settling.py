"""Settling: sound gets the magnitudes that were meant."""

import dataclasses

import torch

from tests.vocoder.make import FEATURES
from tests.vocoder.test_griffin_lim import glide
from tts.features.mel import MelSpectrogram
from tts.features.stft import Stft
from tts.vocoder.settling import Settling

OWN = Stft(dataclasses.replace(FEATURES, window_samples=2 * FEATURES.hop_samples))


def distance(wave: torch.Tensor, magnitude: torch.Tensor) -> float:
    return float((Stft(FEATURES)(wave).abs() - magnitude).norm() / magnitude.norm())


def test_sound_with_the_right_magnitudes_stays_as_it_is():
    wave = glide(110.0, 220.0, 0.5)[None]
    again = Settling(FEATURES, OWN, 4)(wave, Stft(FEATURES)(wave).abs())
    assert (again - wave).norm() < 1e-3 * wave.norm()


def test_every_round_brings_magnitudes_nearer():
    wave = glide(110.0, 220.0, 0.5)[None]
    magnitude = Stft(FEATURES)(wave).abs()
    rough = wave + 0.3 * wave.square().mean().sqrt() * torch.randn(wave.shape, generator=torch.Generator().manual_seed(0))
    found = [distance(Settling(FEATURES, OWN, rounds)(rough, magnitude), magnitude) for rounds in (0, 1, 3, 8)]
    assert found == sorted(found, reverse=True) and found[-1] < 0.5 * found[0]


def test_magnitudes_are_fitted_to_the_mel():
    wave = glide(110.0, 220.0, 0.5)[None]
    mel, settling = MelSpectrogram(FEATURES)(wave), Settling(FEATURES, OWN, 1)
    fitted = settling.fit(Stft(FEATURES)(wave).abs() * torch.linspace(0.2, 3.0, 601), mel)
    heard = mel > mel.max() - 6
    assert ((fitted @ settling.filterbank).log() - mel).abs()[heard].mean() < 0.03


def test_even_noise_is_meant_with_the_power_that_noise_has_on_average():
    """White noise through both windows: the level meant for the long one, from that through the short one, is what is measured there."""
    noise = torch.randn(1, 400 * FEATURES.hop_samples, generator=torch.Generator().manual_seed(0))
    short = OWN(noise).abs().square().mean((0, 1)).expand(1, 400, -1)
    long = Stft(FEATURES)(noise).abs().square().mean((0, 1))
    settling = Settling(FEATURES, OWN, 1)
    settling.fit = lambda magnitude, mel: magnitude
    meant = settling.magnitudes(torch.zeros_like(noise), short, torch.zeros(1, 400, FEATURES.mel_bands)).square()[0, 0]
    assert (meant[5:-5] / long[5:-5] - 1).abs().mean() < 0.12 and abs(meant.sum() / long.sum() - 1) < 0.02


def test_silence_stays_silent():
    settling = Settling(FEATURES, OWN, 3)
    wave = torch.zeros(1, 10 * FEATURES.hop_samples)
    mel = torch.full((1, 10, FEATURES.mel_bands), float(torch.tensor(FEATURES.log_floor).log()))
    assert settling(wave, settling.magnitudes(wave, None, mel)).abs().max() < 1e-3
