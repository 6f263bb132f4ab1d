"""Mean and deviation of every mel band, for networks that take normalised mels."""

from __future__ import annotations

import torch
from torch import Tensor

from tts.training.system import BatchSource


@torch.no_grad()
def band_statistics(source: BatchSource, most_batches: int, least_deviation: float) -> tuple[Tensor, Tensor]:
    """(mean [M], deviation [M]) over the real frames of the first epoch's first batches, which need `mel` and `frame_mask`."""
    frames = torch.cat([batch.mel[batch.frame_mask] for batch in map(source.load, source.batches(0)[:most_batches])])
    return frames.mean(0), frames.std(0).clamp(min=least_deviation)
