"""Data-parallel training over processes and machines: started by torchrun, the same code with one process.

Gradients are summed by hand in one flat exchange, because every batch is weighted by its own number of frames: two processes with a
batch each make exactly the step that one process makes of both.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
from torch import Tensor, distributed, nn


@dataclass(frozen=True)
class World:
    """This process among its equals."""

    rank: int = 0
    size: int = 1
    device: torch.device = torch.device("cpu")

    @property
    def is_first(self) -> bool:
        return self.rank == 0


def join(device: str | None = None) -> World:
    """Join the other processes if torchrun started us; pick the GPU of this process, or the CPU."""
    rank, size = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    if device is None:
        device = f"cuda:{os.environ.get('LOCAL_RANK', 0)}" if torch.cuda.is_available() else "cpu"
    chosen = torch.device(device)
    if chosen.type == "cuda":
        torch.cuda.set_device(chosen)
    if size > 1 and not distributed.is_initialized():
        distributed.init_process_group("nccl" if chosen.type == "cuda" else "gloo")
    return World(rank, size, chosen)


def sum_gradients(parameters: list[Tensor], world: World) -> None:
    """Sum gradients over processes, in place; a parameter that this process did not use counts as zero."""
    if world.size == 1:
        return
    for parameter in parameters:
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
    flat = torch.cat([parameter.grad.flatten() for parameter in parameters])
    distributed.all_reduce(flat)
    for parameter, part in zip(parameters, flat.split([p.numel() for p in parameters])):
        parameter.grad.copy_(part.view_as(parameter))


def share_weights(module: nn.Module, world: World) -> None:
    """Every process takes the first one's parameters and buffers, however each of them made its own."""
    if world.size > 1:
        for tensor in module.state_dict().values():
            distributed.broadcast(tensor, src=0)


def sum_numbers(values: list[float], world: World) -> list[float]:
    """Element-wise sum over processes."""
    if world.size == 1:
        return values
    tensor = torch.tensor(values, dtype=torch.float64, device=world.device)
    distributed.all_reduce(tensor)
    return tensor.tolist()


def wait(world: World) -> None:
    """Wait until every process is here."""
    if world.size > 1:
        distributed.barrier()


def leave() -> None:
    """Part from the other processes, if there are any."""
    if distributed.is_available() and distributed.is_initialized():
        distributed.destroy_process_group()
