"""How far a copy is from its recording, sample for sample in time, in terms that a listener would use:

    mel_distance          L1 of the log-mels that the vocoder was given, after re-analysis (nepers)
    log_spectral_distance in dB, bin by bin over 50 ms: also hears a missing fine structure
    f0_rmse_cents         over frames voiced in both; 1200 where there is none
    voicing_error         share of the frames that are voiced in one and not in the other
    periodicity_error     root mean square difference of the tracker's certainty that a frame is voiced: breath, buzz, roughness
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from tts.features.f0_tracker import track
from tts.features.mel import MelSpectrogram
from tts.features.stft import Stft

F0_FRAME_SECONDS = 0.0125  # between the frames where F0 is compared, whatever the features' hop
LOWEST_HZ, HIGHEST_HZ = 60.0, 600.0
QUIETEST = 1e-3  # of a magnitude, for distances in dB: some 100 dB below full scale's
NAMES = ("mel_distance", "log_spectral_distance", "f0_rmse_cents", "voicing_error", "periodicity_error")


@torch.no_grad()
def copy_quality(true: Tensor, made: Tensor, mel: MelSpectrogram, sample_rate: int) -> dict[str, float]:
    """Of waves [N]."""
    ours, theirs = mel(made[None]), mel(true[None])
    return {"mel_distance": float((ours - theirs).abs().mean()), "log_spectral_distance": log_spectral_distance(true, made, mel.stft),
            **pitch_quality(true.cpu().numpy(), made.cpu().numpy(), sample_rate)}


def log_spectral_distance(true: Tensor, made: Tensor, stft: Stft) -> float:
    decibels = [20 * stft(wave[None]).abs().clamp(min=QUIETEST).log10() for wave in (true, made)]
    return float((decibels[0] - decibels[1]).square().mean(-1).sqrt().mean())


def pitch_quality(true: np.ndarray, made: np.ndarray, sample_rate: int) -> dict[str, float]:
    middles = np.arange(F0_FRAME_SECONDS / 2, len(true) / sample_rate, F0_FRAME_SECONDS)
    (f0_true, sure_true), (f0_made, sure_made) = (track(wave, sample_rate, middles, LOWEST_HZ, HIGHEST_HZ) for wave in (true, made))
    voiced_true, voiced_made = sure_true > 0.5, sure_made > 0.5
    both = voiced_true & voiced_made
    cents = 1200 * np.log2(f0_made[both] / f0_true[both])
    return {"f0_rmse_cents": float(np.sqrt(np.mean(cents**2))) if both.any() else 1200.0,
            "voicing_error": float(np.mean(voiced_true != voiced_made)),
            "periodicity_error": float(np.sqrt(np.mean((sure_true - sure_made) ** 2)))}
