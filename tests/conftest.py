"""Shared by all tests: one thread, no network, no voices but those that a test makes."""

import os
import sys

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session", autouse=True)
def package_data(tmp_path_factory):
    """In place of the folder with the voices that come with the package, whichever these are now, an empty one; tests/test_released.py looks at
    the real one."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("package_data")
        patch.setenv("TTS_RELEASED", str(folder))  # for processes that a test starts, too
        yield folder


def pytest_unconfigure():
    """Tensors that loaders shared between processes are let go while torch is whole; at the interpreter's end each would complain."""
    if "torch.multiprocessing.reductions" in sys.modules:
        sys.modules["torch.multiprocessing.reductions"].shared_cache.clear()
