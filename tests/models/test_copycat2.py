"""CopyCat2 against what must hold whatever its weights: padding, who speaks, what edits do, what is trained."""

import dataclasses
import math

import numpy as np
import pytest
import torch

from tests.helpers.tiny import CONFIG, FEATURES, NAMES, PHONE_COUNT, TinySource, tiny_row
from tts.models.backbone.conditions import F0Contour
from tts.models.backbone.energy_model import unit_energy
from tts.models.copycat2.config import CopyCat2Config
from tts.models.copycat2.edits import change_f0, change_level
from tts.models.copycat2.latents import WordEdits, WordLatents
from tts.models.copycat2.model import CopyCat2, _shuffled, unit_is_pause

SETTINGS = CopyCat2Config(encoder_dim=16, encoder_layers=1, recurrent_dim=8, timing_dim=2, timing_encoder_dim=8, timing_encoder_layers=1)


def tiny(settings: CopyCat2Config = SETTINGS, **changes) -> CopyCat2:
    torch.manual_seed(1)
    model = CopyCat2(PHONE_COUNT, NAMES, FEATURES, dataclasses.replace(CONFIG, word_latent_dim=3, energy_dim=8, **changes), settings)
    model.prepare(TinySource())
    return model


@pytest.fixture(scope="module")
def model():
    return tiny().eval()


def test_padded_equals_unpadded(model):
    source = TinySource(8)
    names = list(source.rows)
    with torch.inference_mode():
        together = model.posteriors(source.load(names))
        for place, name in enumerate(names):
            alone = model.posteriors(source.load([name]))
            units = alone.heard.shape[1]
            for part in ("acoustic", "timing"):
                assert torch.allclose(getattr(together, part).mean[place, :units], getattr(alone, part).mean[0], atol=1e-5)
        assert float(model.losses(source.load(names)).total) == float(model.losses(source.load(names)).total)  # no draw in evaluation


def test_every_parameter_learns():
    model, source = tiny(), TinySource()
    for block in model.modules():
        if getattr(block, "modulate", None) is not None:
            torch.nn.init.normal_(block.modulate.weight, std=0.1)
    model.begin_step(50, 100)
    model.losses(source.load(list(source.rows))).total.backward()
    assert [name for name, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum()] == []


@pytest.mark.parametrize(("train", "stays"), [("acoustic", "timing_encoder"), ("timing", "acoustic_encoder")])
def test_one_half_can_be_trained_alone(train, stays):
    model, source = tiny(dataclasses.replace(SETTINGS, train=train)), TinySource()
    model.losses(source.load(list(source.rows))).total.backward()
    assert all(p.grad is None for p in getattr(model, stays).parameters())
    other = {"acoustic": model.acoustic_encoder, "timing": model.timing_encoder}[train]
    assert all(p.grad is not None for p in other.parameters())


def test_the_kl_weight_rises_from_nothing_and_validation_does_not_know():
    model, batch = tiny(), TinySource().load(["u00", "u01"])
    model.begin_step(0, 100)
    assert model.warmup.weight(training=True) == pytest.approx(1 / 20)
    model.begin_step(30, 100)
    assert model.warmup.weight(training=True) == 1 == model.warmup.weight(training=False)
    with torch.inference_mode():
        full = float(model.eval().losses(batch).total)
        model.begin_step(0, 100)
        assert float(model.losses(batch).total) == full


def test_speakers_are_known_by_their_own_averages(model):
    """A speaker who talks higher, louder and slower throughout is the same to the encoders once his own averages are known."""
    batch = TinySource().load(["u00"])
    moved = dataclasses.replace(batch, mel=batch.mel + 0.7, f0_hz=batch.f0_hz * 1.5, energy=batch.energy + 0.7)
    with torch.inference_mode():
        found = [model.posteriors(b, model.normalizer.measure(b)).acoustic.mean for b in (batch, moved)]
    assert torch.allclose(*found, atol=1e-4)


def test_averages_of_a_known_speaker_are_those_of_his_recordings(model):
    source = TinySource()
    mine = [name for name, row in source.rows.items() if row.speaker == 1]
    measured, known = model.normalizer.measure(source.load(mine)), model.normalizer.averages(torch.tensor([1]))
    for name in ("mel", "log_f0", "energy", "log_duration"):
        assert torch.allclose(getattr(measured, name), getattr(known, name), atol=1e-4), name


def test_centroids_are_means_of_words_and_of_pauses():
    model, source = tiny().eval(), TinySource()
    model.conclude(source)
    batch = source.load(list(source.rows))
    with torch.inference_mode():
        found = model.posteriors(batch)
    is_pause = unit_is_pause(batch.phone_to_unit, batch.is_pause, batch.unit_mask.shape[1])
    mine = (batch.speaker == 0)[:, None] & found.heard & ~is_pause
    assert torch.allclose(model.acoustic_centroid[0, 0], found.acoustic.mean[mine].mean(0), atol=1e-5)
    row = tiny_row(np.random.default_rng(0), 2)
    centroid = model.centroid(row)
    assert centroid.acoustic.shape == (5, 3) and torch.equal(centroid.timing[1], model.timing_centroid[row.speaker, 0])
    assert torch.equal(centroid.timing[0], model.timing_centroid[row.speaker, 1])


def test_synthesis_listens_to_both_latents(model):
    row = tiny_row(np.random.default_rng(0), 3)
    plain = model.centroid(row)
    torch.manual_seed(0)
    z, y = WordLatents(torch.randn(7, 3), plain.timing), WordLatents(plain.acoustic, 3 * torch.randn(7, 2))
    made = [model.synthesize(row, latents=latents) for latents in (plain, z, y)]
    assert np.array_equal(made[0].durations, made[1].durations) and not np.allclose(made[0].mel, made[1].mel)
    assert not np.array_equal(made[0].durations, made[2].durations)
    assert all(len(m.mel) == m.durations.sum() for m in made)


