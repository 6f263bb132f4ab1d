"""The loop's promises: resumed equals uninterrupted, processes equal accumulation, NaN is named, the best are averaged."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.helpers.tiny import TinySource, tiny_model
from tts.errors import UserError
from tts.training.config import TrainingConfig
from tts.training.loop import fit, prefetch

TWENTY = dict(steps=20, warmup_steps=3, validate_every=5, checkpoint_every=5, log_every=5, batch_frames=150, keep_best=2)


def train(folder, **changes):
    model = tiny_model(dropout=0.2)
    if os.environ.get("RANK") == "1":  # the second of two processes starts from weights of its own, and must take the first one's
        torch.nn.init.normal_(model.decoder.leave.weight)
    return fit(model, TinySource(), TinySource(3, seed=9), TrainingConfig(**{**TWENTY, **changes}), Path(folder))


def same(a: Path, b: Path) -> bool:
    left, right = load_file(a), load_file(b)
    return left.keys() == right.keys() and all(torch.equal(left[name], right[name]) for name in left)


KILLED = """
import os, signal, sys
from pathlib import Path
import tests.training.test_loop as t
from tts.training import loop
save = loop._Run.save
def save_and_die(run):
    save(run)
    if run.state.step == 10:
        run.state.step += 1
        os.kill(os.getpid(), signal.SIGKILL)
