"""From a sequence to one vector per segment of it: frames to words, phones to words.

    boundary  forward state at the segment's last step and backward state at its first: CopyCat's time bottleneck with words for blocks
    middle    the state of the middle step (W-VAE)
    mean      the mean of the segment's own steps

States are the concatenation of a forward and a backward half. A segment without steps (a pause that is run over) gets zeros.
"""

from __future__ import annotations

import torch
from torch import Tensor


def pool_segments(states: Tensor, lengths: Tensor, how: str) -> Tensor:
    """states [B, T, D] (halves forward and backward), lengths [B, W] steps of each segment from the start → [B, W, D]."""
    ends = lengths.cumsum(1)
    starts = ends - lengths
    if how == "mean":
        sums = torch.cat([states.new_zeros(len(states), 1, states.shape[2], dtype=torch.float32), states.float().cumsum(1)], dim=1)
        pooled = (_rows(sums, ends) - _rows(sums, starts)) / lengths.clamp(min=1)[..., None]
        pooled = pooled.to(states.dtype)
    elif how == "middle":
        pooled = _rows(states, ((starts + ends - 1) // 2).clamp(min=0, max=states.shape[1] - 1))
    else:
        forward, backward = states.chunk(2, dim=2)
        last, first = (ends - 1).clamp(min=0, max=states.shape[1] - 1), starts.clamp(max=states.shape[1] - 1)
        pooled = torch.cat([_rows(forward, last), _rows(backward, first)], dim=2)
    return pooled * (lengths > 0)[..., None]


def segment_lengths(step_to_segment: Tensor, weights: Tensor, segments: int) -> Tensor:
    """Sums [B, segments] of weights [B, P] (durations, or a mask to count) over the segment [B, P] that each belongs to."""
    sums = torch.zeros(len(weights), segments, dtype=weights.dtype, device=weights.device)
    return sums.scatter_add_(1, step_to_segment, weights)


def _rows(values: Tensor, index: Tensor) -> Tensor:
    """values [B, T, D], index [B, W] → [B, W, D]."""
    return values.gather(1, index[..., None].expand(-1, -1, values.shape[2]))
