"""A gated recurrent unit for training on a CPU (Cho et al. 2014, in the form of torch.nn.GRU).

PyTorch spends some hundred microseconds on every time step, forward and back, whatever its size; a speech encoder takes a thousand steps of a few
dozen numbers. Here the loop over time is compiled, and what does not depend on the state before, all of the inputs' part and the gradient of the
weights, is one matrix product for all steps.

    r, z = σ(x_r + U_r h), σ(x_z + U_z h)     n = tanh(x_n + r · (U_n h + c_n))     h' = (1 − z) · n + z · h
"""

from __future__ import annotations

import numba
import numpy as np
import torch
from torch import Tensor


class GruStates(torch.autograd.Function):
    """What the inputs ask of the gates [T, B, 3H] (their weights and biases applied), U [3H, H], c [3H], mask [T, B] → states [T, B, H], zero where the
    mask is and from there on anew. `backwards`: from the last step to the first."""

    @staticmethod
    def forward(ctx, asked: Tensor, u: Tensor, c: Tensor, mask: Tensor, backwards: bool) -> Tensor:
        arrays = [x.detach().contiguous().numpy() for x in (asked, u.T, c, mask.to(asked.dtype))]
        states, gates = _run(*arrays, backwards)
        ctx.save_for_backward(u, mask)
        ctx.arrays, ctx.backwards = (states, gates), backwards
        return torch.from_numpy(states)

    @staticmethod
    def backward(ctx, wanted: Tensor):
        (u, mask), (states, gates) = ctx.saved_tensors, ctx.arrays
        of_asked, of_state = _run_back(wanted.contiguous().numpy(), states, gates, u.detach().contiguous().numpy(),
                                       mask.to(wanted.dtype).contiguous().numpy(), ctx.backwards)
        of_state = torch.from_numpy(of_state)
        before = torch.zeros_like(wanted)
        whole = torch.from_numpy(states)
        if ctx.backwards:
            before[:-1] = whole[1:]
        else:
            before[1:] = whole[:-1]
        rows = of_state.flatten(0, 1)
        return torch.from_numpy(of_asked), rows.T @ before.flatten(0, 1), rows.sum(0), None, None


# Sums may be taken in any order; what is no number stays none, and is the training loop's to deal with.
_compiled = numba.njit(cache=True, fastmath={"nsz", "arcp", "contract", "afn", "reassoc"}, error_model="numpy")


@_compiled
def _run(asked, u, c, mask, backwards):
    """u [H, 3H]. States [T, B, H] and gates [T, B, 4H]: r, z, n, and U_n h + c_n."""
    steps, batch, width = asked.shape
    size = width // 3
    states = np.zeros((steps, batch, size), asked.dtype)
    gates = np.empty((steps, batch, 4 * size), asked.dtype)
    state, turned = np.zeros((batch, size), asked.dtype), np.empty((batch, width), asked.dtype)
    for step in range(steps):
        t = steps - 1 - step if backwards else step
        np.dot(state, u, turned)
        for b in range(batch):
            for i in range(size):
                r = 1 / (1 + np.exp(-(asked[t, b, i] + turned[b, i] + c[i])))
                z = 1 / (1 + np.exp(-(asked[t, b, size + i] + turned[b, size + i] + c[size + i])))
                own = turned[b, 2 * size + i] + c[2 * size + i]
                n = np.tanh(asked[t, b, 2 * size + i] + r * own)
                state[b, i] = ((1 - z) * n + z * state[b, i]) * mask[t, b]
                states[t, b, i] = state[b, i]
                gates[t, b, i], gates[t, b, size + i], gates[t, b, 2 * size + i], gates[t, b, 3 * size + i] = r, z, n, own
    return states, gates


@_compiled
def _run_back(wanted, states, gates, u, mask, backwards):
    """u [3H, H]. Gradients of what was asked of the gates, and of what the state before asked of them, both [T, B, 3H]."""
    steps, batch, size = wanted.shape
    of_asked = np.empty((steps, batch, 3 * size), wanted.dtype)
    of_state = np.empty((steps, batch, 3 * size), wanted.dtype)
    carried, through = np.zeros((batch, size), wanted.dtype), np.zeros((batch, size), wanted.dtype)
    for step in range(steps):
        t = step if backwards else steps - 1 - step
        earlier = t + 1 if backwards else t - 1
        for b in range(batch):
            for i in range(size):
                r, z, n, own = gates[t, b, i], gates[t, b, size + i], gates[t, b, 2 * size + i], gates[t, b, 3 * size + i]
                before = states[earlier, b, i] if 0 <= earlier < steps else 0.0
                of_h = (wanted[t, b, i] + carried[b, i] + through[b, i]) * mask[t, b]
                of_n = of_h * (1 - z) * (1 - n * n)
                of_r = of_n * own * r * (1 - r)
                of_z = of_h * (before - n) * z * (1 - z)
                of_asked[t, b, i], of_asked[t, b, size + i], of_asked[t, b, 2 * size + i] = of_r, of_z, of_n
                of_state[t, b, i], of_state[t, b, size + i], of_state[t, b, 2 * size + i] = of_r, of_z, of_n * r
                carried[b, i] = of_h * z
        np.dot(of_state[t], u, through)
    return of_asked, of_state
