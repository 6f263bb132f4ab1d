"""The backbone against what must hold whatever its weights: padding changes nothing, conditions matter, times add up."""

import dataclasses

import numpy as np
import pytest
import torch

from tests.helpers.tiny import CONFIG, TinySource, tiny_model, tiny_row
from tts.models.backbone.conditions import F0Contour, PositionFeatures
from tts.models.backbone.config import BackboneConfig
from tts.models.backbone.duration import to_frames
from tts.models.layers.masks import frame_to_phone, gather_rows, lengths_to_mask, masked_mean


def test_frame_to_phone_skips_phones_without_frames():
    durations = torch.tensor([[2, 0, 1, 3], [1, 1, 0, 0]])
    assert frame_to_phone(durations, 6).tolist() == [[0, 0, 2, 3, 3, 3], [0, 1, 3, 3, 3, 3]]


def test_gather_rows_and_masks():
    values = torch.arange(12.0).view(2, 3, 2)
    assert gather_rows(values, torch.tensor([[2, 0], [1, 1]])).tolist() == [[[4, 5], [0, 1]], [[8, 9], [8, 9]]]
    assert lengths_to_mask(torch.tensor([1, 3])).tolist() == [[True, False, False], [True, True, True]]
    assert masked_mean(torch.tensor([[1.0, 99.0], [2.0, 3.0]]), torch.tensor([[True, False], [True, True]])) == 2.0


def test_padded_equals_unpadded():
    model, source = tiny_model().eval(), TinySource(8)
    names = list(source.rows)
    together = source.load(names)
    with torch.inference_mode():
        whole = list(model.samples(together))
        for name, sample in zip(names, whole):
            alone = next(iter(model.samples(source.load([name]))))
            np.testing.assert_allclose(sample.predicted, alone.predicted, atol=1e-5)
        losses = [model.losses(source.load([name])) for name in names]
    weights = [source.lengths[name] for name in names]
    expected = sum(float(loss.mel) * w for loss, w in zip(losses, weights)) / sum(weights)
    assert model.losses(together).mel.item() == pytest.approx(expected, rel=1e-4)


def test_every_parameter_learns():
    model, source = tiny_model(word_latent_dim=0), TinySource()
    for block in model.modules():  # modulation starts at zero, where half of its inputs get no gradient
        if getattr(block, "modulate", None) is not None:
            torch.nn.init.normal_(block.modulate.weight, std=0.1)
    model.losses(source.load(list(source.rows))).total.backward()
    still = [name for name, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum()]
    assert still == []


def test_duration_gradient_stays_out_of_the_encoder():
    model, source = tiny_model(), TinySource()
    model.losses(source.load(list(source.rows))).duration.backward()
    assert model.encoder.symbol.weight.grad is None and model.duration_model.leave.weight.grad is not None


def test_rounding_keeps_the_whole_and_the_least():
    is_pause = torch.tensor([True, False, False, False, True])
    log_durations = torch.log1p(torch.tensor([0.2, 0.1, 3.4, 3.4, 4.4]))
    frames = to_frames(log_durations, is_pause)
    assert frames.tolist()[1] == 1 and frames.sum().item() == round(0.2 + 1 + 3.4 + 3.4 + 4.4)
    long = torch.log1p(torch.full((400,), 7.3))
    none = torch.zeros(400, dtype=torch.bool)
    for speed in (0.5, 1.0, 2.0):  # larger is faster
        assert to_frames(long, none, speed).sum().item() == pytest.approx(400 * 7.3 / speed, abs=1)


def test_position_features_tell_where_in_the_phone():
    durations = torch.tensor([[2, 3]])
    features = PositionFeatures()(durations, frame_to_phone(durations))
    assert features.shape == (1, 5, PositionFeatures.size)
    assert torch.allclose(features[0, :, -2], torch.tensor([0.25, 0.75, 1 / 6, 0.5, 5 / 6]))


def test_synthesis_is_repeatable_and_takes_what_is_given():
    model, row = tiny_model().eval(), tiny_row(np.random.default_rng(0), 3)
    first, second = model.synthesize(row), model.synthesize(row)
    assert np.array_equal(first.mel, second.mel) and first.mel.shape == (first.durations.sum(), 20)
    durations = torch.tensor(row.durations).long()
    given = model.synthesize(row, durations=durations)
    assert given.durations.tolist() == row.durations.tolist()
    frames = int(durations.sum())
    high, low = (model.synthesize(row, durations=durations, f0=F0Contour(torch.full((1, frames), h), torch.ones(1, frames))) for h in (5.5, 4.6))
    assert not np.allclose(high.mel, low.mel) and np.allclose(high.f0_hz, np.exp(5.5), rtol=1e-5)


