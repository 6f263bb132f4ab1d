"""Voices that nobody has: made, kept, spoken with and converted to by the commands; real speakers' copies and foreign vectors are refused."""

import json

import numpy as np
import pytest

from tests.helpers.voice import voice_folder
from tests.vocoder.test_griffin_lim import glide
from tts.cli import main
from tts.corpus.utterance import Unit
from tts.errors import UserError
from tts.features.audio import load_audio, save_audio
from tts.features.config import FeatureConfig
from tts.models.load import load_model
from tts.speakers.voice import MadeVoice, make_passport
from tts.synthesis.made_voices import blended_voice, find_made, keep, new_voice, recorded_voice
from tts.synthesis.synthesizer import Synthesizer
from tts.synthesis.sentences import with_frames
from tts.text.frontend import TextFrontend

SPEAKERS = tuple(f"s{number:02d}" for number in range(24))
TEXT = "Hello there, dear voice."


def vectors() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((len(SPEAKERS), 6)) @ rng.standard_normal((6, 75)) + 2
    return dict(zip(SPEAKERS, rows / np.linalg.norm(rows, axis=1, keepdims=True)))


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A flow and a copycat2 that know the same speakers by the built-in encoder's vectors (the first speaks en-us, the others de)."""
    root = tmp_path_factory.mktemp("made")
    config = FeatureConfig(f0_method="dio")
    return {system: voice_folder(root / system, SPEAKERS, config, system, vectors()) for system in ("flowtts", "copycat2", "studio")}


@pytest.fixture(scope="module")
def loaded(folders):
    return load_model(folders["flowtts"])


@pytest.fixture
def recording(tmp_path):
    """(a voiced sound, the units that it is taken to say)."""
    config = FeatureConfig()
    units = TextFrontend("en-us").process(TEXT).units
    frames = [8 if unit.is_pause else 6 for unit in units for _ in unit.phones]
    sound = glide(110, 160, sum(frames) * config.frame_seconds).numpy()[: sum(frames) * config.hop_samples]
    edge = 8 * config.hop_samples
    sound = sound * np.interp(np.arange(len(sound)), [0, edge, 2 * edge, len(sound) - edge, len(sound)], [0, 1e-3, 1, 0.2, 0])
    save_audio(tmp_path / "source.wav", sound, config.sample_rate)
    return tmp_path / "source.wav", with_frames(units, frames)


def test_a_new_voice_speaks_through_a_flow_and_through_a_shared_decoder(home, folders, tmp_path, capsys):
    model = str(folders["flowtts"])
    assert main(["voices", "new", "--accent", "de", "--seed", "7", "--name", "ada", "--model", model]) == 0
    said = capsys.readouterr().out
    assert "log-density" in said and "nobody's in particular" in said
    assert {path.name for path in (home / "made").iterdir()} == {"ada.json", "ada.safetensors"}
    assert main(["voices", "list"]) == 0 and main(["voices", "show", "ada"]) == 0
    said = capsys.readouterr().out
    assert "1 made voices" in said and "drawn with seed 7 from the joint density" in said
    for system, folder in folders.items():
        assert main(["say", "Guten Tag.", "--voice", "ada", "--model", str(folder), "-o", str(tmp_path / f"{system}.wav")]) == 0
        assert "ada (de)" in capsys.readouterr().out
        speaker = Synthesizer.load(folder).say("Guten Tag.", next(iter(SPEAKERS[1:])))
        assert not np.array_equal(load_audio(tmp_path / f"{system}.wav", speaker.sample_rate)[: len(speaker.samples)],
                                  speaker.samples)
    assert main(["voices", "new", "--accent", "de", "--name", "ada", "--model", model]) == 1  # never over another
    assert "already" in capsys.readouterr().err
    assert main(["voices", "remove", "ada"]) == 0 and find_made("ada") is None


def test_an_installed_model_is_found_for_a_made_voice(home, folders):
    assert main(["voices", "add", str(folders["flowtts"]), "--name", "mini"]) == 0
    assert main(["voices", "new", "--accent", "de", "--name", "ada"]) == 0
    assert Synthesizer.load(voice="ada").loaded.folder == home / "mini"


def test_the_same_seed_draws_the_same_voice_and_its_files_come_back(loaded, tmp_path):
    first, again, other = (new_voice(loaded, "ada", "de", seed) for seed in (3, 3, 4))
    assert np.array_equal(first.vector, again.vector) and not np.array_equal(first.vector, other.vector)
    back = MadeVoice.load(first.save(tmp_path))
    assert np.array_equal(back.vector, first.vector) and back.passport == first.passport and back.origin == first.origin


