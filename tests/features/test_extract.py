import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from tts.corpus.manifest import write_manifest
from tts.corpus.utterance import Phone, Unit, Utterance
from tts.errors import UserError
from tts.features.audio import save_audio
from tts.features.config import FeatureConfig
from tts.features import extract as extract_module
from tts.features.store import FeatureStore

CONFIG = FeatureConfig(sample_rate=16000, hop_samples=200, window_samples=800, mel_high_hz=8000)
PITCH = {"ann": 220.0, "bob": 110.0}


def voice(seconds, hz, seed):
    """Something like speech: a buzz that wavers in pitch and loudness, with pauses."""
    t = np.arange(int(16000 * seconds)) / 16000
    phase = 2 * np.pi * np.cumsum(hz * (1 + 0.1 * np.sin(2 * np.pi * t + seed))) / 16000
    sound = sum(np.sin(k * phase) / k for k in range(1, 15)) * (np.sin(2 * np.pi * 1.5 * t) > -0.5)
    return 0.1 * sound + 1e-3 * np.random.default_rng(seed).standard_normal(len(t))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Twelve utterances of two speakers, and where they lie."""
    root = tmp_path_factory.mktemp("corpus")
    utterances = []
    for i in range(12):
        speaker = ("ann", "bob")[i % 2]
        seconds = 0.8 + 0.11 * i
        save_audio(root / "wav" / f"u{i:02d}.wav", voice(seconds, PITCH[speaker], i), 16000)
        utterances.append(Utterance(f"u{i:02d}", "text", speaker, "en-us", audio=f"wav/u{i:02d}.wav"))
    write_manifest(root / "manifest.jsonl", utterances)
    return root


def extract(manifest, root, config, folder, **options):
    return extract_module.extract(manifest, root, config, folder, per_shard=3, **options)


def content(folder):
    """Every file of a store by name, but the cluster's logs."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*"))
            if path.is_file() and "submitit" not in path.parts}


@pytest.fixture(scope="module")
def finished(corpus, tmp_path_factory):
    """The store that one process makes without interruption."""
    folder = tmp_path_factory.mktemp("finished")
    extract(corpus / "manifest.jsonl", corpus, CONFIG, folder)
    return folder


def test_store_holds_what_the_sounds_are(corpus, finished):
    store = FeatureStore(finished)
    assert len(store) == 12
    for row in store.rows():
        features = store[row.id]
        assert {len(features.mel), len(features.f0_hz), len(features.voiced), len(features.energy)} == {row.frames}
        assert np.isclose(np.linalg.norm(features.speaker_vector), 1.0, atol=1e-5)
    speakers = store.speakers["speakers"]
    for name, hz in PITCH.items():
        assert np.exp(speakers[name]["log_f0_mean"]) == pytest.approx(hz, rel=0.05)
        low, high = speakers[name]["f0_range_hz"]
        assert 60 <= low < 0.85 * hz and 1.3 * hz < high < 2 * hz
        assert speakers[name]["utterances"] == 6 and speakers[name]["octave_jump_rate"] == 0
    assert len(store.speakers["mel"]["mean"]) == 80
    assert sum(s["hours"] for s in speakers.values()) == pytest.approx(sum(0.8 + 0.11 * i for i in range(12)) / 3600, rel=1e-3)


def test_rerun_does_nothing(corpus, finished):
    before = {path: path.stat().st_mtime_ns for path in (finished / "shards").iterdir()}
    assert extract(corpus / "manifest.jsonl", corpus, CONFIG, finished).made == 0
    assert {path: path.stat().st_mtime_ns for path in (finished / "shards").iterdir()} == before


RUN = """
import sys
from tests.features.test_extract import CONFIG, extract
if __name__ == "__main__":
    extract(sys.argv[1] + "/manifest.jsonl", sys.argv[1], CONFIG, sys.argv[2], jobs=int(sys.argv[3]))
"""


def test_killed_and_continued_is_uninterrupted_to_the_byte(corpus, finished, tmp_path):
    folder = tmp_path / "store"
    process = subprocess.Popen([sys.executable, "-c", RUN, str(corpus), str(folder), "1"], start_new_session=True)
    while not (folder / "shards" / "000001.safetensors").exists() and process.poll() is None:
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    with pytest.raises(UserError, match="interrupted"):
        FeatureStore(folder)
    made = {path: path.stat().st_mtime_ns for path in (folder / "shards").glob("*.safetensors")}
    assert 2 <= len(made) < 4
    summary = extract(corpus / "manifest.jsonl", corpus, CONFIG, folder)
    assert summary.made == 4 - len(made) and all(path.stat().st_mtime_ns == when for path, when in made.items())
    leftovers = [name for name in content(folder) if name.endswith(".part")]
    assert {name: data for name, data in content(folder).items() if name not in leftovers} == content(finished)


