import numpy as np
import pytest
import soundfile

from tts.errors import UserError
from tts.features.audio import limited, load_audio, save_audio


def tone(rate, seconds=0.5, hz=220.0):
    return (0.5 * np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


def test_saving_then_loading_changes_nothing_once_quantised(tmp_path):
    steps = np.array([0, 1, -1, 32767, -32768, 1234], dtype=np.float32) / 32768
    save_audio(tmp_path / "a.wav", steps, 16000)
    assert np.array_equal(load_audio(tmp_path / "a.wav", 16000), steps)


@pytest.mark.parametrize("suffix, subtype", [("wav", "FLOAT"), ("flac", "PCM_16"), ("ogg", "VORBIS"), ("opus", "OPUS"),
                                             ("mp3", None)])
def test_every_format_gives_the_tone_back(tmp_path, suffix, subtype):
    path = tmp_path / f"tone.{suffix}"
    soundfile.write(path, tone(48000), 48000, subtype=subtype, format="OGG" if suffix == "opus" else None)
    samples = load_audio(path, 24000)
    assert abs(len(samples) - 12000) <= 1200  # MP3 pads
    spectrum = np.abs(np.fft.rfft(samples[1000:11000] * np.hanning(10000)))
    assert np.argmax(spectrum) * 24000 / 10000 == pytest.approx(220, abs=3)


def test_resampled_length_and_content(tmp_path):
    save_audio(tmp_path / "a.wav", tone(44100), 44100)
    samples = load_audio(tmp_path / "a.wav", 16000)
    assert len(samples) == 8000
    assert np.abs(samples[500:-500] - tone(16000)[500:-500]).max() < 1e-3


def test_channels_are_averaged(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.stack([tone(16000), -tone(16000)], axis=1), 16000)
    assert np.abs(load_audio(tmp_path / "a.wav", 16000)).max() < 1e-4


def test_too_loud_is_scaled_with_a_warning_and_never_wraps(tmp_path):
    with pytest.warns(UserWarning, match="peak 2.00"):
        gain = save_audio(tmp_path / "a.wav", 4 * tone(16000, hz=250.0), 16000)
    assert gain == pytest.approx(0.5, rel=1e-3)
    assert np.abs(load_audio(tmp_path / "a.wav", 16000) - 2 * tone(16000, hz=250.0)).max() < 1e-3


def test_peaks_are_turned_down_and_all_else_is_as_it_was():
    samples = np.concatenate([tone(16000), 4 * tone(16000, seconds=0.05), tone(16000)])
    quieter = limited(samples, 16000)
    assert np.abs(quieter).max() <= 1 and np.abs(quieter[8000:8800]).max() > 0.99
    assert np.array_equal(quieter[:7800], samples[:7800]) and np.array_equal(quieter[9000:], samples[9000:])
    assert limited(quieter, 16000) is quieter and len(limited(np.zeros(0), 16000)) == 0


def test_what_cannot_be_saved_leaves_no_file(tmp_path):
    with pytest.raises(UserError, match="1 of 3 samples are not finite"):
        save_audio(tmp_path / "a.wav", np.array([0.0, np.nan, 0.0]), 16000)
    with pytest.raises(UserError, match="use .wav or .flac"):
        save_audio(tmp_path / "a.mp3", np.zeros(3), 16000)
    assert list(tmp_path.iterdir()) == []


def test_unreadable_files_are_named(tmp_path):
    (tmp_path / "text.wav").write_text("this is no sound")
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 16000)
    soundfile.write(tmp_path / "nan.wav", np.array([0.0, np.nan]), 16000, subtype="FLOAT")
    expected = {"absent.wav": "no such audio", "text.wav": "not readable", "empty.wav": "no samples", "nan.wav": "1 of 2"}
    for name, found in expected.items():
        with pytest.raises(UserError, match=found) as error:
            load_audio(tmp_path / name, 16000)
        assert name in str(error.value)


@pytest.mark.parametrize("form", ["WAV", "FLAC", "AIFF"])
def test_a_file_that_was_cut_off_is_not_taken_for_a_shorter_one(tmp_path, form):
    path = tmp_path / f"cut.{form.lower()}"
    soundfile.write(path, 0.1 * np.sin(np.arange(20000)), 16000, format=form)
    assert len(load_audio(path, 16000)) == 20000
    whole = path.read_bytes()
    for length in (len(whole) - 1, len(whole) // 2):
        path.write_bytes(whole[:length])
        with pytest.raises(UserError, match=path.name):
            load_audio(path, 16000)


def test_sound_from_a_pipe_names_no_length_and_is_read(tmp_path):
    soundfile.write(tmp_path / "a.wav", 0.1 * np.sin(np.arange(2000)), 16000)
    data = bytearray((tmp_path / "a.wav").read_bytes())
    data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    (tmp_path / "a.wav").write_bytes(data)
    assert len(load_audio(tmp_path / "a.wav", 16000)) == 2000
