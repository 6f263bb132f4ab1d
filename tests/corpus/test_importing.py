from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.corpus.conftest import RATE, speech
from tts.corpus.importing import import_recordings, wanted
from tts.corpus.manifest import read_manifest, resolve_audio
from tts.corpus.recording import Recording, safe_id
from tts.corpus.utterance import Utterance
from tts.errors import UserError


@pytest.fixture
def source(tmp_path):
    """Four recordings as somebody might have them, and a reader of them."""
    folder = tmp_path / "source"
    folder.mkdir()
    soundfile.write(folder / "a.wav", speech(1.0, 1), RATE, subtype="PCM_16")
    soundfile.write(folder / "b.ogg", speech(1.0, 2, 24000), 24000)
    soundfile.write(folder / "c.wav", np.stack([speech(1.0, 3), np.zeros(RATE)], axis=1), RATE, subtype="FLOAT")
    soundfile.write(folder / "d.wav", 30000 * speech(1.0, 4), RATE, subtype="FLOAT")
    (folder / "e.wav").write_bytes(b"nothing")
    names = ["a.wav", "b.ogg", "c.wav", "d.wav", "e.wav", "f.wav"]

    def read(skipped):
        for name in names:
            yield Recording(Utterance(f"id {name[0]}", "Some words.", "ada", "en-US"), folder / name)

    return folder, read


def test_import_makes_mono_flacs_and_names_what_it_could_not_use(source, tmp_path):
    folder, read = source
    facts = import_recordings(read, tmp_path / "out", {}, sample_rate=RATE)
    assert (facts.utterances, facts.mixed_down, facts.resampled, facts.scaled) == (3, 1, 1, 0)
    assert facts.skipped == {"float samples beyond ±1": 1, "no audio file where the table says": 1, "unreadable audio": 1}
    names = (tmp_path / "out" / "skipped.tsv").read_text(encoding="utf-8").splitlines()
    assert [line.split("\t")[0] for line in names] == ["name", "id f", "id_d", "id_e"]
    utterances = list(read_manifest(tmp_path / "out" / "manifest.jsonl"))
    assert [(u.id, u.language, u.audio, u.seconds) for u in utterances] == [(f"id_{n}", "en-us", f"wav/ada/id_{n}.flac", 1.0)
                                                                            for n in "abc"]
    for utterance in utterances:
        info = soundfile.info(resolve_audio(tmp_path / "out" / "manifest.jsonl", utterance))
        assert (info.format, info.subtype, info.channels, info.samplerate) == ("FLAC", "PCM_16", 1, RATE)
    before, _ = soundfile.read(folder / "a.wav")
    after, _ = soundfile.read(tmp_path / "out" / utterances[0].audio)
    assert np.array_equal(before, after)
    mixed, _ = soundfile.read(tmp_path / "out" / utterances[2].audio)
    assert np.allclose(mixed, speech(1.0, 3) / 2, atol=1e-4)


def test_rate_is_kept_by_default_and_processes_give_the_same(source, tmp_path):
    _, read = source
    import_recordings(read, tmp_path / "one", {})
    import_recordings(read, tmp_path / "two", {}, jobs=2)
    assert soundfile.info(tmp_path / "one" / "wav" / "ada" / "id_b.flac").samplerate == 24000
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert len(files) == 6
    for path in files:
        assert (tmp_path / "one" / path).read_bytes() == (tmp_path / "two" / path).read_bytes()


def test_peaks_beyond_full_scale_are_scaled_and_counted(source, tmp_path):
    folder, read = source
    soundfile.write(folder / "a.wav", 1.5 * np.sin(np.arange(RATE)), RATE, subtype="FLOAT")
    assert import_recordings(read, tmp_path / "out", {}).scaled == 1
    samples, _ = soundfile.read(tmp_path / "out" / "wav" / "ada" / "id_a.flac")
    assert np.allclose(samples, np.sin(np.arange(RATE)), atol=1e-3)


