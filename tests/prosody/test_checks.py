"""What is no utterance is refused before anything is learned from it."""

import numpy as np
import pytest
import soundfile

from tts.errors import UserError
from tts.features.audio import load_audio
from tts.features.config import FeatureConfig
from tts.features.f0 import extract_f0
from tts.paths import real_speech
from tts.prosody.checks import check_recording, check_sound

CONFIG = FeatureConfig()
RATE = CONFIG.sample_rate


def test_length_is_looked_up_without_loading(tmp_path, monkeypatch):
    soundfile.write(tmp_path / "two_hours.wav", np.zeros(7200 * 100, np.int16), 100)
    soundfile.write(tmp_path / "good.wav", np.zeros(800, np.int16), 8000)
    soundfile.write(tmp_path / "empty.wav", np.zeros(0, np.int16), 8000)
    monkeypatch.setattr(soundfile, "read", None)
    with pytest.raises(UserError, match="two_hours.wav: 2.0 hours long; expected one utterance of at most 120 seconds"):
        check_recording(tmp_path / "two_hours.wav")
    with pytest.raises(UserError, match="empty.wav: 0.00 seconds"):
        check_recording(tmp_path / "empty.wav")
    assert check_recording(tmp_path / "good.wav") == 0.1
    (tmp_path / "text.wav").write_text("hello")
    with pytest.raises(UserError, match="text.wav: not readable as sound"):
        check_recording(tmp_path / "text.wav")
    with pytest.raises(UserError, match="no such recording"):
        check_recording(tmp_path)


def noise(colour: float) -> np.ndarray:
    spectrum = np.fft.rfft(np.random.default_rng(0).standard_normal(2 * RATE)) / np.maximum(np.arange(RATE + 1), 1) ** colour
    sound = np.fft.irfft(spectrum)
    return 0.1 * sound / sound.std()


@pytest.mark.parametrize(
    "samples, message",
    [
        (np.zeros(RATE), "silence"),
        (1e-4 * noise(0), "silence"),
        (noise(0), "a steady sound"),
        (noise(0.5) * np.repeat([1.0, 0.02, 1.0, 0.3], RATE // 2), "noise or a whisper"),
        (noise(1.0), "noise or a whisper"),
        (0.2 * np.sin(2 * np.pi * 100 * np.arange(RATE) / RATE), "a steady sound"),
    ],
    ids=["zeros", "faint", "white", "gated pink", "brown", "hum"],
)
def test_silence_noise_and_hum_are_told_apart_from_speech(samples, message):
    samples = samples.astype(np.float32)
    with pytest.raises(UserError, match=f"x.wav: .*{message}"):
        check_sound("x.wav", samples, extract_f0(samples, CONFIG).f0_hz, CONFIG)


def test_a_single_vowel_passes():
    time = np.arange(RATE // 3) / RATE
    phase = 2 * np.pi * (140 * time - 30 * time**2)
    samples = sum(np.sin(k * phase) / k for k in range(1, 12)) * np.sin(np.pi * time * 3) * 0.1
    samples = samples.astype(np.float32)
    check_sound("x.wav", samples, extract_f0(samples, CONFIG).f0_hz, CONFIG)


def test_speech_passes():
    if real_speech() is None:
        pytest.skip("no folder of real recordings")
    files = sorted((real_speech() / "real-speech").glob("*/audio/**/*.flac"))[::120]
    assert len(files) > 5
    for path in files:
        samples = load_audio(path, RATE)[: 4 * RATE]
        check_recording(path)
        check_sound(path, samples, extract_f0(samples, CONFIG).f0_hz, CONFIG)
