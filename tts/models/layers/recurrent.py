"""A bidirectional GRU over padded sequences whose result does not depend on the padding."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


class BiGru(nn.Module):
    """x [B, T, D], mask [B, T] → [B, T, 2 × dim]: forward states, then backward states."""

    def __init__(self, enter_dim: int, dim: int):
        super().__init__()
        self.gru = nn.GRU(enter_dim, dim, batch_first=True, bidirectional=True)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        if torch.is_grad_enabled() and not x.is_cuda:
            return self._learning(x, mask)
        lengths = mask.sum(1)
        if bool((lengths == mask.shape[1]).all()):
            return self.gru(x)[0]
        states = self._packed(x, lengths)
        return torch.where(mask[..., None], states, torch.zeros_like(states))

    def _packed(self, x: Tensor, lengths: Tensor) -> Tensor:
        """PyTorch's own. With gradients on a CPU every step is a slice of the packed sequence, and the gradient of each slice as large as all of it."""
        packed = pack_padded_sequence(x, lengths.cpu(), batch_first=True, enforce_sorted=False)
        return pad_packed_sequence(self.gru(packed)[0], batch_first=True, total_length=x.shape[1])[0]

    def _learning(self, x: Tensor, mask: Tensor) -> Tensor:
        """On a CPU, with gradients, by the compiled loop; whatever autocast says, by the weights' own numbers."""
        from tts.models.layers.gru import GruStates  # numba takes its time to start

        with torch.autocast("cpu", enabled=False):
            steps = x.transpose(0, 1).to(self.gru.weight_ih_l0.dtype)
            weights, ways = self.gru._flat_weights, []
            for of_input, of_state, input_bias, state_bias, backwards in ((*weights[:4], False), (*weights[4:], True)):
                ways.append(GruStates.apply(functional.linear(steps, of_input, input_bias), of_state, state_bias, mask.T, backwards))
            return torch.cat(ways, 2).transpose(0, 1)
