"""The flow against known answers: it is a bijection for every length, its log-determinant is autograd's, padding changes nothing."""

import dataclasses
import math

import numpy as np
import pytest
import torch

from tests.helpers.tiny import CONFIG, FEATURES, NAMES, PHONE_COUNT, TinySource, tiny_row
from tts.features.config import FeatureConfig
from tts.models.backbone.conditions import Conditions, F0Contour
from tts.models.flowtts.conditions import MIDDLE, FlowConditions, relative_log_f0
from tts.models.flowtts.config import CONDITIONS, FlowTTSConfig
from tts.models.flowtts.decoder import FlowDecoder
from tts.models.flowtts.model import FlowTTS
from tts.models.layers.flow import ActNorm, Rotation, squeeze, unsqueeze

FLOW = FlowTTSConfig(steps=6, early_every=2, early_channels=4, dim=16, layers=1, context_layers=1, rotation_groups=1)


def random_weights(module: torch.nn.Module, size: float = 0.1) -> None:
    """Couplings start as the identity, which proves nothing: move everything."""
    torch.manual_seed(5)
    for name, parameter in module.named_parameters():
        if "skew" not in name:
            torch.nn.init.normal_(parameter, std=size)


def tiny_flow(flow: FlowTTSConfig = FLOW, matrix: np.ndarray | None = None, **changes) -> FlowTTS:
    torch.manual_seed(1)
    model = FlowTTS(PHONE_COUNT, NAMES, FEATURES, dataclasses.replace(CONFIG, **changes), flow, matrix)
    model.prepare(TinySource())
    for block in model.decoder.steps:
        random_weights(block.coupling)
    random_weights(model.decoder.last)
    if model.decoder.expectation is not None:
        random_weights(model.decoder.expectation)
    return model.eval()


def random_conditions(lengths: list[int], dim: int = 16, voice_dim: int = 12, dtype=torch.float32) -> Conditions:
    mask = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    return Conditions(torch.randn(*mask.shape, dim, dtype=dtype) * mask[..., None], mask,
                      torch.randn(len(lengths), voice_dim, dtype=dtype), None)


PAPERS = dataclasses.replace(FLOW, expectation=False, absolute_f0=False)


@pytest.mark.parametrize("flow", [FLOW, PAPERS])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-4), (torch.float64, 1e-9)])
def test_every_length_comes_back(dtype, tolerance, flow):
    model = tiny_flow(flow).to(dtype)
    lengths = [1, 2, 3, 4, 5, 6, 7, 63, 64, 65, *np.random.default_rng(0).integers(8, 2000, 6).tolist(), 1999, 2000]
    with torch.inference_mode():
        for length in lengths:
            conditions = random_conditions([length], dtype=dtype)
            mel = 2 * torch.randn(1, length, FEATURES.mel_bands, dtype=dtype) - 5
            z = model.decoder.encode(mel, conditions).z
            assert (model.decoder.decode(z, conditions) - mel).abs().max() < tolerance, length
            again = model.decoder.encode(model.decoder.decode(mel, conditions), conditions).z
            assert (again - mel).abs().max() < tolerance, length


@pytest.mark.parametrize("frames", [1, 2, 3, 5])
@pytest.mark.parametrize("groups", [1, 2])
def test_log_determinant_is_that_of_the_jacobian(frames, groups):
    torch.manual_seed(0)
    flow = dataclasses.replace(FLOW, steps=3, early_every=1, early_channels=2 if groups == 1 else 0, rotation_groups=groups)
    decoder = FlowDecoder(FeatureConfig(mel_bands=4), CONFIG, flow).double().eval()
    random_weights(decoder, 0.3)
    decoder.mel_std.copy_(torch.rand(4) + 0.5)
    conditions, mel = random_conditions([frames], dtype=torch.float64), torch.randn(1, frames, 4, dtype=torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda m: decoder.encode(m.view_as(mel), conditions).z.flatten(), mel.flatten())
    found = decoder.encode(mel, conditions)
    assert found.log_det.item() == pytest.approx(torch.linalg.slogdet(jacobian).logabsdet.item(), abs=1e-6)
    density = -0.5 * found.z.square().sum() - 0.5 * found.z.numel() * math.log(2 * math.pi) + found.log_det[0]
    assert found.log_likelihood.item() == pytest.approx(density.item(), abs=1e-9)


def test_the_density_integrates_to_one():
    """Two values in all (two frames of one band): the density is summed over a grid."""
    torch.manual_seed(0)
    decoder = FlowDecoder(FeatureConfig(mel_bands=1), CONFIG,
                          dataclasses.replace(FLOW, steps=2, early_channels=0)).double().eval()
    random_weights(decoder, 0.3)
    edge = torch.arange(-25, 25, 0.1, dtype=torch.float64)
    grid = torch.cartesian_prod(edge, edge)[..., None]  # [B, 2, 1]
    one = random_conditions([2], dtype=torch.float64)
    many = Conditions(one.frames.expand(len(grid), -1, -1), one.frame_mask.expand(len(grid), -1), one.voice.expand(len(grid), -1),
                      None)
    with torch.inference_mode():
        assert (decoder.encode(grid, many).log_likelihood.exp().sum() * 0.1**2).item() == pytest.approx(1, abs=1e-3)


