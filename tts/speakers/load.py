"""Encoders of speakers as folders: our own (`tts speakers train`), or a pretrained x-vector network in the form of transformers
(config.json with WavLMForXVector and the like, model.safetensors), behind one interface: a recording → a vector of unit length.

    ours    model.safetensors  encoder.yaml  fingerprint.json  card.json
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Protocol

import numpy as np
import soxr
import torch

from tts.config.load import load_config
from tts.errors import UserError
from tts.features.f0 import F0Track
from tts.features.fingerprint import Fingerprint
from tts.features.mel import MelSpectrogram
from tts.features.speaker import speaker_encoder
from tts.paths import file_digest
from tts.speakers.config import SpeakerEncoderConfig
from tts.speakers.encoder import SpeakerNetwork
from tts.training.checkpoint import load_weights

FILES = ("model.safetensors", "encoder.yaml", "fingerprint.json", "card.json")
PRETRAINED_FILES = ("config.json", "model.safetensors")
FOLDER = "speaker_encoder"  # in a model's folder


class IdentifiedEncoder(Protocol):
    """A speaker encoder that knows its own identity: vectors of one mean nothing to another."""

    identity: str
    size: int

    def __call__(self, samples: np.ndarray, rate: int, track: F0Track | None = None) -> np.ndarray: ...


class TrainedEncoder:
    """Our own network; also takes mels that are made already."""

    def __init__(self, folder: Path, device: str | torch.device = "cpu"):
        self.fingerprint = Fingerprint.load(folder / "fingerprint.json")
        config, card = load_config(SpeakerEncoderConfig, [folder / "encoder.yaml"]), json.loads((folder / "card.json").read_text(encoding="utf-8"))
        self.network = SpeakerNetwork(card["speakers"], self.fingerprint.config.mel_bands, config)
        load_weights(self.network, folder / "model.safetensors")
        self.network.to(device).eval()
        self._mel = MelSpectrogram(self.fingerprint.config)
        self.identity, self.size = file_digest(folder / "model.safetensors")[:12], config.size

    def __call__(self, samples: np.ndarray, rate: int, track: F0Track | None = None) -> np.ndarray:
        own_rate = self.fingerprint.config.sample_rate
        return self.of_mel(self._mel.extract(samples if rate == own_rate else soxr.resample(samples, rate, own_rate)))

    def of_mel(self, mel: np.ndarray) -> np.ndarray:
        """mel [T, M] → vector [V]."""
        with torch.inference_mode():
            frames = torch.from_numpy(np.ascontiguousarray(mel, dtype=np.float32))[None].to(self.network.mel_mean.device)
            return self.network(frames, torch.ones(1, frames.shape[1], dtype=torch.bool,
                                                   device=frames.device))[0].float().cpu().numpy()


class PretrainedEncoder:
    """A network of transformers that gives x-vectors of sound at 16 kHz. Only safetensors are read: no pickle ever runs."""

    rate = 16000

    def __init__(self, folder: Path, device: str | torch.device = "cpu"):
        from transformers import AutoModelForAudioXVector

        try:
            network = AutoModelForAudioXVector.from_pretrained(folder, local_files_only=True, use_safetensors=True)
        except (OSError, ValueError) as error:
            raise UserError(f"{folder}: not a pretrained x-vector network ({error}); expected config.json and model.safetensors of one that transformers "
                            "knows, such as WavLMForXVector") from None
        self.network = network.to(device).eval()
        self.identity, self.size = file_digest(folder / "model.safetensors")[:12], network.config.xvector_output_dim

    def __call__(self, samples: np.ndarray, rate: int, track: F0Track | None = None) -> np.ndarray:
        if rate != self.rate:
            samples = soxr.resample(samples, rate, self.rate)
        samples = (samples - samples.mean()) / max(float(samples.std()), 1e-7)
        with torch.inference_mode():
            vector = self.network(torch.from_numpy(samples.astype(np.float32))[None].to(self.network.device)).embeddings[0].float().cpu().numpy()
        return vector / max(float(np.linalg.norm(vector)), 1e-9)


class BuiltInEncoder:
    """One of `tts.features.speaker` by name."""

    def __init__(self, name: str):
        self._encoder = speaker_encoder(name)
        self.identity, self.size = name, self._encoder.size

    def __call__(self, samples: np.ndarray, rate: int, track: F0Track | None = None) -> np.ndarray:
        return self._encoder(samples, rate, track)


def load_encoder(folder: str | Path, device: str | torch.device = "cpu") -> IdentifiedEncoder:
    """The encoder in a folder, or a built-in one by its name (statistics)."""
    path = Path(folder)
    if all((path / name).is_file() for name in FILES):
        return TrainedEncoder(path, device)
    if all((path / name).is_file() for name in PRETRAINED_FILES):
        return PretrainedEncoder(path, device)
    if path.exists() or path.name != str(folder):
        raise UserError(f"{folder}: no speaker encoder; expected {', '.join(FILES)} (tts speakers train), or {' and '.join(PRETRAINED_FILES)} of a "
                        "pretrained one")
    return BuiltInEncoder(str(folder))


def copy_encoder(source: Path, target: Path) -> None:
    """A copy of an encoder's folder, without what its training left behind."""
    names = FILES if (source / "encoder.yaml").is_file() else PRETRAINED_FILES
    target.mkdir(parents=True, exist_ok=True)
    for name in names:
        shutil.copyfile(source / name, target / name)
