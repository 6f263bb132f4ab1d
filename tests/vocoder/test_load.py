"""A vocoder made for other mels is refused, field by field."""

import dataclasses

import pytest

from tts.errors import UserError
from tts.features.config import FeatureConfig
from tts.features.fingerprint import fingerprint
from tts.vocoder.griffin_lim import GriffinLim
from tts.vocoder.load import load_vocoder, require_vocoder_fits


@pytest.mark.parametrize(
    "field, value",
    [
        ("sample_rate", 22050),
        ("hop_samples", 240),
        ("window_samples", 1100),
        ("mel_bands", 100),
        ("mel_low_hz", 0.0),
        ("mel_high_hz", 8000.0),
        ("log_floor", 1e-4),
    ],
)
def test_every_field_of_the_mel_counts(field, value):
    config = FeatureConfig(mel_high_hz=11000.0)
    other = dataclasses.replace(config, **{field: value})
    with pytest.raises(UserError, match=field):
        require_vocoder_fits(GriffinLim(other), fingerprint(config), "the model")


def test_f0_settings_do_not_concern_a_vocoder():
    require_vocoder_fits(GriffinLim(FeatureConfig(f0_method="harvest")), fingerprint(FeatureConfig()), "the model")


def test_unknown_name_is_named():
    with pytest.raises(UserError, match="wavenet"):
        load_vocoder("wavenet", fingerprint(FeatureConfig()))