def test_two_processes_make_the_same_bytes(corpus, finished, tmp_path):
    subprocess.run([sys.executable, "-c", RUN, str(corpus), str(tmp_path / "store"), "2"], check=True)
    assert content(tmp_path / "store") == content(finished)


def test_cluster_makes_the_same_bytes(corpus, finished, tmp_path):
    pytest.importorskip("submitit")
    extract(corpus / "manifest.jsonl", corpus, CONFIG, tmp_path / "store", cluster="submitit-local", cluster_jobs=2)
    assert content(tmp_path / "store") == content(finished)


def test_failure_on_the_cluster_is_told_in_one_sentence(corpus, tmp_path):
    pytest.importorskip("submitit")
    with pytest.raises(UserError, match="f0_method is 'none'.*its log is in"):
        extract(corpus / "manifest.jsonl", corpus, replace(CONFIG, f0_method="none"), tmp_path, cluster="submitit-local",
                cluster_jobs=1)


def test_changed_manifest_redoes_what_it_touches(corpus, tmp_path):
    lines = (corpus / "manifest.jsonl").read_text().splitlines(keepends=True)
    manifest = corpus / "changing.jsonl"
    manifest.write_text("".join(lines))
    extract(manifest, corpus, CONFIG, tmp_path)
    manifest.write_text("".join(lines[:9]).replace('"text": "text"', '"text": "other"'))
    assert extract(manifest, corpus, CONFIG, tmp_path).shards == 3  # one shard fewer; a text changes no feature
    assert len(FeatureStore(tmp_path)) == 9 and len(list((tmp_path / "shards").iterdir())) == 3
    assert extract(manifest, corpus, replace(CONFIG, mel_bands=40), tmp_path).made == 3


def broken_manifest(corpus, tmp_path):
    save_audio(corpus / "wav" / "silent.wav", np.zeros(8000), 16000)
    rows = (corpus / "manifest.jsonl").read_text().splitlines(keepends=True)
    for name in ("silent", "absent"):
        rows.append(json.dumps(Utterance(name, "text", "ann", "en-us", audio=f"wav/{name}.wav").to_dict()) + "\n")
    (corpus / "broken.jsonl").write_text("".join(rows))
    return corpus / "broken.jsonl"


def test_failed_utterances_are_named_counted_and_limited(corpus, tmp_path):
    manifest = broken_manifest(corpus, tmp_path)
    with pytest.raises(UserError, match="2 of 14 utterances have no features") as error:
        extract(manifest, corpus, CONFIG, tmp_path)
    assert "silent" in str(error.value) and "absent" in str(error.value)
    with pytest.raises(UserError):
        FeatureStore(tmp_path)
    summary = extract(manifest, corpus, CONFIG, tmp_path, max_dropped=0.2)
    assert (summary.kept, summary.dropped) == (12, 2)
    dropped = [json.loads(line)["id"] for line in (tmp_path / "dropped.jsonl").read_text().splitlines()]
    assert dropped == ["silent", "absent"] and "silent" not in FeatureStore(tmp_path)


def test_alignment_of_another_length_stops_the_run(corpus, tmp_path):
    phones = [Phone("_", 0, 10), Phone("a", 0, 53)]  # u00 has 0.8 s = 64 frames
    aligned = Utterance("u00", "a", "ann", "en-us", audio="wav/u00.wav", units=[Unit("a", (0, 1), phones)])
    write_manifest(corpus / "aligned.jsonl", [aligned])
    with pytest.raises(UserError, match="u00: its durations add up to 63 frames, but wav/u00.wav has 64"):
        extract(corpus / "aligned.jsonl", corpus, CONFIG, tmp_path)
    phones[1].frames = 54
    write_manifest(corpus / "aligned.jsonl", [aligned])
    assert extract(corpus / "aligned.jsonl", corpus, CONFIG, tmp_path).kept == 1


def test_audio_stays_inside_its_root_and_ids_are_unique(corpus, tmp_path):
    write_manifest(tmp_path / "outside.jsonl", [Utterance("a", "text", "ann", "en-us", audio="../u.wav")])
    with pytest.raises(UserError, match="leads outside"):
        extract(tmp_path / "outside.jsonl", corpus, CONFIG, tmp_path / "one")
    twice = Utterance("u00", "text", "ann", "en-us", audio="wav/u00.wav")
    write_manifest(tmp_path / "twice.jsonl", [twice, twice])
    with pytest.raises(UserError, match="u00 occurs twice"):
        extract(tmp_path / "twice.jsonl", corpus, CONFIG, tmp_path / "two")
