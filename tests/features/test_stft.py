import pytest
import torch

from tts.features.config import FeatureConfig
from tts.features.frames import samples_to_frames
from tts.features.stft import Stft

SIZES = [(24000, 300, 1200), (16000, 200, 800), (22050, 256, 1024), (44100, 441, 1763), (24000, 300, 600)]


@pytest.mark.parametrize("rate, hop, window", SIZES)
@pytest.mark.parametrize("samples", [1, 7, 300, 301, 5000, 24001])
def test_inverse_undoes_the_transform_edges_included(rate, hop, window, samples):
    config = FeatureConfig(sample_rate=rate, hop_samples=hop, window_samples=window, mel_high_hz=rate / 2)
    stft = Stft(config).double()
    wave = torch.randn(2, samples, dtype=torch.float64, generator=torch.Generator().manual_seed(samples))
    spectrum = stft(wave)
    frames = samples_to_frames(samples, config)
    assert spectrum.shape == (2, frames, window // 2 + 1)
    again = stft.inverse(spectrum)
    assert again.shape == (2, frames * hop)
    assert (again[:, :samples] - wave).abs().max() < 1e-6
    assert frames * hop == samples or again[:, samples:].abs().max() < 1e-6  # the last frame was filled with zeros


def test_float32_reconstructs_to_a_millionth():
    wave = torch.rand(1, 24000, generator=torch.Generator().manual_seed(0)) - 0.5
    stft = Stft(FeatureConfig())
    assert (stft.inverse(stft(wave)) - wave).abs().max() < 1e-6


def test_frame_t_is_centred_on_the_middle_of_its_hop():
    config = FeatureConfig()
    for frame in (0, 3, 9):
        click = torch.zeros(1, 3000)
        click[0, frame * 300 + 150] = 1.0
        energy = Stft(config)(click).abs().sum(-1)[0]
        assert energy.argmax() == frame
        if 0 < frame < 9:
            assert energy[frame - 1] == pytest.approx(energy[frame + 1].item(), rel=1e-4)


def test_zero_padding_in_a_batch_leaves_an_utterance_its_own_frames():
    stft = Stft(FeatureConfig())
    wave = torch.randn(1, 1700, generator=torch.Generator().manual_seed(1))
    padded = torch.nn.functional.pad(wave, (0, 4000))
    assert torch.allclose(stft(padded)[:, :6], stft(wave), atol=1e-5)
