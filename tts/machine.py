"""The machine that something was measured on, in words that tell its kind and not its name."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")


def describe() -> str:
    """AMD EPYC 7763, 2 cores, 8 GB; and the GPU, if one is in use."""
    cores = len(os.sched_getaffinity(0))
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    parts = [cpu_model(), f"{cores} core{'s' if cores > 1 else ''}", f"{memory_gb:.0f} GB"]
    torch = sys.modules.get("torch")  # who has not loaded it has no use for a GPU
    if torch is not None and torch.cuda.is_available():
        parts.append(torch.cuda.get_device_name(0))
    return ", ".join(parts)


def cpu_model() -> str:
    """The processor's own name of itself, or else the kind of machine (aarch64)."""
    lines = CPU_INFO.read_text(encoding="utf-8").splitlines() if CPU_INFO.is_file() else []
    names = [line.partition(":")[2] for line in lines if line.startswith("model name")]
    return " ".join(names[0].split()) if names else platform.machine()
