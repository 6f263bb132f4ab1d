"""Training: what learns when, resumed equals uninterrupted through both phases, and a vowel that is learned."""

import dataclasses
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.training.test_loop import same
from tests.vocoder.make import CONFIG, FEATURES, vowel_corpus
from tts.config.recipe import Recipe
from tts.features.config import FeatureConfig
from tts.training.checkpoint import load_tensors
from tts.training.distributed import World
from tts.vocoder.config import default_training
from tts.vocoder.crops import WaveBatch
from tts.vocoder.folder import load_generator
from tts.vocoder.generator import Pitch
from tts.vocoder.system import VocoderTraining, pitch_losses
from tts.vocoder.training import train_vocoder

EIGHT = dict(steps=8, warmup_steps=2, batch_frames=48, validate_every=4, checkpoint_every=2, log_every=2)


def train(corpus: Path, folder: Path, config=CONFIG, start=None, **changes) -> dict:
    recipe = Recipe(features=FEATURES, vocoder=config, vocoder_training=dataclasses.replace(default_training(), **{**EIGHT, **changes}))
    return train_vocoder(recipe, corpus, corpus.parent, corpus.parent / "features", folder, World(), start)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return vowel_corpus(tmp_path_factory.mktemp("vowels"))


def batch(**changes) -> WaveBatch:
    generator = torch.Generator().manual_seed(0)
    frames = 16
    return WaveBatch(["a", "b"], torch.randn(2, frames, 80, generator=generator) - 5, 0.1 * torch.randn(2, frames * 300, generator=generator),
                     torch.full((2, frames), 150.0), torch.ones(2, frames, dtype=torch.bool))


def test_pitch_learns_first_and_discriminators_last():
    torch.manual_seed(0)
    system = VocoderTraining(FEATURES, CONFIG).train()
    for step, speaking, learning in ((0, False, False), (1, True, False), (3, True, False), (4, True, True)):
        system.zero_grad(set_to_none=True)
        system.begin_step(step, 8)
        losses = system.losses(batch())
        losses.total.backward()
        assert all((p.grad is not None) == learning for p in system.discriminators.parameters())
        assert (losses.deceive > 0) == (losses.discriminators > 0) == learning
        assert all(p.grad is not None for p in system.generator.pitch.parameters())
        assert all((p.grad is not None) == speaking for n, p in system.generator.named_parameters() if not n.startswith("pitch."))


def test_one_sum_gives_each_side_its_own_gradient():
    """The generator's does not depend on the discriminators' loss, nor theirs on how well they are deceived."""
    def gradients(**changes):
        torch.manual_seed(0)
        system = VocoderTraining(FEATURES, dataclasses.replace(CONFIG, mel_weight=0.0, meant_weight=0.0, pitch_weight=0.0, **changes)).train()
        system.begin_step(7, 8)
        torch.manual_seed(1)
        system.losses(batch()).total.backward()
        return (system.generator.leave.weight.grad, next(system.discriminators.parameters()).grad)

    generators, judges = zip(*(gradients(adversarial_weight=a, matching_weight=0.0) for a in (1.0, 2.0)))
    assert torch.allclose(2 * generators[0], generators[1], rtol=1e-4, atol=1e-9) and generators[0].abs().max() > 0
    assert torch.allclose(judges[0], judges[1], rtol=1e-4, atol=1e-9)


def test_a_perfect_reading_of_pitch_costs_nothing():
    sample = batch()
    system = VocoderTraining(FEATURES, CONFIG)
    count = system.generator.pitch.leave.out_features - 1
    steps = torch.arange(count, dtype=torch.float32)
    place = torch.log2(torch.tensor(150.0 / 50.0)) * 36
    scores = (-0.5 * ((steps - place) / 0.7) ** 2).expand(2, 16, count)
    pitch = Pitch(scores, torch.full((2, 16), 20.0), torch.full((2, 16), 150.0, dtype=torch.float64))
    assert all(loss.abs() < 1e-4 for loss in pitch_losses(pitch, sample))
    worse = Pitch(scores.roll(6, -1), torch.full((2, 16), -2.0), pitch.f0_hz)
    assert all(loss > 1 for loss in pitch_losses(worse, sample))


