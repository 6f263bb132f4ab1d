"""LCPVAE against what its equations say, and what must hold whatever its weights: padding, who is told what, where gradients go."""

import dataclasses

import pytest
import torch

from tests.helpers.styles import STYLED, StyledSource, tiny_lcpvae
from tests.helpers.tiny import FEATURES, PHONE_COUNT
from tts.models.backbone.conditions import F0Contour
from tts.models.layers.gaussian import Gaussian, kl_to_standard, log_density
from tts.models.lcpvae.classifier import HeardSpeech, StyleClassifier
from tts.models.lcpvae.config import LcpvaeConfig, StyleClassifierConfig
from tts.models.lcpvae.prior import StylePrior, kl_to_prior, moved
from tts.models.lcpvae.styled import of_others
from tts.training.style import deal


def gaussians(*shape):
    torch.manual_seed(0)
    return Gaussian(torch.randn(*shape), torch.randn(*shape)), Gaussian(torch.randn(*shape), torch.randn(*shape) - 0.5)


@pytest.fixture(scope="module")
def model():
    return tiny_lcpvae().eval()


def with_classifier(**settings):
    model = tiny_lcpvae(style_loss="cross-entropy", **settings)
    torch.manual_seed(2)
    classifier = StyleClassifier(FEATURES.mel_bands, PHONE_COUNT, STYLED, StyleClassifierConfig(dim=8))
    classifier.prepare(StyledSource())
    model.attach(classifier.eval().requires_grad_(False))
    return model


# -- the equations -----------------------------------------------------------------------------------------------------


def test_the_latent_is_a_draw_of_the_prior_moved_and_scaled():
    prior, primary = gaussians(4, 3)
    torch.manual_seed(5)
    noise = torch.randn(4, 3)
    drawn = prior.mean + torch.exp(0.5 * prior.log_variance) * noise
    torch.manual_seed(5)
    assert torch.allclose(moved(prior, primary).sample(), primary.mean + torch.exp(0.5 * primary.log_variance) * drawn, atol=1e-5)


def test_closed_form_of_the_second_kl_against_its_formula_and_monte_carlo():
    prior, primary = gaussians(5, 3)
    sigma, prior_sigma = (torch.exp(0.5 * g.log_variance) for g in (primary, prior))
    moved_by = (primary.mean + (sigma - 1) * prior.mean) / prior_sigma
    formula = (-torch.log(sigma) + 0.5 * (sigma.square() + moved_by.square() - 1)).sum(-1)
    assert torch.allclose(kl_to_prior(prior, primary), formula, rtol=1e-4)
    torch.manual_seed(1)
    posterior = moved(prior, primary)
    many = Gaussian(posterior.mean.expand(100_000, 5, 3), posterior.log_variance.expand(100_000, 5, 3))
    z = many.sample()
    ratio = log_density(z, posterior) - log_density(z, prior)
    assert torch.allclose(ratio.mean(0), formula, atol=4 * float(ratio.std(0).max()) / 100_000**0.5)


def test_limits_of_the_second_kl():
    prior, _ = gaussians(5, 3)
    nothing = torch.zeros(5, 3)
    same = moved(prior, Gaussian(nothing, nothing))
    assert torch.equal(same.mean, prior.mean) and torch.equal(same.log_variance, prior.log_variance)
    assert torch.allclose(kl_to_prior(prior, Gaussian(nothing, nothing)), torch.zeros(5), atol=1e-6)
    standard = Gaussian(nothing, nothing)
    _, primary = gaussians(5, 3)
    assert torch.allclose(kl_to_prior(standard, primary), kl_to_standard(primary), rtol=1e-5)


def test_the_second_kl_moves_the_primary_encoder_alone(model):
    model.zero_grad()
    batch = StyledSource().load(["u00", "u01", "u02"])
    model.beliefs(batch).kl.sum().backward()
    assert all(p.grad is None or not p.grad.any() for p in model.prior.parameters())
    assert model.style_encoder.leave.weight.grad.abs().sum() > 0


def test_the_secondary_vae_learns_to_tell_styles_apart():
    torch.manual_seed(0)
    prior, style = StylePrior(4, 3, 16), torch.arange(4).repeat(8)
    optimizer = torch.optim.Adam(prior.parameters(), 1e-2)
    for _ in range(200):
        found = prior(style)
        loss = torch.nn.functional.cross_entropy(prior.tell(found.sample()), style) + 1e-2 * kl_to_standard(found).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert (prior.tell(prior.centres()).argmax(1) == torch.arange(4)).all()


