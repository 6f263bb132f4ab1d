from dataclasses import fields, replace

import pytest

from tts.errors import UserError
from tts.features.config import FeatureConfig
from tts.features.fingerprint import MEL_FIELDS, Fingerprint, fingerprint, require_same

CHANGED = dict(sample_rate=48000, hop_samples=240, window_samples=1000, mel_bands=100, mel_low_hz=0.0, mel_high_hz=8000.0,
               log_floor=1e-6, f0_method="harvest", f0_low_hz=50.0, f0_high_hz=800.0, speaker_encoder="resemblyzer")


@pytest.mark.parametrize("name", [f.name for f in fields(FeatureConfig)])
def test_every_field_is_guarded_and_named_with_both_values(name):
    ours, theirs = FeatureConfig(), replace(FeatureConfig(), **{name: CHANGED[name]})
    a, b = fingerprint(ours), fingerprint(theirs)
    assert a.hash != b.hash and (a.mel_hash != b.mel_hash) == (name in MEL_FIELDS)
    with pytest.raises(UserError) as error:
        require_same(a, b, "the model", "the store")
    for part in (name, str(getattr(ours, name)), str(getattr(theirs, name)), "the model", "the store"):
        assert part in str(error.value)
    if name in MEL_FIELDS:
        with pytest.raises(UserError, match=name):
            require_same(a, b, "the model", "the vocoder", mel_only=True)
    else:
        require_same(a, b, "the model", "the vocoder", mel_only=True)


def test_integers_and_floats_of_one_value_are_one_fingerprint():
    assert fingerprint(FeatureConfig(mel_high_hz=12000)).hash == fingerprint(FeatureConfig(mel_high_hz=12000.0)).hash


def test_phone_inventories_are_compared_where_both_are_known():
    bare, first, second = (fingerprint(FeatureConfig(), phones_hash=h) for h in (None, "aa", "bb"))
    require_same(bare, first, "a", "b")
    with pytest.raises(UserError, match="phones_hash is aa in a and bb in b"):
        require_same(first, second, "a", "b")


def test_survives_the_disk_and_refuses_an_edited_file(tmp_path):
    path = tmp_path / "fingerprint.json"
    original = fingerprint(FeatureConfig(mel_bands=64), phones_hash="abc", espeak_version="1.52.0")
    original.save(path)
    assert Fingerprint.load(path) == original and Fingerprint.load(path).config == FeatureConfig(mel_bands=64)
    path.write_text(path.read_text().replace('"mel_bands": 64', '"mel_bands": 80'))
    with pytest.raises(UserError, match="edited or damaged"):
        Fingerprint.load(path)
    with pytest.raises(UserError, match="no fingerprint"):
        Fingerprint.load(tmp_path / "absent.json")
