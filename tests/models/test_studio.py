"""The studio's model against what must hold whatever its weights: what is absent changes nothing, words know no register, each control is heard."""

import dataclasses

import numpy as np
import pytest
import torch

from tests.helpers.styles import LATENT, SETTINGS, STYLED, StyledSource
from tests.helpers.tiny import CONFIG, FEATURES, PHONE_COUNT
from tests.models.test_copycat2 import SETTINGS as WORDS
from tts.models.backbone.conditions import F0Contour
from tts.models.copycat2.config import PredictorConfig
from tts.models.copycat2.latents import WordLatents
from tts.models.copycat2.text_prosody import TextProsody
from tts.models.lcpvae.classifier import StyleClassifier
from tts.models.lcpvae.config import StyleClassifierConfig
from tts.models.studio.config import StudioConfig
from tts.models.studio.model import Studio
from tts.training.checkpoint import load_weights, save_tensors

SIZES = dataclasses.replace(CONFIG, word_latent_dim=3, energy_dim=8, style_latent_dim=LATENT, speaker_vectors="features")
MATRIX = np.eye(2, 5, dtype=np.float32)


def tiny(studio: StudioConfig = StudioConfig(), **style) -> Studio:
    torch.manual_seed(1)
    model = Studio(PHONE_COUNT, STYLED, FEATURES, SIZES, WORDS, dataclasses.replace(SETTINGS, **style), studio, MATRIX)
    model.prepare(StyledSource())
    for block in model.modules():  # "no modulation" is where training starts, and nothing could be seen of a style
        if getattr(block, "modulate", None) is not None:
            torch.nn.init.normal_(block.modulate.weight, std=0.1)
    for absent in (model.absent_acoustic, model.absent_timing, model.absent_style):
        torch.nn.init.normal_(absent)
    return model


@pytest.fixture(scope="module")
def model():
    model = tiny().eval()
    model.conclude(StyledSource())
    for latent in (model.conditions.word_latent, model.f0_model.conditions.word_latent):
        torch.nn.init.normal_(latent.weight, std=0.5)
    return model


def latents_of(row, seed: int) -> WordLatents:
    generator, units = torch.Generator().manual_seed(seed), int(row.phone_to_unit[-1]) + 1
    return WordLatents(torch.randn(units, 3, generator=generator), torch.randn(units, WORDS.timing_dim, generator=generator))


def test_every_parameter_learns():
    model, source = tiny(StudioConfig(drop_words=0.5, drop_word=0.2, drop_style=0.5)), StyledSource()
    model.begin_step(50, 100)
    model.losses(source.load(list(source.rows))).total.backward()
    assert [name for name, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum()] == []


def test_padded_equals_unpadded(model):
    source = StyledSource(8)
    names = list(source.rows)
    with torch.inference_mode():
        together, style = model.posteriors(source.load(names)), model.beliefs(source.load(names)).posterior.mean
        for place, name in enumerate(names):
            alone = model.posteriors(source.load([name]))
            units = alone.heard.shape[1]
            for part in ("acoustic", "timing"):
                assert torch.allclose(getattr(together, part).mean[place, :units], getattr(alone, part).mean[0], atol=1e-4)
            assert torch.allclose(style[place], model.beliefs(source.load([name])).posterior.mean[0], atol=1e-5)
        assert float(model.losses(source.load(names)).total) == float(model.losses(source.load(names)).total)  # nothing drawn or left out


def test_the_words_know_nothing_of_the_register(model):
    """Louder, higher, livelier and brighter throughout, and said by somebody else, an utterance has the same words; its style has changed."""
    batch = StyledSource().load(["u00", "u02"])
    moved = dataclasses.replace(batch, mel=batch.mel + 0.7, energy=batch.energy + 0.7, speaker=1 - batch.speaker,
                                f0_hz=torch.exp(1.6 * torch.log(batch.f0_hz.clamp(min=1)) - 2.9) * (batch.f0_hz > 1))
    with torch.inference_mode():
        for part in ("acoustic", "timing"):
            assert torch.allclose(*(getattr(model.posteriors(b), part).mean[b.unit_mask] for b in (batch, moved)), atol=1e-3)
        assert not torch.allclose(*(model.beliefs(b).posterior.mean for b in (batch, moved)), atol=1e-3)


