"""The only samples ↔ frames arithmetic.

Frame t covers samples [t·hop, (t+1)·hop) and its analysis window is centred on the middle of that stretch. A signal of N samples has
ceil(N / hop) frames (zeros fill the last one), and T frames make exactly T·hop samples:

    samples  |····hop····|····hop····|····hop····|··    (N)
    frame         0           1           2        3
    window   [------------^-----------]                 centred at (t + ½)·hop, reaching (window - hop)/2 beyond both sides

So durations in frames add up to the mel's length, and a phone's frames are its stretch of the sound.
"""

from __future__ import annotations

import numpy as np

from tts.features.config import FeatureConfig


def samples_to_frames(samples: int, config: FeatureConfig) -> int:
    """Number of frames of a signal of `samples` samples."""
    return -(-samples // config.hop_samples)


def frames_to_samples(frames: int, config: FeatureConfig) -> int:
    """Number of samples that `frames` frames make."""
    return frames * config.hop_samples


def seconds_to_boundary(seconds: float, config: FeatureConfig) -> int:
    """The frame boundary nearest to a time: 0 is the start of the signal."""
    return int(np.floor(seconds / config.frame_seconds + 0.5))


def boundaries_to_durations(boundaries_seconds, total_frames: int, config: FeatureConfig) -> np.ndarray:
    """Integer frames between increasing times [P+1], first taken as 0 and last as `total_frames`; they sum to `total_frames`."""
    edges = np.array([seconds_to_boundary(s, config) for s in boundaries_seconds], dtype=np.int64)
    edges[0], edges[-1] = 0, total_frames
    edges = np.maximum.accumulate(np.clip(edges, 0, total_frames))
    return np.diff(edges)