def test_no_edit_changes_nothing(model):
    row = tiny_row(np.random.default_rng(0), 3)
    plain, edited = model.synthesize(row), model.synthesize(row, edits=WordEdits.none(7))
    assert np.allclose(plain.mel, edited.mel, atol=1e-5) and np.array_equal(plain.durations, edited.durations)


def test_stretch_makes_a_word_longer_and_a_pause_can_be_set(model):
    row = tiny_row(np.random.default_rng(0), 3)
    stretch, frames = torch.ones(7), torch.full((7,), -1)
    stretch[1], frames[2] = 3.0, 9
    plain = model.synthesize(row)
    edited = model.synthesize(row, edits=dataclasses.replace(WordEdits.none(7), stretch=stretch, frames=frames))
    of = row.phone_to_unit
    assert edited.durations[of == 1].sum() == pytest.approx(3 * plain.durations[of == 1].sum(), abs=3)
    assert edited.durations[of == 2].sum() == 9
    assert abs(edited.durations[of == 5].sum() - plain.durations[of == 5].sum()) <= 1


def test_f0_edits_are_exact_inside_a_word():
    frames = torch.arange(60)
    unit, log_f0 = frames // 20, math.log(200) + 0.002 * (frames % 20 - 9.5)
    f0 = F0Contour(log_f0[None], torch.ones(1, 60))
    none = WordEdits.none(3)

    def semitones(**changes):
        fields = {name: torch.tensor(value) for name, value in changes.items()}
        return 12 / math.log(2) * (change_f0(f0, unit, dataclasses.replace(none, **fields), 0.0125).log_f0[0] - log_f0)

    shifted = semitones(semitones=[0.0, 3.0, 0.0])
    assert torch.allclose(shifted[23:37], torch.full((14,), 3.0), atol=1e-4) and shifted[:17].abs().max() < 1e-4
    turned = semitones(slope=[0.0, 10.0, 0.0])
    assert float(turned[36] - turned[24]) == pytest.approx(10 * 12 * 0.0125, abs=1e-3)
    assert float(turned[22:38].mean()) == pytest.approx(0, abs=1e-3)
    wider = semitones(f0_range=[1.0, 2.0, 1.0])
    assert float(wider[35] - wider[25]) == pytest.approx(12 / math.log(2) * 0.002 * 10, abs=1e-3)


def test_gain_is_in_decibels():
    gain = dataclasses.replace(WordEdits.none(3), gain_db=torch.tensor([0.0, 6.0, 0.0]))
    louder = change_level(torch.zeros(60, 4), torch.arange(60) // 20, gain)
    assert louder[30, 0].item() == pytest.approx(6 * math.log(10) / 20, abs=1e-5) and not louder[:17].any()


def test_shuffling_moves_every_units_latents():
    mask = torch.tensor([[True, True, True], [True, False, False]])
    latents = torch.arange(6.0).view(2, 3, 1)
    mixed = _shuffled(latents, mask)
    assert sorted(mixed[mask].flatten().tolist()) == [0, 1, 2, 3] and (mixed[mask] != latents[mask]).all()


def test_a_dead_latent_is_an_alarm(model):
    figures = {"mel": 0.2, "energy": 0.3, "f0": 0.02, "duration": 0.02, "shuffled_mel": 0.2, "shuffled_energy": 0.3, "shuffled_f0": 0.02,
               "shuffled_duration": 0.08}
    acoustic, timing = model.remarks(figures)
    assert acoustic.startswith("WARNING: the decoder does not listen to the acoustic latents")
    assert timing == "Another word's timing latents cost: duration x 4.00."


def test_without_word_latents_there_is_no_copycat2():
    with pytest.raises(ValueError, match="word_latent_dim is 0"):
        CopyCat2(PHONE_COUNT, NAMES, FEATURES, CONFIG, SETTINGS)


def test_a_words_energy_is_that_of_its_voiced_frames_relative_to_the_speakers():
    energy = torch.tensor([[-9.0, -2.0, -2.0, -8.0, -3.0, -1.0]])
    voiced = torch.tensor([[0.0, 1.0, 1.0, 0.0, 1.0, 1.0]])
    found, loud = unit_energy(energy, voiced, torch.ones(1, 6, dtype=torch.bool), torch.tensor([[1, 2, 1, 2]]), torch.tensor([[0, 1, 1, 2]]), 3,
                              torch.tensor([-1.5]))
    assert found.tolist() == [[0.0, -0.5, -0.5]] and loud.tolist() == [[False, True, True]]


def test_what_energy_says_is_heard(model):
    row = tiny_row(np.random.default_rng(0), 3)
    with model.speaking():
        part, voice, encodings = model.read(row)
        z, durations = model.centroid(row).acoustic[None], torch.from_numpy(row.durations.astype(np.int64))[None]
        quiet, loud = (model.render(encodings, durations, voice, None, unit_energy=torch.full((1, 7), e), phone_to_unit=part["phone_to_unit"],
                                    word_latent=z).mel for e in (-2.0, 1.0))
    assert not np.allclose(quiet, loud)


def test_synthetic_speech_may_be_told_apart():
    """As a voice that learns from an augmented corpus does."""
    model, source = tiny(synthetic_flag=True).eval(), TinySource()
    batch = source.load(["u00", "u01"])
    assert torch.isfinite(model.losses(dataclasses.replace(batch, synthetic=torch.tensor([True, False]))).total)
    assert len(model.synthesize(source.rows["u00"]).mel) > 0
