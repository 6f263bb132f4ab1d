"""Import all of tts once and keep the byte code of what it needs, which halves the time in which every later process starts. pip would compile every file of
every package, which takes minutes."""

import contextlib
import importlib
import pkgutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.dont_write_bytecode = False

import tts  # noqa: E402

names = [module.name for module in pkgutil.walk_packages(tts.__path__, "tts.") if not module.name.endswith("__main__")]
for name in ["torch._dynamo", "torch.utils.tensorboard", "pytest", *names]:  # the first is what every optimizer imports
    with contextlib.suppress(ImportError, OSError):  # an optional part that is not installed
        importlib.import_module(name)
