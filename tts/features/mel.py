"""The only definition of the mel spectrogram: natural logarithm of Slaney-normalised mel magnitudes, floored.

    mel[t, m] = ln max( Σ_f |STFT[t, f]| · filter[f, m], log_floor )

A torch module, so that the same numbers come out in extraction, in a vocoder's loss (it is differentiable) and in evaluation.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor, nn

from tts.features.config import FeatureConfig
from tts.features.stft import Stft

SILENT_POWER = 1e-12  # added before the square root: unheard, and the gradient of digital silence is 0 and not NaN
PIECE_FRAMES = 256  # transformed at a time by `extract`: small enough for the processor's cache


@cache
def _torchaudio_functional():
    """torchaudio.functional, or None where it is missing or was built for another torch (then it raises OSError)."""
    try:
        import torchaudio.functional
    except (ImportError, OSError):
        return None
    return torchaudio.functional


def mel_filterbank(config: FeatureConfig) -> Tensor:
    """Triangular filters [F, M] on the Slaney mel scale, each of unit area in Hz."""
    functional = _torchaudio_functional()
    bins = config.window_samples // 2 + 1
    if functional is not None:
        return functional.melscale_fbanks(bins, config.mel_low_hz, config.mel_high_hz, config.mel_bands, config.sample_rate,
                                          norm="slaney", mel_scale="slaney")
    import librosa.filters

    filters = librosa.filters.mel(sr=config.sample_rate, n_fft=config.window_samples, n_mels=config.mel_bands,
                                  fmin=config.mel_low_hz, fmax=config.mel_high_hz, htk=False, norm="slaney")
    return torch.from_numpy(filters.T.copy())


class MelSpectrogram(nn.Module):
    """Wave [B, N] at the configuration's rate → log-mel [B, T, M] with T = ceil(N / hop)."""

    def __init__(self, config: FeatureConfig):
        super().__init__()
        self.stft = Stft(config)
        self.log_floor = config.log_floor
        self.register_buffer("filterbank", mel_filterbank(config), persistent=False)

    def forward(self, wave: Tensor) -> Tensor:
        return self._log_mel(self.stft(wave))

    def of_padded(self, padded: Tensor) -> Tensor:
        """As `forward`, for a wave that already has the transform's margin on both sides."""
        return self._log_mel(self.stft.of_padded(padded))

    @torch.inference_mode()
    def extract(self, samples: np.ndarray) -> np.ndarray:
        """The same for one numpy signal [N] → [T, M], piece by piece, so that an hour costs no more memory than a sentence."""
        hop, margin = self.stft.hop, self.stft.margin
        total_frames = -(-len(samples) // hop)
        padded = torch.zeros(margin + total_frames * hop + margin)
        padded[margin : margin + len(samples)] = torch.from_numpy(samples)
        result = np.empty((total_frames, self.filterbank.shape[1]), np.float32)
        for start in range(0, total_frames, PIECE_FRAMES):
            end = min(start + PIECE_FRAMES, total_frames)
            piece = padded[None, start * hop : end * hop + 2 * margin]
            result[start:end] = self.of_padded(piece)[0].numpy()
        return result

    def _log_mel(self, spectrum: Tensor) -> Tensor:
        magnitude = (spectrum.real.square() + spectrum.imag.square() + SILENT_POWER).sqrt()  # three times as fast as abs()
        return (magnitude @ self.filterbank).clamp(min=self.log_floor).log()