loop._Run.save = save_and_die
t.train(sys.argv[1])
"""


def test_killed_and_resumed_equals_uninterrupted(tmp_path):
    train(tmp_path / "whole")
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "parts")], cwd=Path(__file__).parents[2], capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert not (tmp_path / "parts/model.safetensors").exists()
    (tmp_path / "parts/metrics.jsonl").open("a").write('{"step": 13, "group": "training"}\n{"step": 14, "gro')  # as a kill leaves it
    train(tmp_path / "parts")
    for name in ("model.safetensors", *(f"checkpoints/step-00000020/{part}.safetensors" for part in ("model", "ema", "optimizer"))):
        assert same(tmp_path / "whole" / name, tmp_path / "parts" / name), name
    steps = [json.loads(line)["step"] for line in (tmp_path / "parts/metrics.jsonl").read_text().splitlines()]
    assert steps == [json.loads(line)["step"] for line in (tmp_path / "whole/metrics.jsonl").read_text().splitlines()]


def test_finished_run_is_not_trained_again(tmp_path):
    train(tmp_path)
    before = (tmp_path / "checkpoints/step-00000020/model.safetensors").stat().st_mtime_ns
    train(tmp_path)
    assert (tmp_path / "checkpoints/step-00000020/model.safetensors").stat().st_mtime_ns == before


def test_what_a_kill_left_beside_the_last_checkpoint_is_removed(tmp_path):
    """Killed between the new checkpoint and the removal of the old one, at the end of a training."""
    train(tmp_path)
    checkpoints = tmp_path / "checkpoints"
    before = sorted(path.name for path in checkpoints.iterdir())
    shutil.copytree(checkpoints / "step-00000020", checkpoints / "step-00000010")
    shutil.copytree(checkpoints / "step-00000020", checkpoints / ".step-00000015.part")
    train(tmp_path)
    assert sorted(path.name for path in checkpoints.iterdir()) == before


def test_broken_checkpoint_stops_and_does_not_start_afresh(tmp_path):
    train(tmp_path)
    (tmp_path / "checkpoints/step-00000020/model.safetensors").write_bytes(b"half a fi")
    with pytest.raises(UserError, match="cannot be read as safetensors"):
        train(tmp_path)


@pytest.mark.parametrize("file", ["optimizer.safetensors", "ema.safetensors"])
def test_numbers_of_another_shape_are_refused(tmp_path, file):
    train(tmp_path, steps=10)
    path = tmp_path / "checkpoints/step-00000010" / file
    tensors = load_file(path)
    name = next(name for name, tensor in tensors.items() if tensor.ndim == 2)
    save_file({**tensors, name: tensors[name][:1].clone()}, path)
    with pytest.raises(UserError, match=rf"{name}.* has shape .*restore the checkpoint"):
        train(tmp_path)


def test_a_state_of_another_form_is_refused(tmp_path):
    train(tmp_path, steps=10)
    path = tmp_path / "checkpoints/step-00000010/state.json"
    state = json.loads(path.read_text())
    path.write_text(json.dumps({**state, "best": [[0.5, None]]}))
    with pytest.raises(UserError, match=r"state.json: .*best.0.1 is None; expected a number"):
        train(tmp_path)


TWO = """
import sys
from pathlib import Path
import tests.training.test_loop as t
t.train(sys.argv[1], batches_per_step=2)
"""


def test_two_processes_equal_one(tmp_path):
    (tmp_path / "two.py").write_text(TWO)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", str(tmp_path / "two.py"),
                    str(tmp_path / "two")], cwd=Path(__file__).parents[2], env=environment, check=True, capture_output=True)
    train(tmp_path / "one", batches_per_step=2)
    two, one = load_file(tmp_path / "two/model.safetensors"), load_file(tmp_path / "one/model.safetensors")
    for name in one:
        torch.testing.assert_close(two[name], one[name], rtol=1e-4, atol=1e-5, msg=name)


def test_nan_names_its_utterances_and_stops(tmp_path):
    source = TinySource()
    for name in source.rows:
        source.store[name].mel[0, 0] = float("nan")
    model = tiny_model()
    model.prepare = lambda _: None
    with pytest.raises(UserError, match="3 batches in a row without a finite loss .*u[0-9]{2}"):
        fit(model, source, None, TrainingConfig(**TWENTY), tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "nan.jsonl").read_text().splitlines()]
    assert len(rows) == 3 and all(row["terms"]["mel"] == "nan" for row in rows)


def test_one_bad_batch_is_skipped_and_recorded(tmp_path):
    source = TinySource()
    model = tiny_model()
    model.prepare = lambda _: None
    source.store["u03"].mel[0, 0] = float("inf")
    fit(model, source, None, TrainingConfig(**{**TWENTY, "nan_patience": 10}), tmp_path)
    rows = [json.loads(line) for line in (tmp_path / "nan.jsonl").read_text().splitlines()]
    assert rows and all("u03" in row["utterances"] for row in rows)
    assert all(torch.isfinite(tensor).all() for tensor in load_file(tmp_path / "model.safetensors").values())


def test_loss_falls_and_best_are_kept(tmp_path):
    train(tmp_path, steps=60, learning_rate=5e-3)
    validation = [row["total"] for row in map(json.loads, (tmp_path / "metrics.jsonl").read_text().splitlines())
                  if row["group"] == "validation"]
    assert validation[-1] < 0.8 * validation[0]
    kept = sorted(int(f.stem[5:]) for f in (tmp_path / "checkpoints/best").iterdir())
    ranked = sorted(range(len(validation)), key=validation.__getitem__)[:2]
    assert kept == sorted(5 * (index + 1) for index in ranked)


@pytest.mark.parametrize("precision", ["bfloat16"])
def test_mixed_precision_trains(tmp_path, precision):
    state = train(tmp_path, precision=precision)
    assert state.step == 20 and all(p.dtype == torch.float32 for p in state.system.parameters())


def test_workers_load_the_same_batches():
    source = TinySource()
    batches = source.batches(0)
    for here, there in zip(prefetch(source, batches, 0), prefetch(source, batches, 2)):
        assert here.ids == there.ids and torch.equal(here.mel, there.mel)


def test_more_processes_than_batches_is_refused(tmp_path):
    from tts.training.distributed import World

    with pytest.raises(UserError, match="set training.batches_per_step to 2"):
        fit(tiny_model(), TinySource(), None, TrainingConfig(**TWENTY), tmp_path, World(rank=0, size=2))


def test_tensorboard_gets_curves_pictures_and_sound(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    tone = np.sin(np.arange(800) * 0.3).astype(np.float32)
    fit(tiny_model(), TinySource(), TinySource(3, seed=9), TrainingConfig(**TWENTY), tmp_path, render=lambda mel: (tone[:len(mel)], 8000))
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    tags = events.Tags()
    assert {"training/total", "validation/mel", "training/learning_rate"} <= set(tags["scalars"])
    assert len(tags["images"]) == 2 and len(tags["audio"]) == 4 and all(tag.startswith("audio/u") for tag in tags["audio"])


def test_two_machines_equal_one_process(tmp_path):
    """Two launchers, as on two machines, that meet at an address: what `torchrun` over several machines does."""
    (tmp_path / "two.py").write_text(TWO)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    nodes = [subprocess.Popen([sys.executable, "-m", "torch.distributed.run", "--nnodes", "2", "--node-rank", str(rank), "--nproc-per-node", "1",
                               "--master-addr", "127.0.0.1", "--master-port", str(port), str(tmp_path / "two.py"), str(tmp_path / "two")],
                              cwd=Path(__file__).parents[2], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
             for rank in range(2)]
    for node in nodes:
        said, _ = node.communicate(timeout=300)
        assert node.returncode == 0, said[-3000:]
    train(tmp_path / "one", batches_per_step=2)
    two, one = load_file(tmp_path / "two/model.safetensors"), load_file(tmp_path / "one/model.safetensors")
    for name in one:
        torch.testing.assert_close(two[name], one[name], rtol=1e-4, atol=1e-5, msg=name)


def test_a_killed_run_loses_nothing_of_its_log(tmp_path):
    """A line of the log may sum over a checkpoint: the second half alone would be another number."""
    train(tmp_path / "whole", log_every=6)
    killed = subprocess.run([sys.executable, "-c", KILLED.replace("sys.argv[1])", "sys.argv[1], log_every=6)"), str(tmp_path / "parts")],
                            cwd=Path(__file__).parents[2], capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    train(tmp_path / "parts", log_every=6)
    whole, parts = ([{**json.loads(line), "frames_per_second": 0, "loading_share": 0} for line in (tmp_path / name / "metrics.jsonl").open()]
                    for name in ("whole", "parts"))
    assert whole == parts