def test_a_copy_of_a_real_speaker_is_refused(loaded):
    between = blended_voice(loaded, "x", "s03", "s07", 0.5)
    assert not between.passport.too_close and between.accent == "de"
    with pytest.raises(UserError, match="too close to a real speaker: s03"):
        blended_voice(loaded, "x", "s03", "s07", 0.02)


def test_a_passport_of_known_distances():
    speakers = {"a": np.array([1.0, 0, 0]), "b": np.array([0, 1.0, 0]), "c": np.array([0, 0.6, 0.8])}
    passport = make_passport(np.array([0.8, 0.6, 0]), "en-us", speakers)
    assert [(n.speaker, n.distance, n.own_nearest) for n in passport.neighbours] == [("a", 0.2, 1.0), ("b", 0.4, 0.4),
                                                                                     ("c", 0.64, 0.4)]
    assert passport.common_distance == 0.4 and not passport.too_close
    assert make_passport(np.array([0.995, 0.0999, 0]), "en-us", speakers).too_close


def test_a_voice_of_another_encoder_is_refused(home, loaded, folders, tmp_path):
    voice = new_voice(loaded, "ada", "de", 3)
    path = keep(voice)
    path.write_text(json.dumps({**json.loads(path.read_text()), "encoder": "another"}))
    with pytest.raises(UserError, match="vector of the speaker encoder another"):
        Synthesizer.load(folders["flowtts"], "ada")
    with pytest.raises(UserError, match="knows its speakers by a table"):
        new_voice(load_model(voice_folder(tmp_path / "table")), "x", "de", 1)


def test_conversion_keeps_length_and_returns_the_recording_to_its_own_speaker(home, loaded, folders, recording):
    path, units = recording
    synthesizer = Synthesizer.load(folders["flowtts"])
    own = synthesizer.convert(path, TEXT, "s03", "en-us", "s03", units)
    other = synthesizer.convert(path, TEXT, "s04", "en-us", "s03", units)
    assert own.mel.shape == other.mel.shape == (sum(unit.frames for unit in units), 80) and own.words_spoken == 4
    from tts.features.mel import MelSpectrogram

    samples = load_audio(path, loaded.features.sample_rate)
    np.testing.assert_allclose(own.mel, MelSpectrogram(loaded.features).extract(samples), atol=1e-3)
    keep(new_voice(loaded, "ada", "de", 3))
    made = synthesizer.convert(path, TEXT, "ada", "en-us", None, units)  # from somebody it never heard to nobody
    assert made.voice == "ada" and made.mel.shape == own.mel.shape


def test_a_studio_converts_with_the_timing_and_the_course_of_f0(home, folders, recording):
    path, units = recording
    synthesizer = Synthesizer.load(folders["studio"])
    own, other = (synthesizer.convert(path, TEXT, voice, "en-us", "s03", units) for voice in ("s03", "s04"))
    assert own.mel.shape == other.mel.shape == (sum(unit.frames for unit in units), 80)
    voiced = own.f0_hz > 0
    assert voiced.any() and np.corrcoef(np.log(own.f0_hz[voiced]), np.log(other.f0_hz[voiced]))[0, 1] > 0.999


def test_the_command_converts_and_says_what_it_cannot(home, folders, recording, tmp_path, capsys, monkeypatch):
    path, units = recording
    aligned: list[Unit] = units
    monkeypatch.setattr("tts.synthesis.reader.RecordingReader._align", lambda self, *_: aligned)
    common = ["convert", str(path), "--text", TEXT, "--language", "en-us", "-o", str(tmp_path / "out.wav")]
    assert main([*common, "--voice", "s05", "--model", str(folders["flowtts"])]) == 0
    assert "as s05 (en-us)" in capsys.readouterr().out and (tmp_path / "out.wav").is_file()
    assert main([*common, "--voice", "s05", "--model", str(folders["copycat2"])]) == 1
    assert "cannot convert" in capsys.readouterr().err


def test_a_voice_from_a_recording_is_a_real_persons(loaded, recording):
    voice = recorded_voice(loaded, "bob", "en-us", [recording[0]])
    assert voice.origin["kind"] == "recorded" and "consent" in voice.origin["of"] and len(voice.passport.neighbours) == 3
