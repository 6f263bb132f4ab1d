"""Shared by all tests: one thread, no network."""

import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")


def pytest_unconfigure():
    """Tensors that loaders shared between processes are let go while torch is whole; at the interpreter's end each would complain."""
    if "torch.multiprocessing.reductions" in sys.modules:
        sys.modules["torch.multiprocessing.reductions"].shared_cache.clear()
