"""`tts vocode`: recordings and stored mels to sound."""

import numpy as np
import pytest

from tests.vocoder.test_griffin_lim import CONFIG, glide
from tts.cli import main
from tts.errors import UserError
from tts.features.audio import load_audio, save_audio
from tts.features.fingerprint import fingerprint
from tts.features.store import Features, FeatureWriter
from tts.vocoder.vocode import recorded_mels, vocode_all


def test_recordings_are_copied_with_their_length_in_frames(tmp_path, capsys):
    samples = glide(100, 150, 0.41).numpy()
    save_audio(tmp_path / "in" / "a.wav", samples, CONFIG.sample_rate)
    assert main(["vocode", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--iterations", "4"]) == 0
    copy = load_audio(tmp_path / "out" / "a.wav", CONFIG.sample_rate)
    assert 0 <= len(copy) - len(samples) < CONFIG.hop_samples and np.abs(copy).max() > 0.05
    assert "vocoded 1" in capsys.readouterr().out


def test_stored_mels_become_sound(tmp_path):
    frames = 20
    features = Features(
        np.full((frames, CONFIG.mel_bands), -4, np.float32),
        *(np.zeros(frames, t) for t in (np.float32, bool, np.float32)),
        np.ones(4, np.float32),
    )
    with FeatureWriter(tmp_path / "store", fingerprint(CONFIG)) as writer:
        writer.add("u1", features)
    assert main(["vocode", "--features", str(tmp_path / "store"), "-o", str(tmp_path / "out"), "--iterations", "2"]) == 0
    assert len(load_audio(tmp_path / "out" / "u1.wav", CONFIG.sample_rate)) == frames * CONFIG.hop_samples


def test_names_cannot_leave_the_folder_and_must_differ(tmp_path):
    with pytest.raises(UserError, match="cannot name a file"):
        vocode_all([("../x", np.zeros((3, CONFIG.mel_bands), np.float32))], fingerprint(CONFIG), tmp_path / "out", iterations=1)
    for folder in ("a", "b"):
        save_audio(tmp_path / folder / "same.wav", np.zeros(600), CONFIG.sample_rate)
    with pytest.raises(UserError, match="same"):
        recorded_mels([tmp_path / "a", tmp_path / "b"], CONFIG)
