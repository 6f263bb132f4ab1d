"""Pulses and noise: the right pitch, unbroken, of one power."""

import numpy as np
import pytest
import torch

from tts.features.config import FeatureConfig
from tts.features.stft import Stft
from tts.vocoder.excitation import NOISE_FRAMES, Anchor, even_noise, frame_cycles, noise_spectrum, pulses, white_noise

RATE, HOP = 24000, 300


def made(f0_hz: torch.Tensor, voiced: torch.Tensor | None = None) -> torch.Tensor:
    voiced = torch.ones_like(f0_hz, dtype=torch.bool) if voiced is None else voiced
    return pulses(f0_hz, frame_cycles(f0_hz, voiced, HOP / RATE), RATE, HOP)[0]


@pytest.mark.parametrize("hz", [80.0, 123.4, 440.0])
def test_a_constant_f0_is_a_comb_at_its_multiples(hz):
    frames = 80
    wave = made(torch.full((1, frames), hz)).double().numpy()
    time = (np.arange(len(wave)) + 0.5) / RATE - 0.5 * HOP / RATE  # phase 0 at the first frame's middle
    count = int(0.5 * 0.97 * RATE / hz)
    truth = sum(np.cos(2 * np.pi * hz * k * time) for k in range(1, count + 1)) * np.sqrt(2 / count)
    assert np.abs(wave - truth).max() < 5e-3 * np.abs(truth).max()
    assert np.mean(wave**2) == pytest.approx(1.0, rel=0.05)


def test_the_phase_of_a_glide_is_the_integral_of_f0():
    """Harmonic by harmonic, with no step at the borders of frames."""
    frames = 60
    f0 = torch.linspace(100, 300, frames)[None]
    at = np.concatenate([[0.0], (np.arange(frames * HOP) + 0.5) / HOP - 0.5])  # the first frame's middle, then all samples, in frames
    fine = np.linspace(-0.5, frames - 0.5, 200 * frames + 1)
    instantaneous = np.interp(fine, np.arange(frames), f0[0].numpy())
    integral = np.concatenate([[0], np.cumsum((instantaneous[1:] + instantaneous[:-1]) / 2 * np.diff(fine) * HOP / RATE)])
    cycles = np.interp(at, fine, integral)
    cycles = (cycles - cycles[0])[1:]
    count = np.repeat(np.floor(0.5 * 0.97 * RATE / f0[0].numpy()), HOP)
    truth = sum(np.where(k <= count, np.cos(2 * np.pi * k * cycles), 0) for k in range(1, int(count.max()) + 1)) * np.sqrt(2 / count)
    error = made(f0).double().numpy() - truth
    assert np.sqrt(np.mean(error**2)) < 0.02 and np.sqrt(np.mean(truth**2)) == pytest.approx(1, rel=0.05)


def test_cycles_start_anew_where_voicing_begins():
    f0, voiced = torch.full((1, 6), 100.0), torch.tensor([[True, True, False, False, True, True]])
    cycles = frame_cycles(f0, voiced, 0.0125)[0]
    assert torch.allclose(cycles, torch.tensor([0, 1.25, 2.5, 3.75, 0, 1.25], dtype=torch.float64))


def test_an_anchor_goes_on_where_the_whole_was():
    generator = torch.Generator().manual_seed(0)
    f0, voiced = 100 + 50 * torch.rand(1, 40, generator=generator), torch.rand(1, 40, generator=generator) > 0.3
    whole = frame_cycles(f0, voiced, 0.0125)
    for first, anchor in ((0, 10), (8, 12), (20, 20)):
        part = frame_cycles(f0[:, first:], voiced[:, first:], 0.0125, Anchor(anchor - first, float(whole[0, anchor])))
        assert torch.allclose(part[:, anchor - first :], whole[:, anchor:], atol=1e-9)


def test_noise_repeats_without_a_seam():
    stft = Stft(FeatureConfig(window_samples=600))
    spectrum = noise_spectrum(stft, white_noise(HOP))
    assert len(spectrum) == NOISE_FRAMES
    twice = stft.inverse(torch.cat([spectrum, spectrum])[None])[0]
    assert torch.allclose(stft(twice[None])[0, 1 : 2 * NOISE_FRAMES - 1], torch.cat([spectrum, spectrum])[1:-1], atol=1e-3)
    inner = twice[HOP : -HOP]
    assert inner.std() == pytest.approx(1.0, rel=0.03)


def test_even_noise_is_more_even_than_white_noise():
    def unevenness_db(noise):
        magnitude = Stft(FeatureConfig())(noise[None])[0, 8:-8, 4:-4].abs()
        return (20 * magnitude.log10()).std()

    even = even_noise(FeatureConfig())
    assert even.square().mean() == pytest.approx(1, abs=1e-4) and torch.equal(even, even_noise(FeatureConfig()))
    assert unevenness_db(even) < 2.5 < 5 < unevenness_db(white_noise(HOP))
