"""The frame-level CopyCat: its bottleneck, its norm, and that padding changes nothing."""

import dataclasses

import numpy as np
import pytest
import torch

from tests.helpers.tiny import CONFIG, FEATURES, NAMES, PHONE_COUNT, TinySource
from tts.models.backbone.conditions import F0Contour
from tts.models.copycat.config import CopyCatConfig
from tts.models.copycat.encoder import bottleneck, instance_norm, kept_frames
from tts.models.copycat.model import CopyCat

SETTINGS = CopyCatConfig(encoder_dim=16, encoder_layers=2, recurrent_dim=8, bottleneck_frames=4)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(1)
    model = CopyCat(PHONE_COUNT, NAMES, FEATURES, dataclasses.replace(CONFIG, frame_latent_dim=4), SETTINGS)
    model.prepare(TinySource())
    return model.eval()


def test_the_bottleneck_keeps_one_state_of_each_direction_per_block():
    latent = torch.stack([torch.arange(7.0), 10 + torch.arange(7.0)], dim=1)[None].repeat(2, 1, 1)  # forward half, backward half
    mask = torch.tensor([[True] * 7, [True] * 5 + [False] * 2])
    spread = bottleneck(latent, mask, 3)
    assert spread[0, :, 0].tolist() == [2, 2, 2, 5, 5, 5, 6] and spread[0, :, 1].tolist() == [10, 10, 10, 13, 13, 13, 16]
    assert spread[1, :, 0].tolist() == [2, 2, 2, 4, 4, 0, 0]  # the last block ends with the utterance
    forward, backward = kept_frames(mask, 3)
    assert forward[1].tolist() == [False, False, True, False, True, False, False]
    assert backward[1].tolist() == [True, False, False, True, False, False, False]


def test_instance_norm_forgets_level_and_scale_of_an_utterance():
    torch.manual_seed(0)
    x, mask = torch.randn(1, 3, 9), torch.ones(1, 1, 9)
    assert torch.allclose(instance_norm(x, mask), instance_norm(5 * x + 2, mask), atol=1e-4)
    mask[..., 6:] = 0
    assert torch.allclose(instance_norm(x, mask)[..., :6], instance_norm(x[..., :6], mask[..., :6]), atol=1e-6)


def test_padded_equals_unpadded(model):
    source = TinySource(6)
    names = list(source.rows)
    with torch.inference_mode():
        together = list(model.samples(source.load(names)))
        for name, sample in zip(names, together):
            np.testing.assert_allclose(sample.predicted, next(iter(model.samples(source.load([name])))).predicted, atol=1e-5)


def test_kl_counts_what_passes_the_bottleneck(model):
    batch = TinySource().load(["u00"])
    with torch.inference_mode():
        posterior = model.posterior(batch)
        forward, backward = kept_frames(batch.frame_mask, 4)
        per_number = 0.5 * (posterior.mean.square() + posterior.log_variance.exp() - posterior.log_variance - 1)[0]
        expected = per_number[forward[0]][:, :2].sum(1).mean() + per_number[backward[0]][:, 2:].sum(1).mean()
        assert float(model.losses(batch).kl) == pytest.approx(float(expected), rel=1e-5)


def test_conversion_keeps_the_sources_durations(model):
    batch = TinySource().load(["u03"])
    own, other = model.convert(batch, 0), model.convert(batch, 1)
    assert own.durations.tolist() == other.durations.tolist() == batch.durations[0].tolist()
    assert len(own.mel) == batch.mel.shape[1]


def test_an_odd_latent_cannot_be_halved():
    with pytest.raises(ValueError, match="even number"):
        CopyCat(PHONE_COUNT, NAMES, FEATURES, dataclasses.replace(CONFIG, frame_latent_dim=3), SETTINGS)


def test_a_given_contour_is_the_one_that_is_heard(model):
    batch = TinySource().load(["u03"])
    frames = batch.mel.shape[1]
    high, low = (F0Contour(torch.full((1, frames), value), torch.ones(1, frames)) for value in (5.5, 4.8))
    made, same, other = (model.convert(batch, 1, f0) for f0 in (high, high, low))
    assert made.f0_hz == pytest.approx(np.full(frames, np.exp(5.5)), rel=1e-5) and np.array_equal(made.mel, same.mel)
    assert not np.allclose(made.mel, other.mel)


def test_f0_may_be_kept_from_the_latents():
    torch.manual_seed(1)
    settings = dataclasses.replace(SETTINGS, f0_from_latents=False, encoder_f0=False)
    model = CopyCat(PHONE_COUNT, NAMES, FEATURES, dataclasses.replace(CONFIG, frame_latent_dim=4), settings)
    model.prepare(TinySource())
    with torch.no_grad():  # a latent begins as a whisper
        model.f0_model.conditions.frame_latent.weight.normal_()
    model.eval()
    batch = TinySource().load(["u03"])
    louder = dataclasses.replace(batch, mel=batch.mel + torch.randn_like(batch.mel))
    assert np.array_equal(model.convert(batch, 1).f0_hz, model.convert(louder, 1).f0_hz)
    assert not np.allclose(model.posterior(batch).mean.detach(), model.posterior(louder).mean.detach())
