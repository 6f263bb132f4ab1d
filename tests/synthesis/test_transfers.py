"""Many transfers: who speaks, what is written, what fails."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from tests.helpers.voice import voice_folder
from tests.vocoder.test_griffin_lim import glide
from tts.cli import main
from tts.corpus.manifest import read_manifest, write_manifest
from tts.corpus.utterance import Utterance
from tts.features.audio import save_audio
from tts.features.config import FeatureConfig
from tts.prosody.file import load_prosody
from tts.synthesis.sentences import with_frames
from tts.synthesis.transfers import ALL, NEXT, OWN, voices_for
from tts.text.frontend import TextFrontend

LANGUAGES = {"ada": "en-us", "bea": "en-us", "cid": "en-us", "dan": "en-gb", "eva": "es", "fox": "de", "gil": "de"}
MODEL = SimpleNamespace(voices=list(LANGUAGES), language_of=LANGUAGES.get)


def said_by(speaker: str, language: str | None = None) -> Utterance:
    return Utterance("u", "Yes.", speaker, language or LANGUAGES[speaker])


def test_the_next_voice_is_of_the_language_and_never_the_own():
    following = {name: voices_for(MODEL, said_by(name), NEXT) for name in LANGUAGES}
    assert following == {"ada": ["bea"], "bea": ["cid"], "cid": ["ada"], "dan": ["ada"], "eva": ["fox"], "fox": ["gil"], "gil": ["fox"]}
    assert voices_for(MODEL, said_by("bob", "en-us"), NEXT) == ["cid"]  # somebody the model never heard
    assert voices_for(MODEL, said_by("bea"), ALL) == ["cid", "ada"] and voices_for(MODEL, said_by("dan"), ALL) == ["ada", "bea", "cid"]
    assert voices_for(MODEL, said_by("eva"), ALL) == ["fox", "gil", "ada", "bea", "cid", "dan"]  # no other Spanish voice
    assert voices_for(MODEL, said_by("eva"), OWN) == ["eva"] and voices_for(MODEL, said_by("eva"), ["gil"]) == ["gil"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """A model of random weights and an aligned manifest: two recordings that can be read, and one that is silence."""
    root = tmp_path_factory.mktemp("transfers")
    config = FeatureConfig(f0_method="dio")
    voice_folder(root / "model", features=config, system="copycat2")
    rows = []
    for name, speaker, language, text in (("u_1", "ada", "en-us", "Hello there, dear voice."), ("u_2", "ben", "de", "Guten Tag."),
                                          ("u_3", "ada", "en-us", "Yes.")):
        units = TextFrontend(language).process(text).units
        frames = [8 if unit.is_pause else 6 for unit in units for _ in unit.phones]
        sound = glide(110, 160, sum(frames) * config.frame_seconds).numpy()[: sum(frames) * config.hop_samples]
        edge = 8 * config.hop_samples
        loudness = np.interp(np.arange(len(sound)), [0, edge, 2 * edge, len(sound) - edge, len(sound)], [0, 1e-3, 1, 0.2, 0])
        save_audio(root / "wav" / f"{name}.wav", sound * loudness * (0 if name == "u_3" else 1), config.sample_rate)
        rows.append(Utterance(name, text, speaker, language, audio=f"wav/{name}.wav", split="test", units=with_frames(units, frames)))
    write_manifest(root / "manifest.jsonl", rows)
    return root


def transfer(corpus, output, *options: str) -> int:
    return main(["transfer", "--manifest", str(corpus / "manifest.jsonl"), "--audio-root", str(corpus), "--model", str(corpus / "model"),
                 "--output", str(output), *options])


def test_every_utterance_in_another_voice_and_the_bad_one_named(corpus, tmp_path, capsys):
    assert transfer(corpus, tmp_path / "out", "--save-prosody", str(tmp_path / "kept")) == 1
    said = capsys.readouterr()
    assert "failed: u_3: " in said.err and "silence" in said.err and "2 files" in said.out and "1 texts failed" in said.out
    found = {u.id: (u.speaker, u.language, u.audio) for u in read_manifest(tmp_path / "out" / "manifest.jsonl")}
    assert found == {"u_1--ben": ("ben", "en-us", "u_1--ben.wav"), "u_2--ada": ("ada", "de", "u_2--ada.wav")}
    assert all((tmp_path / "out" / audio).is_file() for *_, audio in found.values())
    facts = json.loads((tmp_path / "out" / "transfer.json").read_text())
    assert facts["files"] == 2 and list(facts["failures"]) == ["u_3"] and facts["voices"] == "next"
    prosody = load_prosody(tmp_path / "kept" / "u_1.json")
    assert prosody.speaker == "ada" and [w.duration_ms for w in prosody.words if w.text == "Hello"] == [6 * 4 * 12.5]


def test_an_edit_is_heard_and_written_down(corpus, tmp_path):
    for folder, options in (("own", ()), ("edited", ("--edit", "longest: stretch=2"))):
        assert transfer(corpus, tmp_path / folder, "--voices", "own", "--limit", "1", *options) == 0
    [plain], [edited] = (list(read_manifest(tmp_path / folder / "manifest.jsonl")) for folder in ("own", "edited"))
    assert json.loads((tmp_path / "edited" / "transfer.json").read_text())["edited"] == {"u_1--ada": [{"unit": 1, "text": "Hello", "stretch": 2.0}]}
    assert edited.id == "u_1--ada" and edited.units[1].frames > 1.5 * plain.units[1].frames
    elsewhere = [abs(a.frames - b.frames) for a, b in zip(edited.units[2:], plain.units[2:])]
    assert max(elsewhere) <= 1  # fractions of a frame are carried on


def test_an_alignment_of_other_features_is_refused(corpus, tmp_path, capsys):
    rows = list(read_manifest(corpus / "manifest.jsonl"))[:1]
    rows[0].units = with_frames(rows[0].units, [frames + 1 for frames in rows[0].durations])
    write_manifest(tmp_path / "other.jsonl", rows)
    assert transfer(corpus, tmp_path / "out", "--manifest", str(tmp_path / "other.jsonl")) == 1
    assert "align again" in capsys.readouterr().err


@pytest.mark.parametrize("arguments, message", [
    ([], "a recording and --text or --text-file and --voice missing"),
    (["a.wav", "--text", "Yes."], "--voice missing"),
    (["--manifest", "m.jsonl", "--text", "Yes."], "--text does not go with --manifest"),
    (["--manifest", "m.jsonl", "--edit", "loud"], "WORDS: NAME=VALUE"),
])
def test_wrong_uses_are_told(arguments, message, tmp_path, capsys):
    assert main(["transfer", *arguments, "-o", str(tmp_path / "out.wav")]) == 1
    assert message in capsys.readouterr().err and not list(tmp_path.iterdir())
