import numpy as np
import pytest
import soundfile

from tts.corpus.importing import import_recordings
from tts.corpus.kaldi import read_kaldi, write_kaldi
from tts.corpus.manifest import read_manifest
from tts.corpus.recording import Skipped
from tts.errors import UserError


@pytest.fixture
def folder(tmp_path):
    """Two recordings, three segments, two speakers."""
    root = tmp_path / "kaldi"
    root.mkdir()
    for name in "xy":
        soundfile.write(root / f"{name}.wav", np.arange(32000) / 64000 * (1 if name == "x" else -1), 16000, subtype="PCM_16")
    tables = {"wav.scp": f"rx {root}/x.wav\nry {root}/y.wav\n", "segments": "a-1 rx 0.0 0.5\na-2 rx 0.5 1.25\nb-1 ry 1.0 2.0\n",
              "text": "a-1 one\na-2 two words\nb-1 three\n", "utt2spk": "a-1 a\na-2 a\nb-1 b\n", "spk2utt": "a a-1 a-2\nb b-1\n",
              "utt2lang": "a-1 de\na-2 de\nb-1 nl-NL\n", "spk2gender": "a f\nb m\n"}
    for name, text in tables.items():
        (root / name).write_text(text)
    return root


def read(folder, **options):
    return list(read_kaldi(folder, Skipped(), **options))


def test_segments_are_cut_out_of_their_recordings(folder, tmp_path):
    facts = import_recordings(lambda skipped: read_kaldi(folder, skipped), tmp_path / "out", {})
    assert (facts.utterances, facts.seconds) == (3, 2.25)
    rows = list(read_manifest(tmp_path / "out" / "manifest.jsonl"))
    assert [(u.id, u.text, u.speaker, u.language, u.style) for u in rows] == [
        ("a-1", "one", "a", "de", "neutral"), ("a-2", "two words", "a", "de", "neutral"), ("b-1", "three", "b", "nl", "neutral")]
    samples, rate = soundfile.read(tmp_path / "out" / rows[1].audio)
    whole, _ = soundfile.read(folder / "x.wav")
    assert np.array_equal(samples, whole[8000:20000])


def test_round_trip(clean, tmp_path):
    count, prefixed = write_kaldi(clean / "manifest.jsonl", tmp_path / "kaldi")
    assert (count, prefixed) == (30, False)  # the ids begin with the speaker
    import_recordings(lambda skipped: read_kaldi(tmp_path / "kaldi", skipped), tmp_path / "back", {})
    before = sorted(read_manifest(clean / "manifest.jsonl"), key=lambda u: u.id)
    after = list(read_manifest(tmp_path / "back" / "manifest.jsonl"))
    for old, new in zip(before, after, strict=True):
        assert {**old.to_dict(), "audio": ""} == {**new.to_dict(), "audio": ""}
        assert np.array_equal(soundfile.read(clean / old.audio)[0], soundfile.read(tmp_path / "back" / new.audio)[0])
    assert (tmp_path / "kaldi" / "utt2dur").read_text().splitlines()[0] == "ada_00 1.000000"


def test_ids_get_the_speaker_in_front_where_the_order_needs_it(clean, rows, tmp_path):
    rows(clean, [row | {"id": f"u{i:03}"} for i, row in enumerate(rows(clean))])
    assert write_kaldi(clean / "manifest.jsonl", tmp_path / "kaldi") == (30, True)
    assert [r.utterance.id for r in read(tmp_path / "kaldi")][5:7] == ["ada-u025", "bob-u001"]


@pytest.mark.parametrize("change, says", [({"id": "a b"}, "blanks"), ({"speaker": "b b"}, "blanks"), ({"text": " "}, "no text"),
                                          ({"audio": "../x.wav"}, "leads outside"), ({"id": "bob_03"}, "bob_03 occurs twice")])
def test_what_kaldi_cannot_hold_is_refused(clean, rows, tmp_path, change, says):
    table = rows(clean)
    table[2] |= change
    rows(clean, table)
    with pytest.raises(UserError, match=says):
        write_kaldi(clean / "manifest.jsonl", tmp_path / "kaldi")


@pytest.mark.parametrize("table, content, says", [
    ("wav.scp", "rx sph2pipe x.sph |\nry y.wav\n", "rx is a pipe .sph2pipe x.sph .., a command"),
    ("wav.scp", "rx\nry y.wav\n", "wav.scp:1: found 'rx'"),
    ("wav.scp", "ry y.wav\nrx x.wav\n", "rx after ry is not in byte order"),
    ("wav.scp", "rx x.wav\nrx x.wav\n", "rx occurs twice"),
    ("text", "a-1 one\nb-1 three\n", "utterance a-2 is in segments, utt2spk, utt2lang but not in text"),
    ("text", "a-1 one\na-2 two\nb-1 three\nb-2 four\n", "utterance b-2 is in text but not in segments"),
    ("segments", "a-1 rx 0.0 0.5\na-2 rz 0.5 1.0\nb-1 ry 1.0 2.0\n", "a-2 is in recording rz, which wav.scp lacks"),
    ("segments", "a-1 rx 0.0 0.5\na-2 rx 0.5 0.5\nb-1 ry 1.0 2.0\n", "0 <= start < end"),
    ("segments", "a-1 rx 0.0\na-2 rx 0.5 1\nb-1 ry 1.0 2.0\n", "expected recording start end"),
    ("utt2spk", "a-1 a\na-2 b\nb-1 b\n", "utt2spk says a-2 is of b, spk2utt does not"),
    ("spk2utt", "a a-1 a-2\nb b-1 b-2\n", "spk2utt has b-2"),
    ("spk2gender", "a f\n", "spk2gender: b: expected every speaker"),
    ("spk2gender", "a f\nb x\n", "with m or f"),
    ("utt2lang", None, "give --language"), ("spk2utt", None, "no spk2utt")])
def test_every_fault_is_an_error_that_says_where(folder, table, content, says):
    if content is None:
        (folder / table).unlink()
    else:
        (folder / table).write_text(content)
    with pytest.raises(UserError, match=says):
        read(folder)


def test_without_utt2lang_and_with_relative_paths(folder):
    (folder / "utt2lang").unlink()
    (folder / "wav.scp").write_text("rx x.wav\nry y.wav\n")
    recordings = read(folder, language="fr", style="calm", audio_root=str(folder))
    assert {(r.utterance.language, r.utterance.style) for r in recordings} == {("fr", "calm")}
    assert recordings[0].path == folder / "x.wav"
