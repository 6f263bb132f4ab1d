import numpy as np
import pytest
import soundfile

from tests.corpus.conftest import RATE, speech
from tts.corpus.fix import REST_SECONDS, fix_manifest
from tts.corpus.manifest import read_manifest, write_manifest
from tts.corpus.rules import Limits
from tts.corpus.utterance import Phone, Unit
from tts.errors import UserError


def test_untouched_sound_is_the_same_and_text_is_mended(clean, rows, tmp_path):
    table = rows(clean)
    table[4]["text"] = "First\tpart\x07 and  second."
    rows(clean, table)
    facts = fix_manifest(clean / "manifest.jsonl", tmp_path / "fixed")
    fixed = list(read_manifest(tmp_path / "fixed" / "manifest.jsonl"))
    assert fixed[4].text == "First part and second."
    assert facts.mends == {"text: control-characters": 1} and facts.kept == 30
    for old, new in zip(table, fixed):
        assert (clean / old["audio"]).read_bytes() == (tmp_path / "fixed" / new.audio).read_bytes()


def test_trimming_keeps_the_speech_and_a_rest(clean, rows, tmp_path):
    table = rows(clean)
    silence = np.zeros(2 * RATE)
    samples, _ = soundfile.read(clean / table[4]["audio"])
    soundfile.write(clean / table[4]["audio"], np.concatenate([silence, samples, silence]), RATE)
    table[4]["seconds"] += 4.0
    rows(clean, table)
    facts = fix_manifest(clean / "manifest.jsonl", tmp_path / "fixed")
    assert facts.mends == {"trim: edge-silence": 1}
    fixed = list(read_manifest(tmp_path / "fixed" / "manifest.jsonl"))[4]
    trimmed, _ = soundfile.read(tmp_path / "fixed" / fixed.audio)
    assert fixed.seconds == pytest.approx(len(samples) / RATE + 2 * REST_SECONDS, abs=0.1)
    places = range(len(trimmed) - len(samples) + 1)
    assert any(np.array_equal(trimmed[start: start + len(samples)], samples) for start in places)


def test_channels_and_rate_are_converted(clean, rows, tmp_path):
    table = rows(clean)
    samples = speech(1.1, 8, 24000)
    soundfile.write(clean / table[8]["audio"], np.stack([samples, -0.5 * samples], axis=1), 24000)
    facts = fix_manifest(clean / "manifest.jsonl", tmp_path / "fixed", Limits(sample_rate=RATE))
    assert facts.kept == 30 and sum(facts.mends.values()) == 1
    assert facts.scaled == []
    info = soundfile.info(tmp_path / "fixed" / table[8]["audio"])
    assert (info.channels, info.samplerate, info.duration) == (1, RATE, pytest.approx(1.1, abs=1e-3))


def test_resampled_peaks_are_scaled_counted_and_named(clean, rows, tmp_path, recwarn):
    table = rows(clean)
    square = np.sign(np.sin(2 * np.pi * 500 * np.arange(26400) / 24000)) * 0.999  # overshoots when resampled
    soundfile.write(clean / table[8]["audio"], square, 24000)
    facts = fix_manifest(clean / "manifest.jsonl", tmp_path / "fixed", Limits(sample_rate=RATE))
    assert facts.scaled == [table[8]["id"]] and len(recwarn) == 0
    assert f"{table[8]['id']}\tscale\t" in (tmp_path / "fixed" / "fixed.tsv").read_text(encoding="utf-8")


def test_drop_takes_named_warnings_too(clean, rows, tmp_path):
    table = rows(clean)
    table[4]["text"] = "Some <b>bold</b> text"
    rows(clean, table)
    assert fix_manifest(clean / "manifest.jsonl", tmp_path / "kept").kept == 30
    assert fix_manifest(clean / "manifest.jsonl", tmp_path / "dropped", drop=["markup"]).mends == {"drop: markup": 1}
    with pytest.raises(UserError, match="no rule 'nonsense'"):
        fix_manifest(clean / "manifest.jsonl", tmp_path / "x", drop=["nonsense"])


def test_refuses_to_put_words_out_of_step_or_overwrite(clean, tmp_path):
    utterances = list(read_manifest(clean / "manifest.jsonl"))
    utterances[4].text = "Bell\x07s"
    utterances[4].units = [Unit("Bells", (0, 6), [Phone("b")])]
    write_manifest(clean / "manifest.jsonl", utterances)
    with pytest.raises(UserError, match="bob_04.*out of step"):
        fix_manifest(clean / "manifest.jsonl", tmp_path / "fixed")
    assert not (tmp_path / "fixed" / "manifest.jsonl").exists()
    with pytest.raises(UserError, match="corpus itself"):
        fix_manifest(clean / "manifest.jsonl", clean)


def test_nothing_left_is_an_error(clean, rows, tmp_path):
    rows(clean, [row | {"text": ""} for row in rows(clean)])
    with pytest.raises(UserError, match="nothing was left"):
        fix_manifest(clean / "manifest.jsonl", tmp_path / "fixed")
