"""A trained model or vocoder → one ONNX file that runs without this project, and a JSON file beside it that says what its numbers mean.

What ONNX has no operator for is said in others (`_searchsorted`, `_cummax`, `_expm1`). Lengths are free: any number of phones, words and frames.
"""

from __future__ import annotations

import importlib.util
import json
import os
import warnings
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

from tts.corpus.manifest import atomic_writer
from tts.errors import UserError
from tts.export.acoustic import Speaking
from tts.export.vocoder import RealGenerator
from tts.features.fingerprint import Fingerprint
from tts.models.load import FILES, load_model
from tts.vocoder.folder import is_vocoder, load_generator

OPSET = 17
LONGEST_FRAMES = 1 << 17  # that the running maximum of an exported vocoder reaches back over: 27 minutes
MANY_PHONES, MANY_UNITS, MANY_FRAMES = 23, 5, 61  # of the example that is traced


def export(source: Path, output: Path) -> dict:
    """Write OUTPUT and OUTPUT's JSON for the model or vocoder in folder `source`; returns what the JSON says."""
    if output.suffix != ".onnx":
        raise UserError(f"{output}: expected a name that ends in .onnx")
    if is_vocoder(source):
        return export_vocoder(source, output)
    if all((source / name).is_file() for name in FILES):
        return export_model(source, output)
    raise UserError(f"{source}: neither a trained model nor a vocoder; expected exp/NAME of a recipe")


def export_vocoder(source: Path, output: Path) -> dict:
    """mel [1, T, M] → wave [1, N]."""
    generator = load_generator(source, path="float32")
    module = RealGenerator(generator).eval().requires_grad_(False)
    mel = torch.randn(1, MANY_FRAMES, generator.features.mel_bands) - 5
    write(module, {"mel": mel}, {"mel": {1: "frames"}}, {"wave": {1: "samples"}}, output)
    return describe(output, "vocoder", generator.fingerprint, {})


def export_model(source: Path, output: Path) -> dict:
    """What `Speaking` takes and gives."""
    loaded = load_model(source)
    module = Speaking(loaded.model).eval().requires_grad_(False)
    per_phone = {name: {1: "phones"} for name in ("phones", "stress", "is_pause", "phone_to_unit")}
    inputs = {"phones": torch.randint(len(loaded.phones.symbols), (1, MANY_PHONES)), "stress": torch.randint(3, (1, MANY_PHONES)),
              "is_pause": torch.arange(MANY_PHONES)[None] == MANY_PHONES - 1, "speaker": torch.zeros(1, dtype=torch.int64),
              "language": torch.zeros(1, dtype=torch.int64), "speed": torch.ones(1)}
    more = {}
    if module.by_words:
        model = loaded.model
        inputs["phone_to_unit"] = torch.arange(MANY_PHONES)[None] * MANY_UNITS // MANY_PHONES
        for name in ("acoustic", "timing"):
            centroid = getattr(model, f"{name}_centroid")
            inputs[name] = centroid[:1, 0].expand(MANY_UNITS, -1)[None].clone()
            more[f"{name}_mean"] = {speaker: {"word": row[0].tolist(), "pause": row[1].tolist()}
                                    for speaker, row in zip(loaded.names.speakers, centroid)}
    free = {name: axes for name, axes in {**per_phone, "acoustic": {1: "units"}, "timing": {1: "units"}}.items() if name in inputs}
    write(module, inputs, free, {"mel": {1: "frames"}, "durations": {1: "phones"}, "f0_hz": {1: "frames"}}, output)
    return describe(output, loaded.recipe.system, loaded.fingerprint, {
        "phones": {symbol: number for number, symbol in enumerate(loaded.phones.symbols)}, "stress": {"none": 0, "secondary": 1, "primary": 2},
        "speakers": list(loaded.names.speakers), "languages": list(loaded.names.languages), **more})


def describe(output: Path, kind: str, fingerprint: Fingerprint, meanings: dict) -> dict:
    """Write the JSON beside the graph: what kind it is, which mels it makes or takes, and what its numbers mean."""
    said = {"kind": kind, "features": fingerprint.values, "mel_hash": fingerprint.mel_hash, **meanings}
    with atomic_writer(output.with_suffix(".json")) as file:
        json.dump(said, file, indent=1, ensure_ascii=False)
    return said


def write(module: nn.Module, inputs: dict[str, Tensor], free: dict, outputs: dict, output: Path) -> None:
    """Trace `module` on example inputs; `free` and `outputs` name the axes whose lengths may vary."""
    if importlib.util.find_spec("onnx") is None:
        raise UserError("the package onnx is not installed; run: pip install 'expressive-tts[export]' (in a checkout: pip install -e '.[export]')")
    output.parent.mkdir(parents=True, exist_ok=True)
    partial = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with _operators(), torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a tracer warns of every shape that Python looks at
            torch.onnx.export(module, tuple(inputs.values()), str(partial), dynamo=False, opset_version=OPSET, input_names=list(inputs),
                              output_names=list(outputs), dynamic_axes={**free, **outputs})
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)


# -- operators that ONNX lacks ---------------------------------------------------------------------------------------------


@contextmanager
def _operators():
    added = {"aten::searchsorted": _searchsorted, "aten::cummax": _cummax, "aten::expm1": _expm1}
    for name, symbol in added.items():
        torch.onnx.register_custom_op_symbolic(name, symbol, OPSET)
    try:
        yield
    finally:
        for name in added:
            torch.onnx.unregister_custom_op_symbolic(name, OPSET)


def _numbers(g, *values: int):
    return g.op("Constant", value_t=torch.tensor(values, dtype=torch.int64))


def _searchsorted(g, edges, values, out_int32, right, side=None, sorter=None):
    """How many edges [B, P] are not above each value [B, T]: `right=True`, the only kind that is used."""
    passed = g.op("GreaterOrEqual", g.op("Unsqueeze", values, _numbers(g, 2)), g.op("Unsqueeze", edges, _numbers(g, 1)))
    return g.op("ReduceSum", g.op("Cast", passed, to_i=torch.onnx.TensorProtoDataType.INT64), _numbers(g, -1), keepdims_i=0)


def _cummax(g, values, dim):
    """Running maximum of [B, T] along T, by looking back 1, 2, 4, … steps. The indices that PyTorch gives beside it are not."""
    step = 1
    while step < LONGEST_FRAMES:
        lowest = g.op("ReduceMin", values, keepdims_i=0)
        back = g.op("Slice", g.op("Pad", values, _numbers(g, 0, step, 0, 0), lowest), _numbers(g, 0), g.op("Slice", g.op("Shape", values), _numbers(g, 1),
                    _numbers(g, 2)), _numbers(g, 1))
        values = g.op("Max", values, back)
        step *= 2
    return values, values


def _expm1(g, values):
    return g.op("Sub", g.op("Exp", values), g.op("CastLike", g.op("Constant", value_t=torch.tensor(1.0)), values))
