"""One pair of sounds → its scores. What a score means is written in `METRICS`, and travels with every result."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch

from tts.errors import UserError
from tts.evaluation.cepstra import align, mel_cepstra, mel_cepstral_distortion
from tts.evaluation.f0 import compare_f0
from tts.features.config import FeatureConfig
from tts.features.f0 import extract_f0
from tts.features.mel import MelSpectrogram

LARGEST_DIFFERENCE = 2  # frames by which lengths may differ where frames are compared one to one


@dataclass(frozen=True)
class Metric:
    """How a score is named and read; `scale` turns what is stored into what is shown in `unit`."""

    name: str
    unit: str
    better: str  # "lower", "higher", or "" where neither is
    digits: int
    scale: float
    meaning: str
    short: str  # beside a single utterance
    headline: bool = True  # among the few that a page shows first


METRICS = {
    "mcd": Metric(
        "Mel-cepstral distortion",
        "dB",
        "lower",
        2,
        1,
        "SPTK mel-cepstra of WORLD's spectra, floored 90 dB below the loudest bin, c0 left out",
        "MCD",
    ),
    "log_f0_rmse": Metric("log-F0 RMSE", "ln Hz", "lower", 3, 1, "frames voiced in both", "log-F0", headline=False),
    "f0_rmse_cents": Metric("F0 RMSE", "cents", "lower", 0, 1, "the same in 1/100 of a semitone", "F0 RMSE"),
    "f0_rmse_hz": Metric("F0 RMSE", "Hz", "lower", 1, 1, "frames voiced in both", "F0 RMSE", headline=False),
    "f0_correlation": Metric("F0 correlation", "r", "higher", 3, 1, "Pearson's r of log-F0, frames voiced in both", "F0 r"),
    "gpe": Metric(
        "Gross pitch error",
        "%",
        "lower",
        1,
        100,
        "share off by more than 20 %, frames voiced in both",
        "gross F0",
        headline=False,
    ),
    "vde": Metric("Voicing error", "%", "lower", 1, 100, "share of all frames voiced in only one", "voicing error"),
    "ffe": Metric(
        "F0 frame error",
        "%",
        "lower",
        1,
        100,
        "share of all frames with a gross pitch or voicing error",
        "F0 frames",
        headline=False,
    ),
    "per": Metric("Phone error rate", "%", "lower", 1, 100, "a phone recogniser's, pooled over all phones", "phone errors"),
    "wer": Metric("Word error rate", "%", "lower", 1, 100, "pocketsphinx's, English only, pooled over all words", "word errors"),
    "length_ratio": Metric("Length", "x", "", 2, 1, "length over the recording's", "length", headline=False),
    "duration_rmse_ms": Metric(
        "Phone duration RMSE", "ms", "lower", 0, 1, "phones without pauses, against the recording's alignment", "durations"
    ),
    "duration_correlation": Metric("Phone duration correlation", "r", "higher", 3, 1, "phones without pauses", "durations"),
}


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
    if warp:
        path = align(reference.cepstra, hypothesis.cepstra)
    else:
        if abs(lengths[0] - lengths[1]) > LARGEST_DIFFERENCE:
            raise UserError(f"{lengths[0]} and {lengths[1]} frames cannot be compared one to one; align them (--alignment dtw)")
        path = np.repeat(np.arange(min(lengths))[:, None], 2, axis=1)
    f0 = compare_f0(reference.f0_hz, hypothesis.f0_hz, path)
    return {
        "mcd": mel_cepstral_distortion(reference.cepstra, hypothesis.cepstra, path),
        "log_f0_rmse": f0.rmse_log,
        "f0_rmse_cents": f0.rmse_cents,
        "f0_rmse_hz": f0.rmse_hz,
        "f0_correlation": f0.correlation,
        "gpe": f0.gpe,
        "vde": f0.vde,
        "ffe": f0.ffe,
        "length_ratio": lengths[1] / lengths[0],
    }


def mel_of(samples: np.ndarray, config: FeatureConfig) -> torch.Tensor:
    """The log-mel [T, M] of samples [N]."""
    return _mel(config)(torch.from_numpy(samples)[None])[0]


@cache
def _mel(config: FeatureConfig) -> MelSpectrogram:
    return MelSpectrogram(config)