def test_padded_equals_unpadded():
    model, source = tiny_flow(), TinySource(8)
    names = list(source.rows)
    together = source.load(names)
    with torch.inference_mode():
        encoded = model.encode(together)
        for index, name in enumerate(names):
            alone, length = model.encode(source.load([name])), source.lengths[name]
            np.testing.assert_allclose(encoded.z[index, :length], alone.z[0], atol=2e-5)
            assert not encoded.z[index, length:].any()
            assert encoded.log_likelihood[index].item() == pytest.approx(alone.log_likelihood[0].item(), rel=1e-5)
        losses = [model.losses(source.load([name])) for name in names]
    weights = [source.lengths[name] for name in names]
    expected = sum(float(loss.mel) * w for loss, w in zip(losses, weights)) / sum(weights)
    assert model.losses(together).mel.item() == pytest.approx(expected, rel=1e-4)


def test_convolutions_in_16_bits_leave_the_flow_exact():
    model, batch = tiny_flow(), TinySource().load(["u03", "u05"])
    with torch.inference_mode():
        whole = model.encode(batch).log_likelihood
        with torch.autocast("cpu", torch.bfloat16):
            found, conditions = model.encode(batch), model.conditions_of(batch)
            back = model.decoder.decode(found.z, conditions)
        assert found.z.dtype == torch.float32 and torch.allclose(found.log_likelihood, whole, rtol=0.02)
        error = ((back - batch.mel) * batch.frame_mask[..., None]).abs()
        assert error.mean() < 1e-5 and error.max() < 1e-3  # where rounding to 32 bits tips one to 16 the inverse is off by a little more


def test_conversion_to_oneself_returns_the_recording_and_to_another_does_not():
    model, batch = tiny_flow(), TinySource().load(["u03"])
    own = model.convert(batch, batch.speaker)
    np.testing.assert_allclose(own.mel, batch.mel[0], atol=1e-4)
    other = model.convert(batch, 1 - batch.speaker)
    assert np.abs(other.mel - own.mel).max() > 1e-3 and other.durations.tolist() == batch.durations[0].tolist()
    voiced = own.f0_hz > 0
    np.testing.assert_allclose(np.diff(np.log(other.f0_hz[voiced])), np.diff(np.log(batch.f0_hz[0].numpy()[voiced])), atol=1e-4)


def test_f0_moves_by_what_is_expected_between_two_voices():
    model, batch = tiny_flow(), TinySource().load(["u03"])
    random_weights(model.f0_model)
    there = model.moved_f0(batch, 1 - batch.speaker)
    step = (there.log_f0 - torch.log(batch.f0_hz))[0]
    assert step.std() < 1e-5 and step.abs().mean() > 1e-4
    back = model.moved_f0(batch, batch.speaker, 1 - batch.speaker)
    assert torch.allclose(back.log_f0 + step, torch.log(batch.f0_hz), atol=1e-5)


def test_what_conditions_let_expect_is_a_gaussian():
    """With steps that do nothing, the likelihood is that of the mean and deviation that are expected, harmonics included."""
    model, batch = tiny_flow(dataclasses.replace(FLOW, early_channels=0)), TinySource().load(["u03", "u04"])
    decoder = model.decoder
    assert decoder.harmonics is not None
    for step in decoder.steps:
        for parameter in (step.norm.log_scale, step.norm.shift, *step.coupling.leave.parameters()):
            torch.nn.init.zeros_(parameter)
    for parameter in decoder.last.leave.parameters():
        torch.nn.init.zeros_(parameter)
    conditions = model.conditions_of(batch)
    mean, log_deviation = decoder._context(conditions).expected
    density = torch.distributions.Normal(decoder.mel_mean + decoder.mel_std * mean, decoder.mel_std * log_deviation.exp()).log_prob(batch.mel)
    expected = (density * batch.frame_mask[..., None]).sum((1, 2))
    torch.testing.assert_close(decoder.encode(batch.mel, conditions).log_likelihood, expected, rtol=1e-4, atol=1e-2)


def test_every_parameter_learns():
    model, source = tiny_flow(dataclasses.replace(FLOW, l1_weight=0.5)).train(), TinySource()
    for block in model.modules():  # modulation starts at zero, where half of its inputs get no gradient
        if getattr(block, "modulate", None) is not None:
            torch.nn.init.normal_(block.modulate.weight, std=0.1)
    model.losses(source.load(list(source.rows))).total.backward()
    assert [name for name, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum()] == []


def test_draws_are_learned_from_when_the_rest_is_learned():
    model, source = tiny_flow(dataclasses.replace(FLOW, l1_weight=0.5, l1_begin=0.75)).train(), TinySource()
    batch, terms = source.load(list(source.rows)), []
    for step in (0, 14, 15, 19):
        model.begin_step(step, 20)
        terms.append(float(model.losses(batch).l1.detach()))
    assert terms[:2] == [0, 0] and all(term > 0 for term in terms[2:])
    model.begin_step(0, 20)
    assert float(model.eval().losses(batch).l1.detach()) > 0  # validations can be compared from the start


