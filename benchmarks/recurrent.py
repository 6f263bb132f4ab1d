"""How long a bidirectional recurrent layer takes to learn on a CPU: by the loop that is compiled here (tts/models/layers/gru.py), and by PyTorch's own
over packed sequences.

    OMP_NUM_THREADS=1 python -m benchmarks.recurrent
"""

from __future__ import annotations

import statistics
import time

import torch

from tts.models.layers.recurrent import BiGru

SHAPES = ((8, 375, 96, 64), (3, 1000, 96, 64), (8, 60, 192, 96))  # utterances, steps, inputs, states: a batch of mels, of long ones, of words
RUNS = 5


def main() -> None:
    torch.set_num_threads(1)
    print("| utterances | steps | inputs | states | compiled, ms | packed, ms | packed / compiled |\n|---|---|---|---|---|---|---|")
    for batch, steps, inputs, states in SHAPES:
        torch.manual_seed(0)
        layer, lengths = BiGru(inputs, states), torch.linspace(0.6 * steps, steps, batch).long()
        mask = torch.arange(steps) < lengths[:, None]
        x = torch.randn(batch, steps, inputs, requires_grad=True)
        compiled, packed = (median_ms(way, mask) for way in (lambda: layer._learning(x, mask), lambda: layer._packed(x, lengths)))
        print(f"| {batch} | {steps} | {inputs} | {states} | {compiled:.1f} | {packed:.1f} | {packed / compiled:.1f} |")


def median_ms(way, mask: torch.Tensor) -> float:
    """Forward and back."""
    spent = []
    for _ in range(RUNS + 1):
        started = time.perf_counter()
        (way() * mask[..., None]).square().sum().backward()
        spent.append(1000 * (time.perf_counter() - started))
    return statistics.median(spent[1:])


if __name__ == "__main__":
    main()
