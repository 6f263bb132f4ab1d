"""The generator: exact lengths, no padding heard, chunks equal the whole, and an inverse transform that loses nothing."""

import pytest
import torch

from tests.vocoder.make import FEATURES, SMALL, speech_mel, tiny_generator
from tts.features.config import FeatureConfig
from tts.vocoder.config import GeneratorConfig
from tts.vocoder.fast import measure_peaks, use_path
from tts.vocoder.generator import Generator, Pitch

PHASES = [dict(phase="harmonic"), dict(phase="harmonic", window_hops=4), dict(phase="harmonic", settle=2),
          dict(phase="free", window_hops=4)]


def decibels(error: torch.Tensor, of: torch.Tensor) -> float:
    return 20 * torch.log10(error.norm() / of.norm()).item()


@pytest.mark.parametrize("changes", PHASES)
def test_any_length_makes_hop_samples_a_frame(changes):
    generator = tiny_generator(**changes)
    for frames in (0, 1, 2, 3, 50):
        wave = generator(speech_mel()[None, :frames])
        assert wave.shape == (1, frames * FEATURES.hop_samples) and wave.isfinite().all()


@pytest.mark.parametrize("changes", PHASES)
def test_alone_and_in_a_batch(changes):
    generator, mel = tiny_generator(**changes), speech_mel()
    mask = torch.zeros(3, len(mel), dtype=torch.bool)
    batch = torch.randn(3, *mel.shape)  # padding holds anything
    for row, frames in enumerate((20, len(mel), 1)):
        batch[row, :frames], mask[row, :frames] = mel[:frames], True
    with torch.inference_mode():
        together = generator(batch, mask)
        for row, frames in enumerate((20, len(mel), 1)):
            alone, samples = generator(mel[None, :frames])[0], frames * FEATURES.hop_samples
            assert decibels(together[row, :samples] - alone, alone) < -90
            assert not together[row, samples:].any()


def test_meant_magnitudes_do_not_hear_padding():
    generator, mel = tiny_generator(settle=2), speech_mel()
    padded = torch.cat([mel[:20], torch.zeros_like(mel[:9])])[None]
    found = []
    with torch.inference_mode():
        for given, frames in ((mel[None, :20], 20), (padded, 29)):
            mask = (torch.arange(frames) < 20)[None]
            shaped = generator.shaped(given, mask, generator.pitch(generator.normalise(given), mask))
            found.append(generator.meant(shaped, given, mask)[:, :20])
    assert torch.allclose(found[0], found[1], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("changes", PHASES)
def test_chunks_equal_the_whole(changes):
    generator, mel = tiny_generator(**changes), torch.cat([speech_mel(), torch.full((30, 80), -11.0), speech_mel(1.5, 300, 150)])
    with torch.inference_mode():
        whole = generator(mel[None])[0]
    for chunk in (1, 7, 64, 1000):
        pieces = list(generator.stream(mel, chunk))
        assert all(len(piece) == chunk * FEATURES.hop_samples for piece in pieces[:-1])
        assert decibels(torch.cat(pieces) - whole, whole) < -80, chunk
    assert list(generator.stream(mel[:0])) == []
    measure_peaks(generator, [(mel[None], torch.ones(1, len(mel), dtype=torch.bool))])
    use_path(generator, "int8")
    assert decibels(torch.cat(list(generator.stream(mel))) - whole, whole) < -80


def test_context_is_enough():
    generator, mel, hop = tiny_generator(phase="free", window_hops=4), speech_mel(), FEATURES.hop_samples
    middle, changed = 32, speech_mel()
    changed[middle + generator.context + 1 :] += 1
    changed[: middle - generator.context] += 1
    with torch.inference_mode():
        plain, other = (generator(m[None])[0, middle * hop : (middle + 1) * hop] for m in (mel, changed))
    assert torch.allclose(plain, other, atol=1e-6)


@pytest.mark.parametrize("changes", PHASES)
def test_true_magnitudes_and_phases_give_the_wave_back(changes):
    generator = tiny_generator(**changes)
    wave = torch.randn(1, 20 * FEATURES.hop_samples, generator=torch.Generator().manual_seed(0))
    spectrum = generator.stft(wave)
    again = generator.stft.inverse(torch.polar(spectrum.abs(), spectrum.angle()))
    assert decibels(again - wave, wave) < -90


def test_steady_pitch_is_a_tone_of_that_pitch():
    """With envelopes untouched by training, pulses at the pitch that is given come out; unsettled, as no such tone has the flat mel that is asked for."""
    torch.manual_seed(0)
    generator = Generator(FEATURES, GeneratorConfig(**SMALL, settle=0)).eval()
    mel, frames = torch.full((1, 80, FEATURES.mel_bands), -4.0), 80
    mask = torch.ones(1, frames, dtype=torch.bool)
    with torch.inference_mode():
        generator.noise.zero_()
        generator.leave.weight.zero_()
        wave = generator.speak(mel, mask, Pitch(torch.zeros(1, frames, 1), torch.ones(1, frames), torch.full((1, frames), 200.0)))[0]
    power = torch.fft.rfft(wave[6000:18000]).abs().square()  # 2 Hz a bin
    comb = power.view(-1)[: 100 * 55].view(-1, 100)  # 200 Hz in each row
    assert comb[1:, [0, 1, 99]].sum() > 0.98 * comb[1:].sum()


def test_the_first_envelopes_are_the_mels_own():
    from tts.features.mel import MelSpectrogram

    torch.manual_seed(0)
    generator, mel = Generator(FEATURES, GeneratorConfig(**SMALL)).eval(), speech_mel()
    with torch.inference_mode():
        copy = MelSpectrogram(FEATURES)(generator(mel[None]))[0]
    heard = mel > mel.max() - 6
    assert (copy - mel)[heard].mean().abs() < 1.0


def test_relations_are_checked_and_valid_values_named():
    with pytest.raises(ValueError, match="window_hops 3"):
        Generator(FeatureConfig(sample_rate=22050, hop_samples=275, window_samples=1101, mel_high_hz=11025.0), GeneratorConfig(window_hops=2))
    with pytest.raises(ValueError, match="use 3 or 5"):
        GeneratorConfig(kernel=4)
    with pytest.raises(ValueError, match="harmonic, free"):
        GeneratorConfig(phase="minimum")
    other = FeatureConfig(sample_rate=16000, hop_samples=160, window_samples=640, mel_high_hz=8000.0)
    assert tiny_generator(other)(torch.full((1, 10, 80), -5.0)).shape == (1, 1600)
