"""Convolutions of 8-bit integers: the same sound to a stated difference, and only where they are chosen."""

import pytest
import torch

from tests.vocoder.make import speech_mel, tiny_generator
from tts.vocoder.fast import IntegerLinear, IntegerNorm, best_path, measure_peaks, use_path


def measured(mel: torch.Tensor, **changes):
    generator = tiny_generator(**changes)
    measure_peaks(generator, [(mel, torch.ones(mel.shape[:2], dtype=torch.bool))])
    return generator


def decibels(error: torch.Tensor, of: torch.Tensor) -> float:
    return 20 * torch.log10(error.norm() / of.norm()).item()


@pytest.mark.parametrize("changes", [{}, dict(phase="free", window_hops=4, kernel=5, dilations=(1, 3), settle=0)])
def test_integers_differ_by_less_than_30_decibels(changes):
    mel = speech_mel()[None]
    generator = measured(mel, **changes)
    with torch.inference_mode():
        exact = generator(mel)
        use_path(generator, "int8")
        rounded = generator(mel)
        use_path(generator, "float32")
        assert torch.equal(generator(mel), exact)
    assert -100 < decibels(rounded - exact, exact) < -30


def test_each_layer_is_exact_but_for_the_rounding_of_what_it_is_given_and_of_its_weights():
    torch.manual_seed(0)
    norm, layer = tiny_generator().stack.norm, torch.nn.Linear(16, 40)
    states = torch.randn(1, 50, 16) * torch.logspace(-1, 1, 16)
    wanted = norm(states.transpose(1, 2)).transpose(1, 2)
    peaks = wanted.abs().amax((0, 1))
    integers = IntegerNorm(norm, peaks)(states)
    assert (integers * peaks / 127 - wanted).abs().le(0.51 * peaks / 127).all()  # half a step
    answer = IntegerLinear(layer.weight.detach(), layer.bias, peaks)(integers[0])
    assert decibels(answer - layer(wanted[0]), layer(wanted[0])) < -38
    torch.nn.init.zeros_(layer.weight)  # an output that hears nothing
    assert torch.equal(IntegerLinear(layer.weight.detach(), layer.bias, peaks)(integers[0]), layer.bias.detach().expand(50, 40))


def test_a_batch_says_what_each_says_alone():
    mels = [speech_mel(0.4)[None], speech_mel(0.8)[None]]
    generator = measured(mels[1])
    use_path(generator, "int8")
    batch, mask = torch.zeros(2, mels[1].shape[1], 80), torch.zeros(2, mels[1].shape[1], dtype=torch.bool)
    for b, mel in enumerate(mels):
        batch[b, : mel.shape[1]], mask[b, : mel.shape[1]] = mel[0], True
    with torch.inference_mode():
        for b, (mel, both) in enumerate(zip(mels, generator(batch, mask))):
            alone = generator(mel)[0]
            assert decibels(both[: len(alone)] - alone, alone) < -60 and not both[len(alone) :].any()


def test_nothing_is_rounded_before_peaks_are_known():
    generator = tiny_generator()
    assert best_path(generator) == "float32" and best_path(measured(speech_mel()[None])) in ("float32", "int8")
    with pytest.raises(ValueError, match="measure them on speech first"):
        use_path(generator, "int8")


def test_the_copy_is_no_part_of_the_weights():
    generator = measured(speech_mel()[None])
    names = set(generator.state_dict())
    use_path(generator, "int8")
    assert set(generator.state_dict()) == names
