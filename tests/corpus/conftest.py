"""A small clean corpus that every rule accepts, and means to break it."""

import json
import shutil

import numpy as np
import pytest
import soundfile

from tts.corpus.manifest import write_manifest
from tts.corpus.utterance import Utterance

RATE = 16000


def speech(seconds: float, seed: int, rate: int = RATE) -> np.ndarray:
    """Something with syllables: a buzz of 150 Hz that swells four times a second; no two seeds alike."""
    time = np.arange(round(seconds * rate)) / rate
    buzz = sum(np.sin(2 * np.pi * 150 * k * time + seed * k) / k for k in range(1, 20))
    noise = np.random.default_rng(seed).standard_normal(len(time))
    return (0.2 * buzz * (0.55 + 0.45 * np.sin(2 * np.pi * 4 * time)) + 1e-4 * noise).astype("f4")


def text_for(seconds: float, number: int) -> str:
    """Different words for every number, thirteen letters a second."""
    rng = np.random.default_rng(number)
    letters = "".join(rng.choice(list("abdeilmnorstu"), size=round(13 * seconds)))
    return f"{letters[:5].capitalize()} {letters[5:9]} {letters[9:]}."


@pytest.fixture(scope="session")
def pristine(tmp_path_factory):
    """Made once; `clean` is a copy of it."""
    root = tmp_path_factory.mktemp("corpus") / "clean"
    rows = []
    for number in range(30):
        seconds = 1.0 + 0.1 * (number % 7)
        speaker = "bob" if number % 5 else "ada"
        path = root / "wav" / speaker / f"{speaker}_{number:02}.flac"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, speech(seconds, number), RATE)
        rows.append(Utterance(f"{speaker}_{number:02}", text_for(seconds, number), speaker, "en-us", "read",
                              path.relative_to(root).as_posix(), round(seconds, 6)))
    write_manifest(root / "manifest.jsonl", rows)
    return root


@pytest.fixture
def clean(pristine, tmp_path):
    """A folder with manifest.jsonl of 30 utterances (24 by bob, 6 by ada) and their sound."""
    return shutil.copytree(pristine, tmp_path / "clean")


@pytest.fixture
def rows():
    """Read a folder's manifest as dictionaries, or write it: rows(folder), rows(folder, changed)."""

    def access(folder, changed=None):
        path = folder / "manifest.jsonl"
        if changed is None:
            return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        path.write_text("".join(json.dumps(row) + "\n" for row in changed), encoding="utf-8")

    return access
