"""The smallest vocoders that work, and a corpus of vowels with its features."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from tests.vocoder.test_griffin_lim import glide
from tts.corpus.manifest import write_manifest
from tts.corpus.utterance import Utterance
from tts.features.audio import save_audio
from tts.features.config import FeatureConfig
from tts.features.f0 import extract_f0
from tts.features.fingerprint import fingerprint
from tts.features.mel import MelSpectrogram
from tts.features.store import Features, FeatureWriter
from tts.vocoder.config import GeneratorConfig, VocoderConfig
from tts.vocoder.generator import Generator

FEATURES = FeatureConfig()
SMALL = dict(dim=16, layers=3, kernel=3, pitch_dim=16, pitch_layers=2)
CONFIG = VocoderConfig(generator=GeneratorConfig(**SMALL), crop_frames=16, windows_ms=(10.0, 50.0), bands=(20, 40), validation_utterances=2)


def tiny_generator(features: FeatureConfig = FEATURES, seed: int = 1, **changes) -> Generator:
    """Random weights, but with envelopes that are no longer the mel's own."""
    torch.manual_seed(seed)
    generator = Generator(features, GeneratorConfig(**{**SMALL, **changes}))
    with torch.no_grad():
        generator.leave.weight.normal_(0, 0.05)
    return generator.eval()


def speech_mel(seconds: float = 0.8, low: float = 110.0, high: float = 220.0) -> torch.Tensor:
    """The mel [T, M] of a vowel that glides."""
    return MelSpectrogram(FEATURES)(glide(low, high, seconds)[None])[0]


def vowel_corpus(folder: Path, count: int = 8) -> Path:
    """FOLDER/manifest.jsonl with recordings, and a store in FOLDER/features; the last two utterances are dev."""
    rows, mel = [], MelSpectrogram(FEATURES)
    with FeatureWriter(folder / "features", fingerprint(FEATURES)) as writer:
        for i in range(count):
            low = 90.0 * 1.1**i
            samples = glide(low, 1.4 * low, 0.3 + 0.06 * i).numpy()
            save_audio(folder / "wav" / f"u{i}.wav", samples, FEATURES.sample_rate)
            seen, track = mel.extract(samples), extract_f0(samples, FEATURES)
            writer.add(f"u{i}", Features(seen, track.f0_hz, track.voiced, np.zeros(len(seen), np.float32), np.ones(4, np.float32)))
            rows.append(Utterance(f"u{i}", "a", "ada", "en-us", audio=f"wav/u{i}.wav", seconds=len(samples) / FEATURES.sample_rate,
                                  split="train" if i < count - 2 else "dev"))
    write_manifest(folder / "manifest.jsonl", rows)
    return folder / "manifest.jsonl"
