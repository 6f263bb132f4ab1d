"""Masks and length regulation: from lengths to masks, from durations to the phone of every frame."""

from __future__ import annotations

import torch
from torch import Tensor


def lengths_to_mask(lengths: Tensor, size: int | None = None) -> Tensor:
    """[B] lengths → [B, size] boolean mask, True where real."""
    size = int(lengths.max()) if size is None else size
    return torch.arange(size, device=lengths.device) < lengths[:, None]


def frame_to_phone(durations: Tensor, frames: int | None = None) -> Tensor:
    """The phone of every frame. durations [B, P] in frames → [B, T]; frames beyond an utterance's end point at its last phone.

    durations 2 1 3  →  0 0 1 2 2 2
    """
    ends = durations.cumsum(1)  # [B, P]
    frames = int(ends[:, -1].max()) if frames is None else frames
    at = torch.arange(frames, device=durations.device).expand(durations.shape[0], frames)
    return torch.searchsorted(ends, at.contiguous(), right=True).clamp(max=durations.shape[1] - 1)


def gather_rows(values: Tensor, index: Tensor) -> Tensor:
    """values [B, P, D], index [B, T] → [B, T, D]: row index[b, t] of values[b]."""
    offset = torch.arange(values.shape[0], device=values.device)[:, None] * values.shape[1]
    return values.flatten(0, 1).index_select(0, (index + offset).flatten()).view(*index.shape, values.shape[2])


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """Mean of values [B, X] or [B, X, D] over all positions where mask [B, X] is True (and over D)."""
    if values.dim() == 3:
        values = values.mean(2)
    weight = mask.to(values.dtype)
    return (values * weight).sum() / weight.sum().clamp(min=1)
