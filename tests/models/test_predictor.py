"""Prosody from text: three heads behind one interface, and a predictor that finds a planted rule."""

import dataclasses

import numpy as np
import pytest
import torch

from tests.helpers.tiny import PHONE_COUNT, TinySource
from tests.models.test_copycat2 import tiny
from tts.models.copycat2.config import PredictorConfig
from tts.models.copycat2.predictor import FlowHead, GaussianHead
from tts.models.copycat2.text_prosody import TextProsody
from tts.models.layers.gaussian import Gaussian, kl_between
from tts.training.prosody import PosteriorSource, explained, find_posteriors

SMALL = PredictorConfig(bert="none", dim=16, phone_layers=1, word_layers=1, recurrent_dim=8, dropout=0.0)


def planted(source: TinySource, size: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Posteriors whose first number follows from the word's phones, and the rest is noise."""
    rng, found = np.random.default_rng(seed), {}
    for name, row in source.rows.items():
        units = int(row.phone_to_unit[-1]) + 1
        heights = np.array([row.phones[row.phone_to_unit == unit].mean() for unit in range(units)])
        mean = 0.1 * rng.standard_normal((units, size))
        mean[:, 0] = np.where(heights > 2, heights - 7, 0.0)
        found[name] = np.concatenate([mean, np.full((units, size), -9.0), np.ones((units, 1))], axis=1).astype(np.float32)
    return found


@pytest.mark.parametrize("loss", ["kl", "l2-mean", "flow"])
def test_every_head_learns_a_rule_of_the_text(loss):
    stage_one = tiny().eval()
    train, dev = TinySource(150), TinySource(20, seed=9)
    sources = [PosteriorSource(s.rows, planted(s, 5), None, 200, 0) for s in (train, dev)]
    torch.manual_seed(0)
    system = TextProsody(stage_one, PHONE_COUNT, dataclasses.replace(SMALL, loss=loss), None)
    system.prepare(sources[0])
    # what the voice's mean would leave, so that the share explained means what it says
    values = torch.from_numpy(np.concatenate(list(planted(train, 5).values())))[:, :5]
    stage_one.acoustic_centroid[:] = values[:, :3].mean(0)
    stage_one.timing_centroid[:] = values[:, 3:].mean(0)
    before = explained(system, sources[1])["explained_acoustic"]
    optimizer = torch.optim.Adam(system.parameters(), lr=3e-3)
    system.train()
    for epoch in range(14):
        for ids in sources[0].batches(epoch):
            optimizer.zero_grad()
            system.losses(sources[0].load(ids)).total.backward()
            optimizer.step()
    after = explained(system, sources[1])
    assert before < 0.3 < 0.6 < after["explained_acoustic"]
    assert after["explained_timing"] < 0.2  # there is nothing to know


def test_the_flow_undoes_itself():
    torch.manual_seed(0)
    head = FlowHead(6, 5, SMALL)
    for layer in (head.affine, *(coupling[-1] for coupling in head.couplings)):
        torch.nn.init.normal_(layer.weight, std=0.3)
    context = torch.randn(1, 4, 6)
    torch.manual_seed(1)
    latents = head.draw(context, 1.0, torch.ones(1, 4, 5))
    x, _ = head.to_base(latents, context)
    torch.manual_seed(1)
    assert torch.allclose(x, torch.randn(1, 4, 5), atol=1e-4)


def test_the_flows_likelihood_is_the_jacobians():
    torch.manual_seed(0)
    head = FlowHead(6, 5, SMALL).double().eval()
    for layer in (head.affine, *(coupling[-1] for coupling in head.couplings)):
        torch.nn.init.normal_(layer.weight, std=0.3)
    context, at = torch.randn(1, 1, 6).double(), torch.randn(1, 1, 5).double()

    def to_base(x):
        return head.to_base(x.view(1, 1, 5), context)[0].flatten()

    jacobian = torch.autograd.functional.jacobian(to_base, at.flatten())
    expected = 0.5 * (to_base(at.flatten()).square().sum() + 5 * np.log(2 * np.pi)) - torch.linalg.slogdet(jacobian)[1]
    assert head.loss(context, Gaussian(at, torch.zeros_like(at))).item() == pytest.approx(expected.item(), abs=1e-8)


def test_a_sharp_posterior_counts_as_wide_as_the_setting_says():
    head = GaussianHead(4, 2, dataclasses.replace(SMALL, least_spread=0.5))
    context, mean = torch.zeros(1, 1, 4), torch.tensor([[[1.0, 0.0]]])
    sharp, wide = (Gaussian(mean, torch.full_like(mean, value)) for value in (-9.0, 2 * np.log(0.5)))
    assert head.loss(context, sharp).item() == pytest.approx(head.loss(context, wide).item())
    assert head.loss(context, wide).item() == pytest.approx(kl_between(head.gaussian(context), wide).item())


def test_before_training_the_text_suggests_the_mean():
    stage_one, source = tiny().eval(), TinySource()
    system = TextProsody(stage_one, PHONE_COUNT, SMALL, None)
    system.prepare(PosteriorSource(source.rows, planted(source, 5), None, 120, 0))
    row = next(iter(source.rows.values()))
    latents = system.eval().predict(row, None)
    assert torch.allclose(latents.acoustic[1], system.predictor.mean[0, :3], atol=1e-5)


def test_posteriors_are_found_whatever_the_batches():
    stage_one = tiny().eval()
    large, small = TinySource(batch_frames=10_000), TinySource(batch_frames=120)
    a, b = (find_posteriors(stage_one, source, torch.device("cpu")) for source in (large, small))
    assert a.keys() == b.keys()
    for name in a:
        np.testing.assert_allclose(a[name], b[name], atol=1e-4)


def test_padding_does_not_change_what_is_predicted():
    stage_one, source = tiny().eval(), TinySource()
    torch.manual_seed(0)
    system = TextProsody(stage_one, PHONE_COUNT, SMALL, None)
    torch.nn.init.normal_(system.predictor.head.leave.weight)
    posteriors = PosteriorSource(source.rows, planted(source, 5), None, 1000, 0)
    system.eval()
    with torch.inference_mode():
        together = float(system.losses(posteriors.load(list(source.rows))).total)
        units = {name: len(posteriors.posteriors[name]) for name in source.rows}
        alone = sum(float(system.losses(posteriors.load([name])).total) * count for name, count in units.items()) / sum(units.values())
    assert together == pytest.approx(alone, rel=1e-4)


def test_texts_are_spoken_as_long_as_their_recordings():
    stage_one, source = tiny().eval(), TinySource(60)
    torch.manual_seed(0)
    system = TextProsody(stage_one, PHONE_COUNT, SMALL, None).eval()
    system.prepare(PosteriorSource(source.rows, planted(source, 5), None, 400, 0))

    def spoken(rows) -> dict:
        return {name: stage_one.synthesize(row, latents=system.predict(row, None)).durations for name, row in rows.items()}

    def total(durations: dict, pauses: bool) -> int:
        return sum(int(durations[name][row.is_pause == pauses].sum()) for name, row in source.rows.items())

    factor = {False: 1.12, True: 0.94}  # words are recorded longer than they are spoken, pauses shorter
    recorded = {name: np.round(durations * np.where(source.rows[name].is_pause, factor[True], factor[False])).astype(np.int32)
                for name, durations in spoken(source.rows).items()}
    rows = {name: dataclasses.replace(row, durations=recorded[name]) for name, row in source.rows.items()}
    system.balance_lengths([PosteriorSource(rows, planted(source, 5), None, 400, 0)])
    for pauses in (False, True):
        assert total(spoken(rows), pauses) == pytest.approx(total(recorded, pauses), rel=0.02)


def test_widening_makes_the_spread_what_unseen_texts_show():
    stage_one, source = tiny().eval(), TinySource(60)
    posteriors = PosteriorSource(source.rows, planted(source, 5), None, 400, 0)
    torch.manual_seed(0)
    system = TextProsody(stage_one, PHONE_COUNT, SMALL, None)
    system.prepare(posteriors)
    with torch.no_grad():
        system.predictor.head.leave.bias[5:] = -4.0  # far too sure
    system.eval().widen(posteriors)
    batch = posteriors.load(list(source.rows))
    with torch.inference_mode():
        context, is_pause = system._context(vars(batch), None)
        found = system.predictor.gaussian(context, is_pause)
    distance = (batch.mean - found.mean) / (0.5 * found.log_variance).exp()
    assert torch.allclose(distance[~is_pause & batch.heard].std(0), torch.ones(5), atol=0.05)
