"""16-bit convolutions: the same sound to a stated difference, and only where they are chosen."""

import torch

from tests.vocoder.make import speech_mel, tiny_generator
from tts.vocoder.fast import PATHS, best_path, use_path


def test_sixteen_bits_differ_by_less_than_40_decibels_and_not_in_pitch():
    generator, mel = tiny_generator(), speech_mel()[None]
    with torch.inference_mode():
        exact = generator(mel)
        use_path(generator, "bfloat16")
        rounded = generator(mel)
        use_path(generator, "float32")
        assert torch.equal(generator(mel), exact)
    error = 20 * torch.log10((rounded - exact).norm() / exact.norm())
    assert -100 < error < -40


def test_the_copy_is_no_part_of_the_weights():
    generator = tiny_generator()
    names = set(generator.state_dict())
    use_path(generator, "bfloat16")
    assert set(generator.state_dict()) == names and best_path(torch.device("cpu")) in PATHS
    assert best_path(torch.device("meta")) == "float32"
