"""How fast is the acoustic model, and how much of the machine does it use?

    OMP_NUM_THREADS=1 python -m benchmarks.acoustic            # all sizes, 1 and 2 threads
    python -m benchmarks.acoustic --sizes small --seconds 5 --json
    python -m benchmarks.acoustic --system flowtts             # the flow in the shared decoder's place

Random weights, made-up phones (12.5 a second). × is seconds of speech per second. `of matmul` is the floating-point rate reached as a
share of what the same machine reaches in the same run on a plain matrix product (fp32, as nn.Linear calls it), so that figures hold on
other machines. The flow's inverse, from noise to mel given the conditions, is also measured alone. Training counts forward, backward and the optimiser's step, on batches of real frames.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn

from tts.config.load import load_config
from tts.config.recipe import Recipe
from tts.models.backbone.acoustic import AcousticModel
from tts.models.flowtts.model import FlowTTS
from tts.training.batch import AcousticBatch, Names, PhoneRow, pad_rows

SIZES = Path(__file__).resolve().parent.parent / "recipes/conf/sizes"
NAMES = Names(("one", "two"), ("en-us",), ("neutral",))
FRAMES_PER_PHONE = 6.4  # 80 frames a second, 12.5 phones a second


def made_up_row(rng: np.random.Generator, seconds: float) -> PhoneRow:
    """An utterance of about `seconds` at 80 frames a second."""
    count = max(3, int(seconds * 80 / FRAMES_PER_PHONE))
    durations = rng.poisson(FRAMES_PER_PHONE - 1, count) + 1
    pause = np.arange(count) % 12 == 0
    return PhoneRow(rng.integers(0, 50, count).astype(np.int16), rng.integers(0, 3, count).astype(np.int8), pause,
                    (np.arange(count) // 4).astype(np.int16), durations.astype(np.int32), 0, 0, 0)


def median_seconds(work, repeats: int) -> float:
    """Median time of a call, after three to warm up."""
    for _ in range(3):
        work()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def matmul_rate(rows: int = 800, dim: int = 256) -> float:
    """Floating-point operations per second of nn.Linear in fp32 on this machine, now."""
    layer, x = nn.Linear(dim, 2 * dim), torch.randn(rows, dim)
    with torch.inference_mode():
        return 2 * rows * dim * 2 * dim / median_seconds(lambda: layer(x), 60)


def operations(model: AcousticModel, row: PhoneRow, durations: torch.Tensor) -> int:
    """Floating-point operations of one synthesis, counted at every convolution and linear layer."""
    total = 0

    def count(layer, inputs, output):
        nonlocal total
        positions = output.numel() // (output.shape[1] if isinstance(layer, nn.Conv1d) else output.shape[-1])
        total += 2 * layer.weight.numel() * positions

    hooks = [m.register_forward_hook(count) for m in model.modules() if isinstance(m, (nn.Conv1d, nn.Linear))]
    model.synthesize(row, durations=durations)
    for hook in hooks:
        hook.remove()
    return total


def synthesis(model: AcousticModel, seconds: float, repeats: int) -> dict:
    row = made_up_row(np.random.default_rng(0), seconds)
    durations = torch.from_numpy(row.durations).long()
    made = int(durations.sum()) / 80
    flops = operations(model.eval(), row, durations)
    times, rates = [], []
    for _ in range(3):  # in turn, so that a machine that speeds up or slows down does so for both
        rates.append(matmul_rate())
        times.append(median_seconds(lambda: model.synthesize(row, durations=durations), repeats))
    best = min(times)
    return {"times_real_time": made / best, "gflop_per_second_of_speech": flops / made / 1e9,
            "share_of_matmul": flops / best / statistics.median(rates), "matmul_gflops": statistics.median(rates) / 1e9}


@torch.inference_mode()
def inverse(model: FlowTTS, seconds: float, repeats: int) -> float:
    """Seconds of speech whose mel the flow's inverse makes in a second, phones and their durations encoded beforehand."""
    model.eval()
    row = made_up_row(np.random.default_rng(0), seconds)
    batch = batch_of([row])
    conditions = model.conditions_of(batch)
    z = torch.randn(batch.mel.shape)
    return batch.mel.shape[1] / 80 / min(median_seconds(lambda: model.decoder.decode(z, conditions), repeats) for _ in range(3))


def training(model: AcousticModel, batch_frames: int = 12000, seconds: float = 4.0) -> float:
    """Frames per second of whole training steps."""
    rng = np.random.default_rng(0)
    batch = batch_of([made_up_row(rng, seconds * rng.uniform(0.9, 1.0)) for _ in range(int(batch_frames / seconds / 80))])
    optimizer = torch.optim.AdamW(model.train().parameters(), foreach=True)

    def step():
        optimizer.zero_grad(set_to_none=True)
        model.losses(batch).total.backward()
        optimizer.step()

    return int(batch.frame_mask.sum()) / median_seconds(step, 5)


def batch_of(rows: list[PhoneRow]) -> AcousticBatch:
    """Made-up recordings of rows."""
    part = pad_rows(rows)
    lengths = torch.tensor([int(r.durations.sum()) for r in rows])
    shape = (len(rows), int(lengths.max()))
    durations = torch.zeros(part["phones"].shape, dtype=torch.long)
    for line, row in zip(durations, rows):
        line[:len(row.durations)] = torch.from_numpy(row.durations)
    return AcousticBatch([], **part, durations=durations, mel=torch.randn(*shape, 80), f0_hz=torch.full(shape, 120.0),
                         voiced=torch.ones(shape), energy=torch.zeros(shape), frame_mask=torch.arange(shape[1]) < lengths[:, None])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--system", choices=("base", "flowtts"), default="base")
    parser.add_argument("--sizes", nargs="+", default=["small", "base", "large"])
    parser.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--seconds", type=float, default=10.0, help="length of the utterance spoken")
    parser.add_argument("--repeats", type=int, default=11)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    results = []
    for size in args.sizes:
        recipe = load_config(Recipe, [SIZES / f"{size}.yaml"])
        for threads in args.threads:
            torch.set_num_threads(threads)
            torch.manual_seed(0)
            sizes = (60, NAMES, recipe.features, recipe.model)
            model = FlowTTS(*sizes, recipe.flowtts) if args.system == "flowtts" else AcousticModel(*sizes)
            figures = synthesis(model, args.seconds, args.repeats)
            row = {"size": size, "parameters_million": sum(p.numel() for p in model.parameters()) / 1e6, "threads": threads, **figures,
                   "inverse_times_real_time": inverse(model, args.seconds, args.repeats) if args.system == "flowtts" else None,
                   "training_frames_per_second": training(model) if size == "small" or threads == 1 else None,
                   "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
            results.append(row)
            if not args.json:
                alone = f" (its inverse {row['inverse_times_real_time']:.0f} x)" if row["inverse_times_real_time"] else ""
                trained = f"{row['training_frames_per_second']:8,.0f}" if row["training_frames_per_second"] else "       -"
                print(f"{size:6} {row['parameters_million']:6.2f} M  {threads} thread(s): {row['times_real_time']:6.0f} x real time{alone}, "
                      f"{row['gflop_per_second_of_speech']:.3f} GFLOP/s of speech, {row['share_of_matmul']:.0%} of matmul "
                      f"({row['matmul_gflops']:.0f} GFLOP/s), training {trained} frames/s, peak {row['peak_memory_mib']:.0f} MiB", flush=True)
    if args.json:
        print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
