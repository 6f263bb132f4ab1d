"""Checkpoints: a folder of safetensors and JSON. Loading one reads numbers and never runs code.

    checkpoints/step-00002000/{model,ema,optimizer}.safetensors, state.json
    checkpoints/best/step-00001500.safetensors                      weights only, for averaging
    latest.json                                                     names the checkpoint to resume from

A checkpoint is written under another name and renamed when whole, so a kill at any moment leaves the previous one in place. "There is
nothing to resume" and "it could not be resumed" are different: the second is an error.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from tts.corpus.manifest import atomic_writer
from tts.documents import parse_json, read_json, understood
from tts.errors import UserError


RESTORE = "restore the checkpoint from a copy, or remove checkpoints/ to start afresh"


def save_tensors(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str] | None = None) -> None:
    """Write tensors whole or not at all; what the disk refuses is an OSError."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        save_file({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}, temporary, metadata)
        os.replace(temporary, path)
    except SafetensorError as error:  # the library tells the system's error in words only
        number = re.search(r"os error (\d+)", str(error))
        if number is None:
            raise
        raise OSError(int(number[1]), os.strerror(int(number[1])), str(path)) from None
    finally:
        temporary.unlink(missing_ok=True)


def load_tensors(path: Path) -> dict[str, Tensor]:
    """Read tensors; a missing or broken file, or numbers that are none, are a UserError."""
    try:
        tensors = load_file(path)
    except (OSError, SafetensorError) as error:
        raise UserError(f"{path}: cannot be read as safetensors ({error}); remove it or restore it from a copy") from None
    spoilt = [name for name, tensor in tensors.items() if not tensor.isfinite().all()]
    if spoilt:
        raise UserError(f"{path}: {', '.join(spoilt[:3])} hold(s) NaN or infinite numbers; remove the file or restore it from a copy")
    return tensors


def copy_of_16_bits(source: str | Path, target: str | Path) -> None:
    """As shutil.copyfile, but the real numbers of a .safetensors become numbers of 16 bits: `load_weights` makes them 32 again, with three
    digits left. Tensors with a number that is too large for 16 bits stay as they are."""
    source, target = Path(source), Path(target)
    if source.suffix != ".safetensors":
        shutil.copyfile(source, target)
        return
    tensors = load_tensors(source)
    halves = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in tensors.items()}
    with safe_open(source, "pt") as file:
        metadata = file.metadata()
    save_tensors(target, {name: half if half.isfinite().all() else tensors[name] for name, half in halves.items()}, metadata)


def save_checkpoint(folder: Path, model: nn.Module, ema: dict[str, Tensor], optimizer: torch.optim.Optimizer, state: dict) -> None:
    """Write checkpoint `state["step"]` below `folder`, then point `latest.json` at it and remove older ones."""
    name = f"step-{state['step']:08d}"
    temporary, final = folder / f".{name}.part", folder / name
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    save_tensors(temporary / "model.safetensors", model.state_dict())
    if ema:
        save_tensors(temporary / "ema.safetensors", ema)
    moments, numbers = _optimizer_to_tensors(optimizer)
    save_tensors(temporary / "optimizer.safetensors", moments)
    (temporary / "state.json").write_text(json.dumps({**state, "optimizer": numbers}, indent=1))
    shutil.rmtree(final, ignore_errors=True)
    temporary.rename(final)
    with atomic_writer(folder / "latest.json") as file:
        json.dump({"checkpoint": name}, file)
    remove_others(final)


def remove_others(kept: Path) -> None:
    """Remove the checkpoints beside `kept`, to which `latest.json` points: older ones, and what a killed process left."""
    for other in (*kept.parent.glob("step-*"), *kept.parent.glob(".step-*.part")):
        if other.is_dir() and other.name != kept.name:
            shutil.rmtree(other)


