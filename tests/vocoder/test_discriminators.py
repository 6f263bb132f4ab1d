"""Discriminators take any length, see every sample, and hold still when told to."""

import pytest
import torch

from tests.vocoder.make import FEATURES
from tts.features.config import FeatureConfig
from tts.vocoder.discriminators import PERIODS, Discriminators, PeriodDiscriminator


@pytest.mark.parametrize("size", ["light", "full"])
def test_shapes(size):
    torch.manual_seed(0)
    judges = Discriminators(FEATURES, size)
    answers = judges(torch.randn(2, 3001))
    assert len(answers) == len(judges.members) == len(PERIODS[size]) + (2 if size == "light" else 3)
    for answer in answers:
        assert len(answer.score) % 2 == 0 and answer.score.dim() == 2 and answer.score.isfinite().all()
        assert len(answer.seen) >= 3
    parameters = sum(p.numel() for p in judges.parameters())
    assert parameters < 100_000 if size == "light" else 5_000_000 < parameters < 30_000_000


def test_every_sample_of_a_fold_is_seen():
    torch.manual_seed(0)
    judge, wave = PeriodDiscriminator(3, (4, 8)), torch.randn(1, 90, requires_grad=True)
    judge(wave).score.sum().backward()
    assert (wave.grad != 0).all()


def test_held_still_they_still_pass_gradients_on():
    judges, wave = Discriminators(FeatureConfig(16000, 200, 800, mel_high_hz=8000.0), "light"), torch.randn(1, 2000, requires_grad=True)
    judges.learn(False)
    sum(answer.score.mean() for answer in judges(wave)).backward()
    assert wave.grad.abs().sum() > 0 and all(p.grad is None for p in judges.parameters())
