import numpy as np
import pytest

from tts.features.config import FeatureConfig
from tts.features.energy import ENERGY_FLOOR, frame_energy


def test_level_of_each_frame_and_the_floor():
    samples = np.zeros(901, np.float32)
    samples[300:600] = 0.5
    samples[900] = 1.0  # alone in the last frame
    energy = frame_energy(samples, FeatureConfig())
    assert energy == pytest.approx([np.log(ENERGY_FLOOR), np.log(0.5), np.log(ENERGY_FLOOR), np.log(np.sqrt(1 / 300))], abs=1e-5)
