"""A voice that does what it is told, so that what was asked can be found in its sound; and its studio, served from a thread."""

from __future__ import annotations

import math
import socket
import threading
from pathlib import Path

import numpy as np
import torch
import uvicorn

from tests.helpers.voice import voice_folder
from tts.corpus.manifest import write_manifest
from tts.features.mel import MelSpectrogram
from tts.models.backbone.acoustic import Synthesis
from tts.studio.server import make_app
from tts.studio.studio import Studio
from tts.synthesis.synthesizer import Synthesizer
from tts.synthesis.transfers import choose_utterances

TEXT = "Hello there, my good boys."
RECORDED = "My good boys, hello."


def singing(folder: Path, system: str = "copycat2") -> Synthesizer:
    """The tiny model with random weights, but of slow phones and a calm F0, and its mel is that of a tone with just this F0
    that swells on every phone."""
    synthesizer = Synthesizer.load(voice_folder(folder, system=system))
    model, features = synthesizer.loaded.model, synthesizer.loaded.features
    with torch.no_grad():
        model.duration_model.leave.weight.mul_(0.2)
        model.duration_model.leave.bias.fill_(math.log(12.0))
        model.f0_model.leave.weight.mul_(0.02)
        model.f0_model.leave.bias.copy_(torch.tensor([math.log(180 / 150), 9.0]))
    mel, render = MelSpectrogram(features), model.render

    def sing(*arguments, **given) -> Synthesis:
        made = render(*arguments, **given)
        phase = 2 * np.pi * np.cumsum(np.repeat(made.f0_hz.astype(np.float64), features.hop_samples)) / features.sample_rate
        tone = sum(np.sin(harmonic * phase) / harmonic for harmonic in range(1, 30))
        swell = np.concatenate([0.15 + np.hanning(frames * features.hop_samples) for frames in made.durations])
        return Synthesis(mel.extract((0.1 * swell * tone).astype(np.float32)), made.durations, made.f0_hz)

    model.render = sing
    return synthesizer


def record(synthesizer: Synthesizer, folder: Path) -> Path:
    """A manifest of one aligned recording: of the voice itself."""
    speech = synthesizer.say(RECORDED, "ada", seed=1)
    folder.mkdir(parents=True, exist_ok=True)
    speech.save(folder / "r1.wav")
    write_manifest(folder / "manifest.jsonl", [speech.utterance("r1", "r1.wav")])
    return folder / "manifest.jsonl"


class Served:
    """The studio of a synthesizer at `address`, until the block ends."""

    def __init__(self, synthesizer: Synthesizer, manifest: Path | None = None):
        recordings = choose_utterances(manifest, None, None) if manifest else ()
        self.studio = Studio(synthesizer, recordings, manifest.parent if manifest else Path("."))

    def __enter__(self) -> Served:
        listening = socket.create_server(("127.0.0.1", 0))
        self.port = listening.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}/"
        self._server = uvicorn.Server(uvicorn.Config(make_app(self.studio, "127.0.0.1"), log_level="warning", lifespan="off"))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]})
        self._thread.start()
        return self

    def __exit__(self, *error) -> None:
        self._server.should_exit = True
        self._thread.join()
