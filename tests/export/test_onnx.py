"""An exported graph against the model it came from, at other lengths than it was traced with."""

import json

import numpy as np
import pytest
import torch

from tests.helpers.tiny import tiny_row
from tests.helpers.voice import voice_folder
from tests.vocoder.make import speech_mel, tiny_generator
from tests.vocoder.test_folder import saved
from tts.errors import UserError
from tts.export.onnx import export
from tts.export.vocoder import RealGenerator
from tts.models.copycat2.latents import WordLatents
from tts.models.load import load_model
from tts.training.batch import pad_rows


def session(path):
    import onnxruntime

    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


@pytest.fixture
def onnx():
    for name in ("onnx", "onnxruntime"):
        pytest.importorskip(name, reason=f"{name} is not installed (pip install 'expressive-tts[export]')")


def decibels(error, of) -> float:
    return 20 * np.log10(np.linalg.norm(error) / np.linalg.norm(of))


@pytest.mark.parametrize("changes", [{}, dict(settle=0, window_hops=4), dict(phase="free", window_hops=4)])
def test_real_numbers_say_the_same(changes):
    generator, mel = tiny_generator(**changes), torch.cat([speech_mel(), torch.full((30, 80), -11.0), speech_mel(0.5, 300, 150)])[None]
    with torch.inference_mode():
        whole, real = generator(mel), RealGenerator(generator)(mel)
    assert whole.shape == real.shape and decibels(real - whole, whole) < -80


def test_an_exported_vocoder_speaks_alike(onnx, tmp_path):
    folder = saved(tmp_path / "v")
    said = export(folder, tmp_path / "v.onnx")
    assert said == json.loads((tmp_path / "v.json").read_text()) and said["kind"] == "vocoder" and said["features"]["hop_samples"] == 300
    runs, generator = session(tmp_path / "v.onnx"), tiny_generator()
    for mel in (speech_mel(0.5), torch.cat([speech_mel(), torch.full((40, 80), -11.0), speech_mel(0.7, 260, 140)])):
        with torch.inference_mode():
            wave = generator(mel[None]).numpy()
        assert decibels(runs.run(None, {"mel": mel[None].numpy()})[0] - wave, wave) < -70
    assert list(tmp_path.glob(".*")) == []


@pytest.mark.parametrize("system", ["base", "copycat2"])
def test_an_exported_model_speaks_alike(onnx, tmp_path, system):
    folder = voice_folder(tmp_path / "m", system=system)
    said = export(folder, tmp_path / "m.onnx")
    assert said["speakers"] == ["ada", "ben"] and said["phones"] == {s: i for i, s in enumerate(load_model(folder).phones.symbols)}
    runs, model = session(tmp_path / "m.onnx"), load_model(folder).model
    for words, speed in ((2, 1.0), (9, 1.3)):
        row = tiny_row(np.random.default_rng(words), words)
        part = {name: tensor.numpy() for name, tensor in pad_rows([row]).items()}
        inputs = {name: part[name] for name in ("phones", "stress", "is_pause", "speaker", "language")} | {"speed": np.array([speed], np.float32)}
        given = {}
        if system == "copycat2":
            units, chance = int(row.phone_to_unit[-1]) + 1, np.random.default_rng(0)
            latents = {name: chance.standard_normal((units, getattr(model, f"{name}_centroid").shape[2])).astype(np.float32) for name in ("acoustic", "timing")}
            inputs |= {"phone_to_unit": part["phone_to_unit"]} | {name: value[None] for name, value in latents.items()}
            given["latents"] = WordLatents(**{name: torch.from_numpy(value) for name, value in latents.items()})
        made, (mel, durations, f0_hz) = model.synthesize(row, speed, **given), runs.run(None, inputs)
        assert durations[0].tolist() == made.durations.tolist()
        assert np.allclose(mel[0], made.mel, atol=1e-3) and np.allclose(f0_hz[0], made.f0_hz, rtol=1e-3)


def test_what_cannot_be_exported_says_why(tmp_path):
    with pytest.raises(UserError, match="neither a trained model nor a vocoder"):
        export(tmp_path, tmp_path / "x.onnx")
    with pytest.raises(UserError, match="ends in .onnx"):
        export(saved(tmp_path / "v"), tmp_path / "x.bin")
    (tmp_path / "v/vocoder.safetensors").unlink()
    with pytest.raises(UserError, match="neither"):
        export(tmp_path / "v", tmp_path / "x.onnx")
    assert list(tmp_path.glob("*.onnx")) == list(tmp_path.glob("*.json")) == []
