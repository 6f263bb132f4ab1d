"""A contour of F0 given from outside, for a model that takes one: float [T] in Hz, 0 where unvoiced, as `tts f0 predict` writes it (.npy). It is laid
evenly over the sentence, so that it need not have as many frames, and its heights are taken as they are, whoever speaks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from tts.errors import UserError
from tts.features.f0 import interpolate_f0
from tts.models.backbone.conditions import F0Contour
from tts.models.backbone.f0_model import contour

LOWEST_HZ, HIGHEST_HZ = 30.0, 1500.0


def read_contour(path: Path) -> np.ndarray:
    """The contour [T] of a .npy file; one that cannot be read is a UserError."""
    try:
        found = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise UserError(f"{path}: cannot be read as a contour ({error}); expected a .npy file of F0 in Hz, a number a frame "
                        "(tts f0 predict)") from None
    if not isinstance(found, np.ndarray):
        raise UserError(f"{path}: holds several arrays; expected a .npy file of one contour of F0 in Hz")
    return found


def given_contour(f0_hz: np.ndarray, device: torch.device) -> F0Contour:
    """The contour [1, T] of F0 in Hz [T]; what is none is a UserError."""
    f0_hz = np.asarray(f0_hz)
    if f0_hz.ndim != 1 or not len(f0_hz) or f0_hz.dtype.kind not in "fiu" or not np.isfinite(f0_hz).all():
        raise UserError(f"contour of F0: found {f0_hz.dtype} of shape {list(f0_hz.shape)}; expected finite numbers, one a frame, in Hz")
    f0_hz = f0_hz.astype(np.float32)
    voiced = f0_hz > 0
    if not voiced.any():
        raise UserError("contour of F0: not one frame is voiced; expected F0 in Hz, 0 where unvoiced")
    low, high = f0_hz[voiced].min(), f0_hz[voiced].max()
    if not LOWEST_HZ <= low <= high <= HIGHEST_HZ:
        raise UserError(f"contour of F0: from {low:g} to {high:g}; expected {LOWEST_HZ:g} to {HIGHEST_HZ:g} Hz, 0 where unvoiced, not semitones or "
                        "logarithms")
    rows = (torch.from_numpy(values).to(device)[None] for values in (interpolate_f0(f0_hz, voiced), voiced.astype(np.float32)))
    return contour(*rows)