# -- the model ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("styles", ["0101", "001122", "012", "01010101", "0011"])
def test_others_are_of_another_style_where_there_is_one(styles):
    style = torch.tensor([int(digit) for digit in styles])
    other = of_others(style[:, None].float(), style)[:, 0]
    assert (other != style).all() and sorted(other.tolist()) == sorted(map(int, styles))


def test_others_without_another_style_are_still_others():
    latents = torch.arange(4.0)[:, None]
    assert of_others(latents, torch.zeros(4)).flatten().tolist() == [2, 3, 0, 1] and of_others(latents[:1], torch.zeros(1)).tolist() == [[0]]


def test_padded_equals_unpadded(model):
    source = StyledSource(8)
    names = list(source.rows)
    with torch.inference_mode():
        together = model.beliefs(source.load(names))
        for place, name in enumerate(names):
            alone = model.beliefs(source.load([name]))
            assert torch.allclose(together.posterior.mean[place], alone.posterior.mean[0], atol=1e-5)
            assert torch.allclose(together.kl[place], alone.kl[0], atol=1e-5)
        assert float(model.losses(source.load(names)).total) == float(model.losses(source.load(names)).total)  # no draw in evaluation


def test_the_encoder_is_told_the_style_and_neither_speaker_nor_language(model):
    batch = StyledSource().load(["u00", "u01", "u02"])
    with torch.inference_mode():
        found = model.beliefs(batch).posterior.mean
        for other in (dataclasses.replace(batch, speaker=1 - batch.speaker), dataclasses.replace(batch, language=1 - batch.language)):
            assert torch.equal(model.beliefs(other).posterior.mean, found)
        assert not torch.allclose(model.beliefs(dataclasses.replace(batch, style=(batch.style + 1) % 3)).posterior.mean, found)
        plain = tiny_lcpvae(prior="normal", encoder_style=False).eval()
        assert torch.equal(plain.beliefs(dataclasses.replace(batch, style=batch.style * 0)).posterior.mean, plain.beliefs(batch).posterior.mean)


@pytest.mark.parametrize("settings", [{}, {"prior": "normal", "encoder_style": False}], ids=["learned", "normal"])
def test_every_parameter_learns(settings):
    model, source = with_classifier(**settings), StyledSource()
    model.begin_step(90, 100)
    model.losses(source.load(list(source.rows))).total.backward()
    assert [name for name, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum()] == []
    assert not any("classifier" in name for name in model.state_dict())


@pytest.mark.parametrize("teaches", ["prosody", "all"])
def test_the_style_loss_teaches_prosody_and_leaves_durations_alone(teaches):
    model = with_classifier(swap_share=1.0, style_share=1.0, style_teaches=teaches).train()
    batch = StyledSource().load(["u00", "u01", "u02", "u03"])
    z = model.beliefs(batch).posterior.mean.detach().requires_grad_()
    model.style_loss(batch, z).backward()

    def taught(part):
        return any(p.grad is not None and bool(p.grad.any()) for p in part.parameters())

    assert z.grad.abs().sum() > 0 and taught(model.f0_model)
    assert [taught(part) for part in (model.decoder, model.conditions, model.encoder, model.speakers)] == [teaches == "all"] * 4
    assert all(p.grad is None for p in model.duration_model.parameters()) and all(p.requires_grad for p in model.parameters())


def test_a_swapped_utterance_is_judged_by_the_style_it_was_lent():
    model = with_classifier(swap_share=1.0).eval()
    batch = StyledSource().load(["u00", "u01", "u02", "u03"])
    with torch.inference_mode():
        spoken = model.predicted(batch, model.beliefs(batch).posterior.mean)
    assert spoken.style_of.tolist() == [2, 3, 0, 1]
    with torch.inference_mode():
        own = with_classifier(swap_share=0.0).eval().predicted(batch, model.beliefs(batch).posterior.mean)
    assert own.style_of.tolist() == [0, 1, 2, 3] and own.speech.mel.shape[:2] == own.speech.frame_mask.shape == own.speech.f0.log_f0.shape