def latest_checkpoint(folder: Path) -> Path | None:
    """The checkpoint to resume from, or None if there was never one."""
    pointer = folder / "latest.json"
    if not pointer.is_file():
        return None
    with understood(pointer, "expected the name of a checkpoint; remove it to start afresh"):
        name = parse_json(pointer.read_text())["checkpoint"]
        found = folder / Path(name).name
    if not (found / "state.json").is_file():
        raise UserError(f"{pointer} names {name}, which is not there or not whole; restore it, or remove {pointer} to start afresh")
    return found


def load_checkpoint(found: Path, model: nn.Module, optimizer: torch.optim.Optimizer, average: dict[str, Tensor]) -> tuple[dict, dict[str, Tensor]]:
    """Put a checkpoint into model and optimizer; returns (state, moving averages of the weights, of the names and shapes of `average`, or none)."""
    load_weights(model, found / "model.safetensors")
    state = read_json(found / "state.json", RESTORE)
    with understood(found, f"expected a state.json and an optimizer.safetensors of this configuration; {RESTORE}"):
        _optimizer_from_tensors(optimizer, load_tensors(found / "optimizer.safetensors"), state.pop("optimizer"))
    ema = load_tensors(found / "ema.safetensors") if (found / "ema.safetensors").is_file() else {}
    if ema and average:
        _require_fit(found / "ema.safetensors", ema, average, RESTORE)
    return state, ema


def load_weights(model: nn.Module, path: Path) -> None:
    """Put weights into a model; names or shapes that do not fit are a UserError that lists them."""
    tensors, own = load_tensors(path), model.state_dict()
    _require_fit(path, tensors, own, "it was made with another configuration: use the config.yaml beside it")
    model.load_state_dict({name: tensor.to(own[name].dtype) for name, tensor in tensors.items()})


def _require_fit(path: Path, tensors: dict[str, Tensor], own: dict[str, Tensor], advice: str) -> None:
    """A UserError where the tensors of a file can't take the place of a model's own."""
    wrong = [f"{name} is missing" for name in own if name not in tensors]
    wrong += [f"{name} is not known to the model" for name in tensors if name not in own]
    wrong += [f"{name} has shape {tuple(tensors[name].shape)}, the model {tuple(own[name].shape)}"
              for name in own if name in tensors and tensors[name].shape != own[name].shape]
    wrong += [f"{name} has numbers of type {str(tensors[name].dtype).removeprefix('torch.')}, the model {str(own[name].dtype).removeprefix('torch.')}"
              for name in own if name in tensors and tensors[name].is_floating_point() != own[name].is_floating_point()]
    if wrong:
        more = f" and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        raise UserError(f"{path} does not fit the model: {'; '.join(wrong[:5])}{more}; {advice}")


def average_weights(paths: list[Path]) -> dict[str, Tensor]:
    """The mean of several weight files; integer tensors are taken from the first."""
    files = [load_tensors(path) for path in paths]
    return {name: torch.stack([f[name].double() for f in files]).mean(0).to(tensor.dtype) if tensor.is_floating_point() else tensor
            for name, tensor in files[0].items()}


def _optimizer_to_tensors(optimizer: torch.optim.Optimizer) -> tuple[dict[str, Tensor], dict]:
    state = optimizer.state_dict()
    tensors = {f"{index}/{key}": value for index, entry in state["state"].items() for key, value in entry.items()}
    return tensors, {"param_groups": state["param_groups"]}


def _optimizer_from_tensors(optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor], numbers: dict) -> None:
    entries: dict[int, dict[str, Tensor]] = {}
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    for name, tensor in tensors.items():
        index, key = name.split("/")
        if tensor.ndim and tensor.shape != parameters[int(index)].shape:
            raise ValueError(f"{name} has shape {tuple(tensor.shape)}; expected {tuple(parameters[int(index)].shape)}")
        entries.setdefault(int(index), {})[key] = tensor
    optimizer.load_state_dict({"state": entries, "param_groups": numbers["param_groups"]})
