"""The pitch that a mel spectrogram still shows, and the harmonics that its broad high bands have blurred.

Below about 1 kHz the mel bands are narrower than the distance of harmonics, so the fundamental can be read off: every candidate
is scored by a cosine comb that is positive at its harmonics and negative between (the idea of SWIPE, Camacho & Harris 2008), and
the best path through time is found. `harmonic_shape` then says what fine structure a voiced frame must have had in the bands that
do not show it. On recordings the pitch found here is within 20 % of DIO's in 99.7 % of the frames that both call voiced. Below
about 85 Hz harmonics lie two bands apart and cannot be told for sure: such frames mostly count as unvoiced and keep what the
bands show.
"""

from __future__ import annotations

import numba
import numpy as np
import torch
from torch import Tensor

LOWEST_HZ, HIGHEST_HZ = 60.0, 500.0
STEPS_PER_OCTAVE = 48
COMB_HIGHEST_HZ = 1500.0  # above, the bands no longer tell harmonics apart
UNVOICED_SCORE = (
    0.12  # a frame whose best comb fits worse is called unvoiced; low, for a missing harmonic is heard more than an extra one
)
SWITCH_COST = 0.3  # for a change between voiced and unvoiced
STEP_COST = 0.02  # for a change by one candidate between frames
LARGEST_STEPS = 24  # half an octave in a frame
BETWEEN = 0.15  # magnitude half way between two harmonics, the peaks being 1
FADE_HZ = (2000.0, 5000.0)  # harmonics fade into noise between these


def candidates_hz() -> Tensor:
    """Candidate fundamentals [C], evenly spaced in octaves."""
    count = int(np.log2(HIGHEST_HZ / LOWEST_HZ) * STEPS_PER_OCTAVE) + 1
    return LOWEST_HZ * 2 ** (torch.arange(count) / STEPS_PER_OCTAVE)


def comb_kernels(frequencies_hz: Tensor) -> Tensor:
    """A comb per candidate [F, C] over the bins' frequencies [F]: cosine lobes that decay as 1/√harmonic, but none at 0 Hz."""
    harmonic = frequencies_hz[:, None] / candidates_hz()[None, :]
    comb = torch.cos(2 * torch.pi * harmonic) * harmonic.clamp(min=0.25).rsqrt()
    comb = torch.where(
        (harmonic < 0.75) & (comb < 0), comb / 2, comb
    )  # the valley below the first harmonic has one neighbour only
    comb = torch.where((harmonic < 0.25) | (frequencies_hz[:, None] >= COMB_HIGHEST_HZ), torch.zeros(()), comb)
    return comb / comb.clamp(min=0).norm(dim=0)


def fundamental_hz(magnitude: Tensor, kernels: Tensor) -> Tensor:
    """The fundamental [T] seen in magnitudes [T, F], 0 where a frame looks unvoiced."""
    low = magnitude.sqrt() * (kernels.abs().sum(dim=1) > 0)
    scores = ((low / (low.norm(dim=1, keepdim=True) + 1e-3)) @ kernels).cpu().numpy()  # [T, C]
    path = _best_path(scores, UNVOICED_SCORE, SWITCH_COST, STEP_COST, LARGEST_STEPS)
    return torch.from_numpy(_refine(scores, path)).to(magnitude.device)


def harmonic_shape(f0_hz: Tensor, frequencies_hz: Tensor, lobe_hz: float) -> Tensor:
    """Relative magnitudes [T, F]: peaks of half width `lobe_hz` at the harmonics of `f0_hz` [T]; ones where that is 0."""
    f0 = f0_hz.clamp(min=LOWEST_HZ)[:, None]
    nearest = (frequencies_hz / f0).round().clamp(min=1) * f0
    distance = ((frequencies_hz - nearest) / lobe_hz).abs().clamp(max=1)
    peaks = 0.5 + 0.5 * torch.cos(torch.pi * distance)
    floor = BETWEEN + (1 - BETWEEN) * ((frequencies_hz - FADE_HZ[0]) / (FADE_HZ[1] - FADE_HZ[0])).clamp(0, 1)
    return torch.where((f0_hz > 0)[:, None], peaks * (1 - floor) + floor, torch.ones((), device=f0_hz.device))


@numba.njit("i8[::1](f4[:, ::1], f8, f8, f8, i8)", cache=True)
def _best_path(scores, unvoiced, switch, step, largest):
    """The candidate of every frame, -1 for unvoiced, by dynamic programming over scores [T, C]."""
    frames, count = scores.shape
    total, following = np.zeros(count + 1), np.zeros(count + 1)  # state 0 is unvoiced
    back = np.zeros((frames, count + 1), np.int64)
    for t in range(frames):
        best = np.argmax(total[1:]) + 1
        came = 0 if total[0] >= total[best] - switch else best
        following[0] = (total[0] if came == 0 else total[best] - switch) + unvoiced
        back[t, 0] = came
        for c in range(count):
            value, came = total[0] - switch, 0
            for j in range(max(0, c - largest), min(count, c + largest + 1)):
                if total[j + 1] - step * abs(c - j) > value:
                    value, came = total[j + 1] - step * abs(c - j), j + 1
            following[c + 1] = value + scores[t, c]
            back[t, c + 1] = came
        total[:] = following
    path = np.empty(frames, np.int64)
    state = np.argmax(total)
    for t in range(frames - 1, -1, -1):
        path[t] = state - 1
        state = back[t, state]
    return path


def _refine(scores: np.ndarray, path: np.ndarray) -> np.ndarray:
    """The path's frequencies, between the candidates by a parabola through the three scores around each."""
    frames = np.arange(len(path))
    c = np.clip(path, 1, scores.shape[1] - 2)
    left, middle, right = scores[frames, c - 1], scores[frames, c], scores[frames, c + 1]
    bend = left - 2 * middle + right
    offset = np.where(bend < 0, 0.5 * (left - right) / np.where(bend < 0, bend, 1), 0).clip(-1, 1)
    octaves = np.where(c == path, c + offset, path) / STEPS_PER_OCTAVE
    return np.where(path >= 0, LOWEST_HZ * 2**octaves, 0).astype(np.float32)
