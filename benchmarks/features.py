"""How fast are features, on one core? Mel, F0, energy and speaker vector of a recording's length of noisy buzz, and their sum.

    OMP_NUM_THREADS=1 python -m benchmarks.features [--seconds 8]

Prints seconds of sound per second for each, the mel also as a share of what the machine's measured matrix products allow
(its transform and its filter bank counted as 5·F·log2 F and 2·F·M operations a frame), and the peak memory of extracting
one long recording.
"""

from __future__ import annotations

import argparse
import math
import resource
import time
from dataclasses import replace

import numpy as np
import torch

from tts.features.config import FeatureConfig
from tts.features.energy import frame_energy
from tts.features.extract import extract_features
from tts.features.f0 import extract_f0
from tts.features.mel import MelSpectrogram
from tts.features.speaker import speaker_encoder


def buzz(seconds: float, rate: int) -> np.ndarray:
    """A wavering voice-like sound with pauses and some noise."""
    t = np.arange(int(seconds * rate)) / rate
    phase = 2 * np.pi * np.cumsum(150 * (1 + 0.2 * np.sin(2 * np.pi * 0.7 * t))) / rate
    sound = sum(np.sin(k * phase) / k for k in range(1, 20)) * (np.sin(2 * np.pi * 1.3 * t) > -0.5)
    return (0.1 * sound + 1e-3 * np.random.default_rng(0).standard_normal(len(t))).astype(np.float32)


def best_seconds(function, repeats: int = 12) -> float:
    """Processor time of the fastest of several runs: other work on the machine does not count."""
    function()
    times = []
    for _ in range(repeats):
        started = time.process_time()
        function()
        times.append(time.process_time() - started)
    return min(times)


def matrix_rate() -> float:
    """Operations per second of a product of two 1024 x 1024 float32 matrices."""
    a = torch.randn(1024, 1024)
    return 2 * 1024**3 / best_seconds(lambda: a @ a, 5)


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8.0)
    args = parser.parse_args()
    torch.set_num_threads(1)
    config = FeatureConfig()
    samples = buzz(args.seconds, config.sample_rate)
    mel, encoder, track = MelSpectrogram(config), speaker_encoder("statistics"), extract_f0(samples, config)
    parts = {
        "mel": lambda: mel.extract(samples),
        "F0 (correlation)": lambda: extract_f0(samples, config),
        "F0 (dio)": lambda: extract_f0(samples, replace(config, f0_method="dio")),
        "mel + F0": lambda: (mel.extract(samples), extract_f0(samples, config)),
        "energy": lambda: frame_energy(samples, config),
        "speaker vector": lambda: encoder(samples, config.sample_rate, track),
        "all": lambda: extract_features(samples, config),
    }
    rate = matrix_rate()
    print(f"matrix products: {rate / 1e9:.0f} GFLOP/s on one thread")
    for name, function in parts.items():
        print(f"{name:18} {args.seconds / best_seconds(function):8.0f} x real time", flush=True)
    bins = config.window_samples // 2 + 1
    transform = 5 * config.window_samples * math.log2(config.window_samples) / 2
    operations = (transform + 2 * bins * config.mel_bands) / config.frame_seconds
    print(f"mel: {operations * args.seconds / best_seconds(parts['mel']) / rate:.0%} of the matrix rate")
    long = buzz(600, config.sample_rate)
    before = peak_megabytes()
    extract_features(long, config)
    print(f"one recording of 10 minutes: {peak_megabytes() - before:.0f} MB more than the {before:.0f} MB before it")


if __name__ == "__main__":
    main()