KILLED = """
import os, signal, sys
from pathlib import Path
import tests.vocoder.test_system as t
from tts.training import loop
save = loop._Run.save
def save_and_die(run):
    save(run)
    if run.state.step == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
loop._Run.save = save_and_die
t.train(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.parametrize("step", [2, 6])
def test_killed_and_resumed_equals_uninterrupted(corpus, tmp_path, step):
    """Before the discriminators come in, and after."""
    train(corpus, tmp_path / "whole")
    killed = subprocess.run([sys.executable, "-c", KILLED, str(corpus), str(tmp_path / "parts"), str(step)], cwd=Path(__file__).parents[2],
                            capture_output=True, env=os.environ)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    train(corpus, tmp_path / "parts")
    for name in ("vocoder.safetensors", *(f"checkpoints/step-00000008/{part}.safetensors" for part in ("model", "ema", "optimizer"))):
        assert same(tmp_path / "whole" / name, tmp_path / "parts" / name), name
    assert (tmp_path / "whole/metrics.jsonl").read_text().count("f0_rmse_cents") == 2


def test_going_on_from_a_trained_one(corpus, tmp_path):
    train(corpus, tmp_path / "first")
    card = train(corpus, tmp_path / "second", start=tmp_path / "first", steps=4, learning_rate=1e-9)
    assert card["started_from"] == "first"
    before, after = (load_tensors(tmp_path / name / "vocoder.safetensors") for name in ("first", "second"))
    assert all(torch.allclose(before[name], after[name], atol=1e-6) for name in before)
    card = train(corpus, tmp_path / "other", dataclasses.replace(CONFIG, discriminators="none"), start=tmp_path / "first", steps=4, learning_rate=1e-9)
    assert card["discriminators"] == "none" and card["started_from"] == "first"
    (tmp_path / "first/model.safetensors").unlink()  # as released: the generator alone
    train(corpus, tmp_path / "third", start=tmp_path / "first", steps=4, learning_rate=1e-9)
    after = load_tensors(tmp_path / "third/vocoder.safetensors")
    assert all(torch.allclose(before[name], after[name], atol=1e-6) for name in before)


@pytest.mark.parametrize("phase", ["harmonic", "free"])
def test_it_comes_nearer_to_the_recordings(corpus, tmp_path, phase):
    config = dataclasses.replace(CONFIG, discriminators="none", generator=dataclasses.replace(CONFIG.generator, phase=phase, window_hops=4, settle=0))
    first = train(corpus, tmp_path / "a", config, steps=3)["validation"]["mel_distance"]
    card = train(corpus, tmp_path / "b", config, steps=60, learning_rate=5e-3, validate_every=60, checkpoint_every=60)
    assert card["validation"]["mel_distance"] < 0.93 * first
    generator = load_generator(tmp_path / "b")
    assert generator(torch.full((1, 5, 80), -5.0)).shape == (1, 1500)


def test_sixteen_bits_train_as_well(corpus, tmp_path):
    exact, rounded = (train(corpus, tmp_path / precision, precision=precision)["validation"] for precision in ("float32", "bfloat16"))
    assert rounded["mel_distance"] == pytest.approx(exact["mel_distance"], rel=0.05) and rounded["mel_distance"] != exact["mel_distance"]


def test_features_of_another_kind_are_refused(corpus, tmp_path):
    from tts.errors import UserError

    recipe = Recipe(features=FeatureConfig(mel_bands=64), vocoder=CONFIG)
    with pytest.raises(UserError, match="mel_bands"):
        train_vocoder(recipe, corpus, corpus.parent, corpus.parent / "features", tmp_path, World())