def test_actnorm_starts_with_mean_zero_and_deviation_one():
    torch.manual_seed(0)
    norm, mask = ActNorm(3), torch.ones(2, 1, 50)
    mask[1, :, 30:] = 0
    x = (torch.randn(2, 3, 50) * torch.tensor([[1.0], [5.0], [0.1]]) + 4) * mask
    norm.start(x, mask)
    real = norm(x, mask)[0].transpose(1, 2)[mask[:, 0] > 0]
    assert torch.allclose(real.mean(0), torch.zeros(3), atol=1e-4) and torch.allclose(real.std(0, correction=0), torch.ones(3),
                                                                                      atol=1e-4)


@pytest.mark.parametrize("groups", [1, 4])
def test_a_rotation_keeps_lengths_and_is_not_kept_too_long(groups):
    torch.manual_seed(0)
    rotation, x = Rotation(8, groups), torch.randn(2, 8, 5)
    with torch.inference_mode():
        turned = rotation(x)
        assert torch.allclose(turned.norm(dim=1), x.norm(dim=1), atol=1e-5) and torch.allclose(rotation.inverse(turned), x,
                                                                                               atol=1e-5)
    with torch.no_grad():
        rotation.skew.mul_(0.5)
        assert not torch.allclose(rotation(x), turned)


def test_squeezing_pairs_neighbours():
    x = torch.arange(8.0).view(1, 4, 2)
    assert squeeze(x)[0].T.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]] and torch.equal(unsqueeze(squeeze(x)), x)


@pytest.mark.parametrize("left_out", CONDITIONS)
def test_what_is_left_out_is_not_heard(left_out):
    """Another speaker, accent, F0, voicing or other phones: the likelihood knows of it if and only if it is told."""
    def changed(batch):
        changes = {"phones": {"phones": torch.where(batch.phones > 2, (batch.phones - 2) % 9 + 3, batch.phones)},
                   "speaker": {"speaker": 1 - batch.speaker},
                   "accent": {"language": 1 - batch.language},
                   "f0": {"f0_hz": batch.f0_hz * (1 + 0.1 * torch.arange(batch.f0_hz.shape[1]) % 3)},
                   "voicing": {"voiced": 1 - batch.voiced}}[left_out]
        return dataclasses.replace(batch, **changes)

    batch = TinySource().load(["u03"])
    for heard in (CONDITIONS, tuple(name for name in CONDITIONS if name != left_out)):
        model = tiny_flow(dataclasses.replace(FLOW, conditions=heard))
        for block in model.modules():
            if getattr(block, "modulate", None) is not None:
                torch.nn.init.normal_(block.modulate.weight, std=0.3)
        with torch.inference_mode():
            same = torch.equal(model.encode(batch).z, model.encode(changed(batch)).z)
        assert same == (left_out not in heard)


def test_f0_says_nothing_of_its_height_unless_it_is_to():
    mask = torch.tensor([[True] * 5, [True] * 3 + [False] * 2])
    f0 = F0Contour(torch.log(torch.tensor([[100.0, 110, 120, 130, 140], [200, 220, 210, 1, 1]])),
                   mask * torch.tensor([1.0, 1, 1, 0, 1]))
    higher = F0Contour(f0.log_f0 + 0.7, f0.voiced)
    assert torch.allclose(relative_log_f0(f0, mask), relative_log_f0(higher, mask), atol=1e-6)
    assert torch.equal(FlowConditions(8, CONFIG, CONDITIONS, absolute_f0=True).heard_f0(higher, mask).log_f0, higher.log_f0)
    heard = FlowConditions(8, CONFIG, CONDITIONS, absolute_f0=False).heard_f0(higher, mask)
    assert torch.allclose((heard.log_f0 * f0.voiced).sum(1) / f0.voiced.sum(1), torch.full((2,), MIDDLE))


def test_speaking_varies_with_seed_and_temperature_and_repeats():
    model, row = tiny_flow(), tiny_row(np.random.default_rng(0), 3)

    def said(seed: int, temperature: float | None = None) -> np.ndarray:
        torch.manual_seed(seed)
        return model.synthesize(row, temperature=temperature).mel

    assert np.array_equal(said(1), said(1)) and not np.array_equal(said(1), said(2))
    assert np.array_equal(said(1, 0), said(2, 0))
    assert np.std(said(1, 1.0) - said(1, 0)) > np.std(said(1, 0.3) - said(1, 0))


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="unknown condition f00"):
        FlowTTSConfig(conditions=("f00",))
    with pytest.raises(ValueError, match="channels"):
        FlowTTSConfig(steps=12, early_every=1, early_channels=16, rotation_groups=1).channels(20)
    with pytest.raises(ValueError, match="f0_layers is 0"):
        tiny_flow(f0_layers=0)
