"""Frame energy: the natural logarithm of the root mean square of each frame's own hop of samples."""

from __future__ import annotations

import numpy as np

from tts.features.config import FeatureConfig
from tts.features.frames import frames_to_samples, samples_to_frames

ENERGY_FLOOR = 1e-5  # root mean square of what counts as digital silence, -100 dB below full scale


def frame_energy(samples: np.ndarray, config: FeatureConfig) -> np.ndarray:
    """ln RMS [T] float32 of samples [N] over [t·hop, (t+1)·hop), floored at ln `ENERGY_FLOOR`; +1 is 8.7 dB louder."""
    total_frames = samples_to_frames(len(samples), config)
    padded = np.zeros(frames_to_samples(total_frames, config), np.float32)
    padded[: len(samples)] = samples
    power = np.square(padded.reshape(total_frames, config.hop_samples)).mean(axis=1, dtype=np.float64)
    return np.log(np.maximum(np.sqrt(power), ENERGY_FLOOR)).astype(np.float32)
