import pytest
import torch

from tts.threads import at_most_threads


def test_threads_are_fewer_inside_and_as_before_after_even_an_error():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with at_most_threads(1):
            assert torch.get_num_threads() == 1
            with at_most_threads(4):  # never more
                assert torch.get_num_threads() == 1
        with pytest.raises(KeyError), at_most_threads(1):
            raise KeyError
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
