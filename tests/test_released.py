"""The voices that come with the package, whichever these are: small, complete, and audible. Skipped where none are there."""

import json
from pathlib import Path

import pytest
import soundfile

import tts
from tts.cli import main
from tts.export.release import MOST_MB, size_mb
from tts.synthesis.voices import released_models
from tts.vocoder.folder import is_vocoder

DATA = Path(tts.__file__).parent / "data"


@pytest.fixture
def released(monkeypatch, tmp_path):
    """The released models; nothing is installed."""
    monkeypatch.setenv("TTS_RELEASED", str(DATA))
    monkeypatch.setenv("TTS_HOME", str(tmp_path / "home"))
    found = released_models()
    if not found:
        pytest.skip("no voices come with the package here; egs/cc0/copycat2/run.sh --release makes some")
    return found


def test_they_are_small_and_say_what_they_are(released):
    assert sum(size_mb(model.folder) for model in released) <= MOST_MB["model"]
    assert is_vocoder(DATA / "vocoder") and size_mb(DATA / "vocoder") <= MOST_MB["vocoder"]
    for folder in (DATA / "vocoder", *(model.folder for model in released)):
        card, facts = (folder / "README.md").read_text(encoding="utf-8"), json.loads((folder / "card.json").read_text(encoding="utf-8"))
        assert facts["licence"] in card and "not stated" not in card and "./run.sh" in card, folder


def test_they_speak_every_language_they_know(released, tmp_path, capsys):
    assert main(["voices", "samples", "-o", str(tmp_path)]) == 0
    spoken = sorted(tmp_path.glob("*.wav"))
    assert len(spoken) == sum(len(model.languages) for model in released)
    assert all(soundfile.info(path).duration > 2 for path in spoken)
    assert "Griffin-Lim" not in capsys.readouterr().err
