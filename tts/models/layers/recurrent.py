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
        lengths = mask.sum(1)
        if torch.is_grad_enabled() and not x.is_cuda:
            return self._learning(x, mask)
        if bool((lengths == mask.shape[1]).all()):
            return self.gru(x)[0]
        states = self._packed(x, lengths) if x.is_cuda else self._each_way(x, lengths)
        return torch.where(mask[..., None], states, torch.zeros_like(states))

    def _packed(self, x: Tensor, lengths: Tensor) -> Tensor:
        """As the GPU's library has it. On a CPU every step would be a slice of the packed sequence, and the gradient of each slice as large as all of it."""
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

    def _each_way(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Forward over the padded sequence, whose padding comes last; then over its own stretch turned round, and the states turned back."""
        steps = torch.arange(x.shape[1], device=x.device)
        turned = lengths[:, None] - 1 - steps
        turned = torch.where(turned >= 0, turned, steps)[..., None]  # [B, T, 1]
        weights, nothing = self.gru._flat_weights, x.new_zeros(1, x.shape[0], self.gru.hidden_size)
        half = len(weights) // 2

        def run(sequence: Tensor, own: list[Tensor]) -> Tensor:
            return torch.gru(sequence, nothing, own, True, 1, 0.0, self.training, False, True)[0]

        backward = run(x.gather(1, turned.expand_as(x)), weights[half:])
        return torch.cat([run(x, weights[:half]), backward.gather(1, turned.expand_as(backward))], -1)
