"""The table of harmonics is what the mel of a real comb of harmonics shows."""

import math

import numpy as np
import pytest
import torch

from tests.helpers.tiny import TinySource, tiny_model
from tts.features.config import FeatureConfig
from tts.features.mel import MelSpectrogram
from tts.models.backbone.conditions import F0Contour
from tts.models.backbone.harmonics import LOW_HZ, STEPS_PER_SEMITONE, Harmonics, ripple_table

FEATURES = FeatureConfig()


def comb_mel(f0_hz: float) -> np.ndarray:
    """Mean log-mel [M] of equally strong harmonics, whose phases are random."""
    at = np.arange(FEATURES.sample_rate) / FEATURES.sample_rate
    phases = np.random.default_rng(0).uniform(0, 2 * np.pi, 1000)
    samples = sum(np.cos(2 * np.pi * k * f0_hz * at + phases[k]) for k in range(1, int(12000 / f0_hz)))
    return MelSpectrogram(FEATURES).extract(0.01 * math.sqrt(f0_hz) * samples.astype(np.float32))[20:60].mean(0)


@pytest.mark.parametrize(("f0_hz", "other_hz"), [(150.0, 230.0), (230.0, 320.0)])
def test_the_difference_of_two_combs_is_the_difference_of_their_ripples(f0_hz, other_hz):
    table = ripple_table(FEATURES).numpy()
    rows = [table[round(12 * STEPS_PER_SEMITONE * math.log2(hz / LOW_HZ))] for hz in (f0_hz, other_hz)]
    real, found = comb_mel(f0_hz) - comb_mel(other_hz), rows[0] - rows[1]
    heard = np.minimum(*rows) > table.max(axis=0) - 3  # deep valleys are cut off on purpose
    assert heard.sum() > 35
    assert np.abs(real - found)[heard].max() < 0.5


def test_ripple_is_interpolated_and_silent_where_unvoiced():
    harmonics = Harmonics(4, FEATURES)
    log_f0 = math.log(LOW_HZ) + torch.tensor([[10.0, 10.5, 11.0, 11.0]]) * math.log(2) / (12 * STEPS_PER_SEMITONE)
    ripple = harmonics.ripple(F0Contour(log_f0, torch.tensor([[1.0, 1.0, 1.0, 0.0]])))[0]
    torch.testing.assert_close(ripple[1], (harmonics.table[10] + harmonics.table[11]) / 2, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(ripple[2], harmonics.table[11], atol=1e-3, rtol=1e-3)
    assert not ripple[3].any()


def test_f0_outside_of_the_table_is_its_end():
    harmonics = Harmonics(4, FEATURES)
    ends = harmonics.ripple(F0Contour(torch.log(torch.tensor([[20.0, 2000.0]])), torch.ones(1, 2)))[0]
    torch.testing.assert_close(ends, harmonics.table[[0, -1]], atol=0.02, rtol=0.02)


def test_an_untrained_decoder_adds_half_of_the_ripple():
    model, source = tiny_model().eval(), TinySource(2)
    batch = source.load(source.batches(0)[0])
    voice, encodings, f0 = model.inputs(batch)
    with_harmonics = model.decode(encodings, batch, voice, f0)
    expected = model.decoder.harmonics.ripple(f0) / 2
    model.decoder.harmonics = None
    torch.testing.assert_close(with_harmonics - model.decode(encodings, batch, voice, f0), expected)
    assert tiny_model(harmonics=False).decoder.harmonics is None and tiny_model(f0_layers=0).decoder.harmonics is None
