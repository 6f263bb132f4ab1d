"""Schedule, moving average, health, checkpoints and batches, each by itself."""

import json

import pytest
import torch

from tests.helpers.tiny import NAMES, TinySource, tiny_model
from tts.errors import UserError
from tts.training.batch import frame_batches
from tts.training.checkpoint import average_weights, latest_checkpoint, load_weights, save_tensors
from tts.training.config import TrainingConfig
from tts.training.ema import Ema
from tts.training.health import latent_health
from tts.training.schedule import learning_rate


def test_schedule_rises_then_falls_to_its_share():
    config = TrainingConfig(steps=100, warmup_steps=10, learning_rate=2.0, final_learning_rate=0.1)
    rates = [learning_rate(step, config) for step in range(101)]
    assert rates[0] == pytest.approx(0.2) and max(rates) == rates[9] == pytest.approx(2.0)
    assert rates[100] == pytest.approx(0.2)
    assert all(a >= b for a, b in zip(rates[10:], rates[11:]))


def test_impossible_training_is_refused():
    for wrong in (dict(precision="int8"), dict(steps=0), dict(steps=10, warmup_steps=10)):
        with pytest.raises(ValueError, match="training:"):
            TrainingConfig(**wrong)


def test_ema_of_a_constant_is_the_constant_and_swaps_back():
    module = torch.nn.Linear(3, 2)
    ema = Ema(module, 0.9)
    own = module.weight.detach().clone()
    for step in range(5):
        ema.update(module, step)
    assert torch.allclose(ema.average["weight"], own)
    with torch.no_grad():
        module.weight.add_(1.0)
    ema.update(module, 1000)
    with ema.applied(module):
        assert torch.allclose(module.weight, own + 0.1, atol=1e-6)
    assert torch.allclose(module.weight, own + 1.0)


def test_a_dead_latent_is_said_in_plain_words():
    dead = latent_health("word", torch.zeros(50, 8), torch.zeros(50, 8))
    assert dead.collapsed and dead.kl_nats == 0 and "has collapsed" in dead.sentence
    generator = torch.Generator().manual_seed(0)
    alive = latent_health("word", torch.randn(50, 8, generator=generator), torch.full((50, 8), -2.0))
    assert not alive.collapsed and alive.active_units == 8 and "alive" in alive.sentence
    half = torch.zeros(50, 8)
    half[:, 0] = torch.randn(50, generator=generator)
    assert "close to collapse" in latent_health("word", half, torch.zeros(50, 8)).sentence


def test_average_of_weights(tmp_path):
    for name, value in (("a", 1.0), ("b", 3.0)):
        save_tensors(tmp_path / f"{name}.safetensors", {"w": torch.full((2,), value), "n": torch.tensor(7)})
    mean = average_weights([tmp_path / "a.safetensors", tmp_path / "b.safetensors"])
    assert mean["w"].tolist() == [2.0, 2.0] and mean["n"] == 7


def test_weights_of_another_model_are_listed(tmp_path):
    save_tensors(tmp_path / "w.safetensors", tiny_model(decoder_dim=24).state_dict())
    with pytest.raises(UserError, match="does not fit the model: .*has shape"):
        load_weights(tiny_model(), tmp_path / "w.safetensors")


def test_nothing_to_resume_differs_from_cannot_resume(tmp_path):
    assert latest_checkpoint(tmp_path) is None
    (tmp_path / "latest.json").write_text(json.dumps({"checkpoint": "step-00000010"}))
    with pytest.raises(UserError, match="not there or not whole"):
        latest_checkpoint(tmp_path)


def test_batches_hold_everything_once_within_the_limit_largest_first():
    lengths = {f"u{i}": 20 + (i * 37) % 100 for i in range(60)}
    for epoch in range(3):
        batches = frame_batches(lengths, 400, seed=3, epoch=epoch)
        assert sorted(sum(batches, [])) == sorted(lengths)
        sizes = [max(lengths[i] for i in ids) * len(ids) for ids in batches]
        assert max(sizes) <= 400
        assert epoch > 0 or sizes[0] == max(sizes)
    assert frame_batches(lengths, 400, 3, 1) == frame_batches(lengths, 400, 3, 1) != frame_batches(lengths, 400, 3, 2)
    with pytest.raises(UserError, match="u5 .*more than training.batch_frames"):
        frame_batches({"u5": 500, "u6": 3}, 400, 0, 0)


def test_batch_is_padded_and_masked():
    source = TinySource()
    ids = list(source.rows)[:4]
    batch = source.load(ids)
    for index, name in enumerate(ids):
        row = source.rows[name]
        assert int(batch.frame_mask[index].sum()) == int(row.durations.sum()) == int(batch.durations[index].sum())
        assert int(batch.phone_mask[index].sum()) == len(row.phones)
        assert int(batch.unit_mask[index].sum()) == int(row.phone_to_unit.max()) + 1
    assert not batch.mel[~batch.frame_mask].any()
    assert (batch.f0_hz[batch.frame_mask] > 0).all()


def test_unknown_names_point_at_the_nearest():
    assert NAMES.index("speakers", "ben") == 1
    with pytest.raises(UserError, match="unknown speaker 'bem'; did you mean 'ben'"):
        NAMES.index("speakers", "bem")


def test_a_full_disk_is_the_systems_error_with_the_file(tmp_path, monkeypatch):
    from safetensors import SafetensorError

    from tts.training import checkpoint

    def full(tensors, path, metadata):
        path.write_bytes(b"half")
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(checkpoint, "save_file", full)
    with pytest.raises(OSError, match="No space left.*model.safetensors"):
        save_tensors(tmp_path / "model.safetensors", {"w": torch.zeros(1)})
    assert not list(tmp_path.iterdir())
