"""What a listener would notice, on copies whose faults are known."""

import numpy as np
import pytest
import torch

from tests.vocoder.test_griffin_lim import CONFIG, glide, voice
from tts.features.mel import MelSpectrogram
from tts.vocoder.copy_quality import copy_quality


def quality(true, made):
    return copy_quality(true, made, MelSpectrogram(CONFIG), CONFIG.sample_rate)


def test_the_recording_itself_is_perfect():
    wave = glide(100, 200)
    assert all(value == 0 for value in quality(wave, wave).values())


def test_half_as_loud_is_6_decibels():
    noise = 0.3 * torch.randn(24000, generator=torch.Generator().manual_seed(0))
    found = quality(noise, 0.5 * noise)
    assert found["log_spectral_distance"] == pytest.approx(6.02, abs=0.1) and found["mel_distance"] == pytest.approx(0.693, abs=0.02)


def test_a_semitone_is_100_cents_and_a_whisper_is_a_voicing_error():
    true = voice(np.full(24000, 150.0))
    assert quality(true, voice(np.full(24000, 150.0 * 2 ** (1 / 12))))["f0_rmse_cents"] == pytest.approx(100, abs=8)
    whisper = quality(true, 0.1 * torch.randn(24000, generator=torch.Generator().manual_seed(0)))
    assert whisper["voicing_error"] > 0.8 and whisper["periodicity_error"] > 0.7 and whisper["f0_rmse_cents"] >= 50