def test_shares_are_left_out_in_training_and_nothing_in_validation():
    model = tiny(StudioConfig(drop_words=0.3, drop_word=0.2, drop_style=0.25))
    torch.manual_seed(0)
    z, y, style = model.left_out(torch.full((4000, 6, 3), 9.0), torch.full((4000, 6, 2), 9.0), torch.full((4000, LATENT), 9.0))
    words = (z[..., 0] != 9).float()
    assert torch.equal(z[words.bool()], model.absent_acoustic.expand(int(words.sum()), -1))
    assert words.mean() == pytest.approx(0.3 + 0.7 * 0.2, abs=0.02) and (words.mean(1) == 1).float().mean() == pytest.approx(0.3, abs=0.02)
    assert (style[:, 0] != 9).float().mean() == pytest.approx(0.25, abs=0.02)
    assert not torch.equal(z[..., 0] != 9, y[..., 0] != 9)  # prosody and timing go each by itself
    kept = tiny(StudioConfig(0, 0, 0)).left_out(z, y, style)
    assert all(torch.equal(a, b) for a, b in zip(kept, (z, y, style)))


def test_what_is_not_given_is_what_is_absent(model):
    row = StyledSource().rows["u03"]
    plain = model.synthesize(row)
    given = model.synthesize(row, latents=model.centroid(row), style_latent=model.unasked_style())
    assert np.array_equal(plain.mel, given.mel) and np.array_equal(plain.durations, given.durations) and np.array_equal(plain.f0_hz, given.f0_hz)
    assert torch.equal(model.centroid(row).acoustic[0], model.absent_acoustic)


def test_saved_and_loaded_is_the_same(model, tmp_path):
    save_tensors(tmp_path / "model.safetensors", model.state_dict())
    other, row = tiny().eval(), StyledSource().rows["u03"]
    torch.nn.init.normal_(other.absent_style, std=3.0)
    assert not np.array_equal(other.synthesize(row).mel, model.synthesize(row).mel)
    load_weights(other, tmp_path / "model.safetensors")
    assert torch.equal(other.centres(), model.centres())
    for given in ({}, {"latents": latents_of(row, 0)}, {"style_latent": model.centres()[1]}):
        assert np.array_equal(other.synthesize(row, **given).mel, model.synthesize(row, **given).mel)


def test_each_control_moves_the_sound_and_needs_no_other(model):
    row = StyledSource().rows["u03"]
    words, style, frames = latents_of(row, 0), model.centres()[1], 40
    f0 = F0Contour(torch.full((1, frames), 5.0), torch.ones(1, frames))
    plain = model.synthesize(row)
    for given in ({"latents": words}, {"style_latent": style}, {"f0": f0}, {"speaker_vector": torch.ones(5)},
                  {"latents": words, "style_latent": style, "f0": f0, "speaker_vector": torch.ones(5)}):
        made = model.synthesize(row, **given)
        assert made.mel.shape != plain.mel.shape or not np.allclose(made.mel, plain.mel, atol=1e-4), given
        if "f0" in given:
            assert np.allclose(made.f0_hz, np.exp(5.0), rtol=1e-5)  # neither words nor a style have a say in it


def test_only_the_style_changed_changes_f0(model):
    row = StyledSource().rows["u03"]
    words, durations = latents_of(row, 0), torch.from_numpy(StyledSource().rows["u03"].durations.astype(np.int64))
    found = [model.synthesize(row, latents=words, durations=durations, style_latent=centre) for centre in model.centres()]
    again = model.synthesize(row, latents=words, durations=durations, style_latent=model.centres()[0])
    assert np.array_equal(found[0].mel, again.mel) and not np.allclose(found[0].mel, found[1].mel, atol=1e-4)