def test_the_style_loss_waits_for_its_turn():
    model = with_classifier(style_begin=0.5, style_warmup=0.2)
    weights = []
    for step in (0, 49, 59, 69, 99):
        model.begin_step(step, 100)
        weights.append(model.style_warmup.weight(training=True))
    assert weights == pytest.approx([0, 0, 0.5, 1, 1])


def test_centres_are_means_of_the_posteriors_by_style_and_language():
    model, source = tiny_lcpvae().eval(), StyledSource()
    model.conclude(source)
    with torch.inference_mode():
        batch = source.load(list(source.rows))
        means = model.beliefs(batch).posterior.mean
    for style in range(3):
        assert torch.allclose(model.centres()[style], means[batch.style == style].mean(0), atol=1e-5)
        of_one = means[(batch.style == style) & (batch.language == 1)]
        assert torch.allclose(model.centres(1)[style], of_one.mean(0), atol=1e-5) if len(of_one) else model.centres(1)[style].isnan().all()
    assert int(model.style_count.sum()) == len(source.rows)


# -- the classifier ----------------------------------------------------------------------------------------------------


def test_the_classifier_does_not_hear_the_padding():
    torch.manual_seed(0)
    classifier, source = StyleClassifier(FEATURES.mel_bands, PHONE_COUNT, STYLED, StyleClassifierConfig(dim=8)), StyledSource(6)
    classifier.prepare(source)
    names = list(source.rows)
    with torch.inference_mode():
        batch = source.load(names)
        together = classifier.eval()(HeardSpeech.recorded(batch))
        for place, name in enumerate(names):
            alone = source.load([name])
            assert torch.allclose(classifier(HeardSpeech.recorded(alone))[0], together[place], atol=1e-5)


def test_batches_hold_every_cell_equally_often():
    import random

    cells = [["a1"], ["b1", "b2", "b3"], ["c1", "c2"]]
    lengths = {name: 10 for names in cells for name in names}
    batches = deal(cells, lengths, 60, random.Random(0))
    assert [len(batch) for batch in batches] == [6, 3]
    for kind in "abc":
        assert sum(name[0] == kind for batch in batches for name in batch) == 3


def test_wrong_settings_are_named():
    with pytest.raises(ValueError, match="prior 'wild'; expected one of learned, normal"):
        LcpvaeConfig(prior="wild")
    with pytest.raises(ValueError, match="swap_share is a share"):
        LcpvaeConfig(swap_share=2.0)


def test_the_classifier_hears_in_the_voice_s_own_terms():
    """Another voice's pitch and spectrum, another language's lengths: the numbers are the same. Faster, higher, livelier: they are not."""
    torch.manual_seed(0)
    classifier, source = StyleClassifier(FEATURES.mel_bands, PHONE_COUNT, STYLED, StyleClassifierConfig(dim=8)), StyledSource()
    classifier.prepare(source)
    speech = HeardSpeech.recorded(source.load(["u00"]))
    classifier.usual_mel[1], classifier.usual_f0[1] = classifier.usual_mel[0] + 1.5, classifier.usual_f0[0] + 0.4
    here = int(speech.language)
    classifier.usual_duration[1 - here], classifier.known_phone[1 - here] = classifier.usual_duration[here] + 0.2, classifier.known_phone[here]
    speech = dataclasses.replace(speech, speaker=torch.tensor([0]))
    other = dataclasses.replace(speech, mel=speech.mel + 1.5, f0=F0Contour(speech.f0.log_f0 + 0.4, speech.f0.voiced), speaker=torch.tensor([1]))
    numbers = classifier.numbers(speech)
    assert torch.allclose(classifier.numbers(other), numbers, atol=1e-4)
    abroad = classifier.numbers(dataclasses.replace(speech, language=1 - speech.language))
    assert torch.allclose(abroad[:, 5], numbers[:, 5] + 0.2, atol=1e-5)
    twice = classifier.numbers(dataclasses.replace(speech, f0=F0Contour(2 * speech.f0.log_f0, speech.f0.voiced)))
    assert torch.allclose(twice[:, 1:3], 2 * numbers[:, 1:3], rtol=1e-3)
    halved = classifier.numbers(dataclasses.replace(speech, durations=2 * speech.durations))
    assert torch.allclose(halved[:, 5], numbers[:, 5] - torch.log(torch.tensor(2.0)), atol=1e-5)
