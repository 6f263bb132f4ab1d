"""Griffin & Lim's iteration: the compiled rounds are those of the formula, padded or not."""

import pytest
import torch

from tests.vocoder.make import FEATURES
from tests.vocoder.test_griffin_lim import glide
from tts.features.stft import Stft
from tts.vocoder.projection import BLOCK_FRAMES, _project_batch, project


def rough(seconds: float) -> tuple[torch.Tensor, torch.Tensor]:
    """(a wave [1, T·hop] with noise, the magnitudes of the clean one)."""
    wave = glide(110.0, 220.0, seconds)[None]
    wave = wave[:, : wave.shape[1] // FEATURES.hop_samples * FEATURES.hop_samples]
    noise = torch.randn(wave.shape, generator=torch.Generator().manual_seed(0))
    return wave + 0.3 * wave.square().mean().sqrt() * noise, Stft(FEATURES)(wave).abs()


@pytest.mark.parametrize("momentum", [0.0, 0.99])
@pytest.mark.parametrize("seconds", [0.0125, 0.1, 2.5])
def test_compiled_rounds_are_those_of_the_formula(seconds, momentum):
    (wave, magnitude), stft = rough(seconds), Stft(FEATURES)
    assert seconds < 2 or magnitude.shape[1] > BLOCK_FRAMES
    compiled, formula = project(stft, wave, magnitude, 5, momentum), _project_batch(stft, wave, magnitude, 5, momentum, None)
    assert (compiled - formula).norm() < 1e-4 * formula.norm() and (formula - wave).norm() > 0.05 * wave.norm()


def test_padding_changes_nothing_and_stays_silent():
    stft = Stft(FEATURES)
    alone = [rough(seconds) for seconds in (0.3, 0.5)]
    frames = [magnitude.shape[1] for _, magnitude in alone]
    wave, magnitude = torch.ones(2, frames[1] * stft.hop), torch.ones(2, frames[1], alone[0][1].shape[2])
    mask = torch.arange(frames[1]) < torch.tensor(frames)[:, None]
    for b, (samples, meant) in enumerate(alone):
        wave[b, : samples.shape[1]], magnitude[b, : meant.shape[1]] = samples[0], meant[0]
    wanted = [project(stft, *item, 3, 0.99)[0] for item in alone]
    for found in (project(stft, wave, magnitude, 3, 0.99, mask), _project_batch(stft, wave * mask.repeat_interleave(stft.hop, 1), magnitude, 3, 0.99, mask)):
        for row, expected in zip(found, wanted):
            assert (row[: len(expected)] - expected).norm() < 1e-4 * expected.norm() and not row[len(expected) :].any()


def test_no_rounds_leave_the_wave():
    wave, magnitude = rough(0.1)
    assert torch.equal(project(Stft(FEATURES), wave, magnitude, 0, 0.99), wave)