def test_a_recording_in_another_voice_keeps_timing_words_and_the_course_of_f0(model):
    batch = StyledSource().load(["u03"])
    voiced = batch.voiced[0].numpy() > 0
    own, other = (model.convert(batch, speaker) for speaker in (batch.speaker, 1 - batch.speaker))
    assert own.mel.shape == batch.mel[0].shape and np.array_equal(other.durations, batch.durations[0].numpy())
    np.testing.assert_allclose(own.f0_hz[voiced], batch.f0_hz[0].numpy()[voiced], rtol=1e-4)
    step = np.log(other.f0_hz[voiced] / own.f0_hz[voiced])
    assert np.ptp(step) < 1e-4 and abs(step[0]) > 1e-4 and not np.allclose(own.mel, other.mel, atol=1e-4)
    bare, nobody = model.say_in_timing(batch, batch.speaker), model.convert(batch, torch.ones(1, 5), torch.zeros(1, 5))
    assert np.array_equal(bare.f0_hz, own.f0_hz) and not np.allclose(bare.mel, own.mel, atol=1e-4)  # words and style are missing
    assert nobody.mel.shape == own.mel.shape


def test_the_style_loss_hears_words_that_are_absent():
    model = tiny(style_loss="cross-entropy", style_share=1.0)
    torch.manual_seed(2)
    classifier = StyleClassifier(FEATURES.mel_bands, PHONE_COUNT, STYLED, StyleClassifierConfig(dim=8))
    classifier.prepare(StyledSource())
    model.attach(classifier.eval().requires_grad_(False))
    batch = StyledSource().load(["u00", "u01", "u02"])
    model.train().style_loss(batch, model.beliefs(batch).posterior.mean).backward()
    assert model.style_encoder.leave.weight.grad.abs().sum() > 0 and model.absent_acoustic.grad.abs().sum() > 0
    assert model.acoustic_encoder.enter.weight.grad is None  # no recording's words reach it


def test_the_predictor_of_words_hears_the_style(model):
    row = StyledSource().rows["u03"]
    torch.manual_seed(0)
    prosody = TextProsody(model, PHONE_COUNT, PredictorConfig(bert="none", dim=16, phone_layers=1, word_layers=1, recurrent_dim=8), None).eval()
    for parameter in prosody.predictor.parameters():  # as trained: a voice is heard
        torch.nn.init.normal_(parameter, std=0.3)
    latents = (None, model.centres()[row.style], model.unasked_style())
    own, same, other = (prosody.predict(row, None, style_latent=latent).acoustic for latent in latents)
    assert torch.equal(own, same) and not torch.allclose(own, other, atol=1e-5)


def test_a_centre_is_known_and_left_out_by_its_share():
    model = tiny(StudioConfig(drop_style=0.5)).eval()
    model.conclude(StyledSource())
    styles = torch.arange(3).repeat(1000)
    assert torch.equal(model.known_style(styles, leave_out=False), model.centres()[styles])
    torch.manual_seed(0)
    absent = (model.known_style(styles, leave_out=True) == model.absent_style).all(1)
    assert absent.float().mean() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(("sizes", "says"), [({"word_latent_dim": 0}, "word_latent_dim is 0"), ({"style_latent_dim": 0}, "style_latent_dim is 0"),
                                             ({"f0_layers": 0}, "f0_layers is 0")])
def test_a_part_that_is_missing_is_told(sizes, says):
    with pytest.raises(ValueError, match=says):
        Studio(PHONE_COUNT, STYLED, FEATURES, dataclasses.replace(SIZES, **sizes), WORDS, SETTINGS, StudioConfig(), MATRIX)


def test_a_share_that_is_none_is_told():
    with pytest.raises(ValueError, match="drop_style is a share; expected 0 up to 1"):
        StudioConfig(drop_style=1.0)
