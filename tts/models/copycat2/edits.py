"""Edits of single words, carried out on what the model makes of the latents: on durations before rounding, on the F0 contour before the
decoder hears it, on the level of the finished mel. Changes fade into their neighbours over two frames."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

from tts.models.backbone.conditions import F0Contour
from tts.models.backbone.duration import to_frames
from tts.models.copycat2.latents import WordEdits
from tts.models.layers.masks import frame_to_phone

SEMITONE = math.log(2) / 12  # of log-F0
DECIBEL = math.log(10) / 20  # of log-mel
FADE = (1.0, 2.0, 3.0, 2.0, 1.0)  # weights of a frame's neighbours


def edited_durations(log_durations: Tensor, is_pause: Tensor, phone_to_unit: Tensor, speed: float, edits: WordEdits | None) -> Tensor:
    """Whole frames [P] from log(1 + frames) [P] of one utterance: stretched by unit, and set where an edit sets a pause."""
    if edits is None:
        return to_frames(log_durations, is_pause, speed)
    stretch = edits.stretch.to(log_durations.device).double()[phone_to_unit]
    durations = to_frames(log_durations, is_pause, speed / stretch)
    fixed = edits.frames.to(log_durations.device)[phone_to_unit]
    return torch.where(fixed >= 0, fixed.to(durations.dtype), durations)


def frame_to_unit(durations: Tensor, phone_to_unit: Tensor) -> Tensor:
    """durations [1, P], phone_to_unit [1, P] → the unit of every frame [T]."""
    return phone_to_unit.gather(1, frame_to_phone(durations))[0]


def change_f0(f0: F0Contour, unit_of_frame: Tensor, edits: WordEdits, frame_seconds: float) -> F0Contour:
    """The contour [1, T] with each unit's F0 spread about its mean, turned about its middle and shifted."""
    log_f0, voiced = f0.log_f0[0], f0.voiced[0]
    units = len(edits.semitones)

    def mean_of(values: Tensor, weight: Tensor) -> Tensor:
        sums = torch.zeros(2, units, device=values.device)
        sums[0].index_add_(0, unit_of_frame, values * weight)
        sums[1].index_add_(0, unit_of_frame, weight)
        return (sums[0] / sums[1].clamp(min=1e-6))[unit_of_frame]

    weight = voiced + 1e-4  # a word without voiced frames still has a mean
    times = torch.arange(len(log_f0), device=log_f0.device, dtype=log_f0.dtype) * frame_seconds
    spread = (edits.f0_range.to(log_f0)[unit_of_frame] - 1) * (log_f0 - mean_of(log_f0, weight))
    turn = edits.slope.to(log_f0)[unit_of_frame] * SEMITONE * (times - mean_of(times, weight))
    shift = edits.semitones.to(log_f0)[unit_of_frame] * SEMITONE
    return F0Contour((log_f0 + _faded(spread + turn + shift))[None], f0.voiced)


def change_level(mel: Tensor, unit_of_frame: Tensor, edits: WordEdits) -> Tensor:
    """The mel [T, M] with each unit louder by its gain."""
    return mel + _faded(edits.gain_db.to(mel)[unit_of_frame] * DECIBEL)[:, None]


def _faded(values: Tensor) -> Tensor:
    """values [T] averaged with their neighbours."""
    kernel = torch.tensor(FADE, device=values.device, dtype=values.dtype)
    padded = functional.pad(values[None, None], (len(FADE) // 2,) * 2, mode="replicate") if len(values) > 2 else None
    return values if padded is None else functional.conv1d(padded, (kernel / kernel.sum())[None, None])[0, 0]
