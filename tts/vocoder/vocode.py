"""Mels, from recordings or from a feature store, to wav files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch

from tts.corpus.manifest import read_manifest
from tts.errors import UserError
from tts.features.audio import limited, load_audio, save_audio
from tts.features.config import FeatureConfig
from tts.features.fingerprint import Fingerprint, fingerprint
from tts.features.mel import MelSpectrogram
from tts.features.store import FeatureStore
from tts.paths import file_in
from tts.vocoder.load import load_vocoder

CHUNK_FRAMES = 1024  # so that an hour costs little more memory than a sentence
SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3")


def recorded_mels(inputs: Iterable[Path], config: FeatureConfig) -> tuple[Iterator[tuple[str, np.ndarray]], Fingerprint]:
    """Names and mels [T, M] of recordings, or of all recordings in folders, one at a time."""
    files = [
        path
        for item in inputs
        for path in (sorted(p for p in item.rglob("*") if p.suffix.lower() in SUFFIXES) if item.is_dir() else [item])
    ]
    if not files:
        raise UserError(f"no recordings ({', '.join(SUFFIXES)}) in {', '.join(map(str, inputs))}")
    names = [path.stem for path in files]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UserError(
            f"{len(twice)} names occur twice ({', '.join(twice[:5])}); each input becomes NAME.wav: vocode the folders one by one"
        )
    mel = MelSpectrogram(config)
    return (
        (path.stem, mel(torch.from_numpy(load_audio(path, config.sample_rate))[None])[0].numpy()) for path in files
    ), fingerprint(config)


def stored_mels(folder: Path, manifest: Path | None, split: str | None) -> tuple[Iterator[tuple[str, np.ndarray]], Fingerprint]:
    """Ids and mels [T, M] of a feature store, all or those of a manifest (and split)."""
    store = FeatureStore(folder)
    ids = (u.id for u in read_manifest(manifest) if split in (None, u.split)) if manifest else (row.id for row in store.rows())
    return ((name, store[name].mel) for name in ids), store.fingerprint


def vocode_all(
    mels: Iterable[tuple[str, np.ndarray]],
    mel_fingerprint: Fingerprint,
    output: Path,
    vocoder: str | Path | None = None,
    iterations: int | None = None,
    device: str = "cpu",
) -> tuple[int, float]:
    """Write NAME.wav in `output` for every mel; returns how many and their seconds."""
    config = mel_fingerprint.config
    engine = load_vocoder(vocoder, mel_fingerprint, device, iterations)
    count, samples = 0, 0
    for name, mel in mels:
        wave = torch.cat([torch.zeros(0), *(piece.cpu() for piece in engine.stream(torch.from_numpy(mel), CHUNK_FRAMES))]).numpy()
        save_audio(file_in(output, name, ".wav"), limited(wave, config.sample_rate), config.sample_rate)
        count, samples = count + 1, samples + len(wave)
    return count, samples / config.sample_rate
