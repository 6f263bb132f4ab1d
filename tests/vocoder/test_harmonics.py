"""The pitch that a mel still shows."""

import numpy as np
import pytest
import torch

from tests.vocoder.test_griffin_lim import CONFIG, voice
from tts.features.mel import MelSpectrogram
from tts.vocoder.griffin_lim import GriffinLim
from tts.vocoder.harmonics import fundamental_hz, harmonic_shape


def seen(samples: torch.Tensor) -> np.ndarray:
    vocoder = GriffinLim(CONFIG)
    return fundamental_hz(vocoder.blurred_magnitudes(MelSpectrogram(CONFIG)(samples[None])[0]), vocoder.kernels).numpy()


@pytest.mark.parametrize("hz", [90.0, 121.0, 190.0, 300.0, 450.0])
def test_steady_pitch_is_found(hz):
    found = seen(voice(np.full(12000, hz)))[4:-4]
    assert np.abs(found / hz - 1).max() < 0.03


def test_noise_and_silence_are_not_voiced():
    noise = 0.05 * torch.randn(12000, generator=torch.Generator().manual_seed(0))
    noise[1:] = noise[1:] - 0.95 * noise[:-1].clone()  # tilted up, as in an s
    assert np.mean(seen(noise) > 0) < 0.3
    assert not seen(torch.zeros(6000)).any()


def test_shape_peaks_at_harmonics_and_is_flat_where_unvoiced():
    frequencies = torch.arange(0, 1500, 10.0)
    shape = harmonic_shape(torch.tensor([200.0, 0.0]), frequencies, 40.0)
    assert shape[0, 20] == shape[0, 40] == 1 and shape[0, 30] < 0.3
    assert (shape[1] == 1).all()