def test_speaker_is_a_vector_from_the_table_or_given():
    model, row = tiny_model().eval(), tiny_row(np.random.default_rng(0), 3)
    torch.nn.init.normal_(model.decoder.stack.blocks[0].modulate.weight)
    durations = torch.tensor(row.durations).long()
    own = model.synthesize(row, durations=durations)
    same = model.synthesize(row, durations=durations, speaker_vector=model.speakers.table[row.speaker].detach())
    other = model.synthesize(row, durations=durations, speaker_vector=model.speakers.table[1 - row.speaker].detach())
    assert np.array_equal(own.mel, same.mel) and not np.allclose(own.mel, other.mel)


def test_a_style_latent_changes_the_voice_and_may_be_left_out():
    model, source = tiny_model(style_latent_dim=3), TinySource()
    speaker, language = torch.tensor([0, 1]), torch.tensor([1, 0])
    left_out, zero = model.voice(speaker, language), model.voice(speaker, language, torch.zeros(2, 3))
    assert torch.equal(left_out, zero) and left_out.shape == (2, model.config.voice_dim)
    assert not torch.equal(left_out, model.voice(speaker, language, torch.ones(2, 3)))
    assert torch.isfinite(model.losses(source.load(list(source.rows)[:2])).total)


def test_word_latents_reach_only_what_they_should():
    from tts.models.backbone.conditions import ConditionBuilder
    import dataclasses

    config = dataclasses.replace(CONFIG, word_latent_dim=4)
    torch.manual_seed(0)
    build = ConditionBuilder(16, config, with_f0=False)
    encodings, durations = torch.randn(1, 4, 16), torch.tensor([[2, 2, 2, 2]])
    to_unit, mask, voice = torch.tensor([[0, 1, 1, 2]]), torch.ones(1, 8, dtype=torch.bool), torch.zeros(1, config.voice_dim)
    latent = torch.randn(1, 3, 4)
    changed = latent.clone()
    changed[0, 1] += 1
    a, b, none = (build(encodings, durations, mask, voice, to_unit, z).frames for z in (latent, changed, None))
    moved = (a - b).abs().sum(2)[0] > 0
    assert moved.tolist() == [False] * 2 + [True] * 4 + [False] * 2
    assert not torch.allclose(a, none)


def test_impossible_sizes_are_refused():
    with pytest.raises(ValueError, match="kernel 4 is even"):
        BackboneConfig(kernel=4)
    with pytest.raises(ValueError, match="speaker_vectors"):
        BackboneConfig(speaker_vectors="magic")


def test_the_synthetic_flag_is_heard_in_training_and_off_at_synthesis():
    model = tiny_model(synthetic_flag=True, dropout=0.0)
    for parameter in model.parameters():  # modulation starts at zero, where no voice is heard
        torch.nn.init.normal_(parameter, std=0.1)
    source = TinySource()
    model.prepare(source)
    model.eval()
    batch = source.load(["u03"])
    assert batch.synthetic.tolist() == [False]
    made = dataclasses.replace(batch, synthetic=torch.tensor([True]))
    real, synthetic = (model.reconstruct(one).detach() for one in (batch, made))
    assert not torch.allclose(real, synthetic, atol=1e-4)
    row = source.rows["u03"]
    flagged = dataclasses.replace(row, synthetic=True)
    assert np.array_equal(model.synthesize(row).mel, model.synthesize(flagged).mel)
    assert tiny_model(synthetic_flag=True).config.voice_dim == tiny_model().config.voice_dim + 1


def test_f0_loss_counts_the_steps_between_frames_by_their_weight():
    def loss(offsets, **changes):
        model, lengths = tiny_model(**changes).f0_model, torch.tensor([4, 2])
        target = F0Contour(torch.full((2, 4), 5.0), torch.ones(2, 4))
        predicted = F0Contour(target.log_f0 + torch.tensor(offsets), torch.zeros(2, 4))
        return float(model.loss(predicted, target, lengths_to_mask(lengths))[0])

    level = [[0.1, 0.1, 0.1, 0.1], [0.1, 0.1, 9.0, -9.0]]  # what lies behind an utterance's end counts nowhere
    assert loss(level) == loss(level, f0_delta_weight=3.0) == pytest.approx(0.1, abs=1e-6)
    jitter = [[0.1, -0.1, 0.1, -0.1], [0.1, -0.1, 9.0, -9.0]]
    assert loss(jitter) == pytest.approx(0.1, abs=1e-6) and loss(jitter, f0_delta_weight=3.0) == pytest.approx(0.1 + 3 * 0.2, abs=1e-6)


def test_without_a_mel_loss_f0_has_the_encoder_to_itself():
    def encoder_gradient(**changes):
        model = tiny_model(f0_weight=1.0, dropout=0.0, **changes)
        source = TinySource()
        model.prepare(source)
        losses = model.losses(source.load(["u03"]))
        losses.f0.backward()
        return losses, model.encoder.symbol.weight.grad

    losses, gradient = encoder_gradient(mel_weight=0.0)
    assert float(losses.mel.detach()) == 0 and gradient is not None and gradient.abs().sum() > 0
    losses, gradient = encoder_gradient()
    assert float(losses.mel.detach()) > 0 and gradient is None
