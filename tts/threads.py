"""How many CPU threads a piece of work gets. PyTorch gives every operation all of them, but a small network's operations are over
before a second thread has begun: speaking with a small model is slower on two threads than on one."""

from __future__ import annotations

from contextlib import contextmanager

import torch


@contextmanager
def at_most_threads(most: int):
    """Inside the block PyTorch's operations use at most `most` CPU threads; never more than it was set to before."""
    before = torch.get_num_threads()
    if most >= before:
        yield
        return
    torch.set_num_threads(most)
    try:
        yield
    finally:
        torch.set_num_threads(before)