def test_an_import_continues_and_remakes_what_changed(source, tmp_path):
    folder, read = source
    import_recordings(read, tmp_path / "out", {})
    a, b = (tmp_path / "out" / "wav" / "ada" / f"id_{n}.flac" for n in "ab")
    stamps = a.stat().st_mtime_ns, b.stat().st_mtime_ns
    b.unlink()
    facts = import_recordings(read, tmp_path / "out", {})
    assert facts.utterances == 3 and a.stat().st_mtime_ns == stamps[0] and b.exists()
    soundfile.write(folder / "a.wav", speech(1.5, 1), RATE)
    import_recordings(read, tmp_path / "out", {})
    assert next(read_manifest(tmp_path / "out" / "manifest.jsonl")).seconds == 1.5


def test_a_folder_of_another_import_is_refused(source, tmp_path):
    _, read = source
    import_recordings(read, tmp_path / "out", {"reader": "tsv"})
    with pytest.raises(UserError, match="sample_rate: None there, 16000 now"):
        import_recordings(read, tmp_path / "out", {"reader": "tsv"}, sample_rate=16000)


def test_clashing_ids_are_an_error_that_names_both(source, tmp_path):
    folder, _ = source

    def read(skipped):
        for name in ("x y", "other", "x_y"):
            yield Recording(Utterance(name, "Words.", "ada", "en"), folder / "a.wav")

    with pytest.raises(UserError, match="'x y' .*a.wav.* and 'x_y' .*rename"):
        import_recordings(read, tmp_path / "out", {})
    assert not (tmp_path / "out" / "manifest.jsonl").exists()


def test_an_unknown_language_is_an_error_before_any_sound_is_touched(source, tmp_path):
    folder, _ = source

    def read(skipped):
        yield Recording(Utterance("u1", "Words.", "ada", "klingonese"), folder / "a.wav")

    with pytest.raises(UserError, match="utterance u1: language 'klingonese'"):
        import_recordings(read, tmp_path / "out", {})
    assert not (tmp_path / "out" / "wav").exists()


def test_nothing_usable_is_an_error(tmp_path):
    def read(skipped):
        yield Recording(Utterance("u1", "Words.", "ada", "en"), tmp_path / "none.wav")

    with pytest.raises(UserError, match="nothing could be imported.*1 x no audio file"):
        import_recordings(read, tmp_path / "out", {})


@pytest.mark.parametrize("name, safe", [("LJ001-0001", "LJ001-0001"), ("a b/c", "a_b_c"), ("größe", "gr__e"), ("../x", "___x"),
                                        (".hidden", "_hidden")])
def test_safe_id(name, safe):
    assert safe_id(name) == safe


def test_real_speech_is_read_without_loss(tmp_path):
    from tts.corpus.readers import read_corpus
    from tts.paths import real_speech

    if real_speech() is None:
        pytest.skip("the real recordings are not beside the checkout")
    folder = real_speech() / "real-speech" / "thorsten-de"
    facts = import_recordings(lambda skipped: read_corpus("tsv", folder, skipped), tmp_path / "out", {})
    lines = (folder / "manifest.tsv").read_text(encoding="utf-8").splitlines()
    assert facts.utterances == len(lines) - 1 and facts.skipped == {}
    assert {u.language for u in read_manifest(tmp_path / "out" / "manifest.jsonl")} == {"de"}


def test_only_the_wanted_speakers_and_styles_are_kept():
    def ids(**choice):
        of = [("1", "ada", "sad"), ("2", "ben", "sad"), ("3", "ada", "glad"), ("4", "ada", "sad"), ("5", "ben", "glad")]
        recordings = [Recording(Utterance(name, "text", speaker, "en-us", style), Path(f"{name}.wav")) for name, speaker, style in of]
        return "".join(recording.utterance.id for recording in wanted(recordings, **choice))

    assert ids() == "12345" and ids(keep=["ada"]) == "134" and ids(keep=["ben", "ada:sad"]) == "1245" and ids(keep=["ada:dull"]) == ""
    assert ids(per_speaker=1) == "12" and ids(per_speaker=2) == "1235" and ids(keep=["ada:sad", "ben:glad"], per_speaker=1) == "15"
