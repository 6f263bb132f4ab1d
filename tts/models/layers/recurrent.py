"""A bidirectional GRU over padded sequences whose result does not depend on the padding."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class BiGru(nn.Module):
    """x [B, T, D], mask [B, T] → [B, T, 2 × dim]: forward states, then backward states."""

    def __init__(self, enter_dim: int, dim: int):
        super().__init__()
        self.gru = nn.GRU(enter_dim, dim, batch_first=True, bidirectional=True)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        lengths = mask.sum(1)
        if bool((lengths == mask.shape[1]).all()):
            return self.gru(x)[0]
        packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
        states, _ = pad_packed_sequence(self.gru(packed)[0], batch_first=True, total_length=x.shape[1])
        return torch.where(mask[..., None], states, torch.zeros_like(states))
