"""One pair of sounds in memory → its scores (what they mean is written in metrics.py)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch

from tts.errors import UserError
from tts.evaluation.cepstra import align, mel_cepstra, mel_cepstral_distortion
from tts.evaluation.f0 import compare_f0
from tts.evaluation.warp import one_to_one
from tts.features.config import FeatureConfig
from tts.features.f0 import extract_f0
from tts.features.mel import MelSpectrogram


@dataclass(frozen=True)
class Analysis:
    """What is compared of a sound: mel-cepstra [T, ·] and F0 [T] in Hz, 0 where unvoiced."""

    cepstra: np.ndarray
    f0_hz: np.ndarray


def analyse(
    samples: np.ndarray, config: FeatureConfig, f0_low_hz: float | None = None, f0_high_hz: float | None = None
) -> Analysis:
    """Analyse samples [N]; both sides of a comparison must be analysed with the same range of F0."""
    f0_hz = extract_f0(samples, config, f0_low_hz, f0_high_hz).f0_hz
    return Analysis(mel_cepstra(samples, f0_hz, config), f0_hz)


def compare(reference: Analysis, hypothesis: Analysis, warp: bool) -> dict[str, float]:
    """Scores by metric. `warp` aligns the two in time by their cepstra; without it frame belongs to frame, for equal lengths."""
    lengths = len(reference.f0_hz), len(hypothesis.f0_hz)
    if min(lengths) == 0:
        raise UserError(f"nothing to compare: {lengths[0]} and {lengths[1]} frames")
    path = align(reference.cepstra, hypothesis.cepstra) if warp else one_to_one(*lengths)
    return {
        "mcd": mel_cepstral_distortion(reference.cepstra, hypothesis.cepstra, path),
        **compare_f0(reference.f0_hz, hypothesis.f0_hz, path).scores(),
        "length_ratio": lengths[1] / lengths[0],
    }


def mel_of(samples: np.ndarray, config: FeatureConfig) -> torch.Tensor:
    """The log-mel [T, M] of samples [N]."""
    return _mel(config)(torch.from_numpy(samples)[None])[0]


@cache
def _mel(config: FeatureConfig) -> MelSpectrogram:
    return MelSpectrogram(config)
