"""Recordings and their features → batches of crops: what a vocoder is trained on.

A crop is named `utterance@first+frames`, so that the same name is the same crop, in any process and after any restart; `*speed` and `^decibels`
may follow, of a crop that is played faster or louder than it was recorded, as if by somebody else, and `~decibels`, of one that lies so far above
noise. An epoch has as many crops as there are utterances; every second of sound is as likely as any other, or more likely the less its speaker
says (`balance`). Mels and F0 come from a feature store, or the mels from what a model predicted frame by frame for the same recordings; sound is
decoded when needed, and kept up to a limit.
"""

from __future__ import annotations

import dataclasses
import math
import random
import zlib
from collections import Counter, OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import numpy as np
import soxr
import torch
from torch import Tensor

from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.features.audio import FULL_SCALE, load_audio, to_pcm
from tts.features.mel import MelSpectrogram
from tts.features.store import FeatureStore
from tts.vocoder.predicted import PredictedMels

QUIETEST = 1e-3  # of a crop's level, relative to full scale, where noise is added to silence
FLATTEST, STEEPEST = 0.01, 1.0  # noise is flat below this share of the highest frequency; above, magnitudes fall with its power up to this one


@dataclass
class WaveBatch:
    """Crops, zeros behind those that are shorter. Masks are True where real."""

    ids: list[str]
    mel: Tensor  # [B, T, M]
    wave: Tensor  # [B, T·hop]
    f0_hz: Tensor  # [B, T] 0 where unvoiced
    frame_mask: Tensor  # [B, T]

    def to(self, device: torch.device) -> WaveBatch:
        return dataclasses.replace(self, **{name: value.to(device, non_blocking=True)
                                            for name, value in vars(self).items() if isinstance(value, Tensor)})


@dataclass(frozen=True)
class Crop:
    """So many frames from frame `first` of an utterance on. A `speed` above 1 is faster and higher, and spans more of the recording; `snr_db` says
    how far its level lies above that of added noise, None adds none."""

    utterance: str
    first: int
    frames: int
    speed: float = 1.0
    gain_db: float = 0.0
    snr_db: float | None = None

    @property
    def as_recorded(self) -> bool:
        return self.speed == 1 and self.gain_db == 0 and self.snr_db is None

    def __str__(self) -> str:
        changed = "" if self.as_recorded else f"*{self.speed:g}^{self.gain_db:g}"
        return f"{self.utterance}@{self.first}+{self.frames}{changed}" + (f"~{self.snr_db:g}" if self.snr_db is not None else "")

    @classmethod
    def parse(cls, text: str) -> Crop:
        utterance, _, place = text.rpartition("@")
        place, _, snr_db = place.partition("~")
        place, _, change = place.partition("*")
        first, _, frames = place.partition("+")
        speed, _, gain_db = change.partition("^")
        return cls(utterance, int(first), int(frames), float(speed or 1), float(gain_db or 0), float(snr_db) if snr_db else None)


class Recordings:
    """Samples of utterances at one rate; the latest `most_mb` of them stay in memory, as 16-bit numbers."""

    def __init__(self, paths: dict[str, Path], sample_rate: int, most_mb: int):
        self.paths, self.sample_rate, self.most = paths, sample_rate, most_mb * 1_000_000
        self.kept: OrderedDict[str, np.ndarray] = OrderedDict()
        self.bytes = 0

    def __getitem__(self, name: str) -> np.ndarray:
        if name in self.kept:
            self.kept.move_to_end(name)
            return self.kept[name]
        samples = to_pcm(load_audio(self.paths[name], self.sample_rate))
        self.kept[name] = samples
        self.bytes += samples.nbytes
        while self.bytes > self.most and len(self.kept) > 1:
            self.bytes -= self.kept.popitem(last=False)[1].nbytes
        return samples

    def __getstate__(self) -> dict:
        return {**vars(self), "kept": OrderedDict(), "bytes": 0}


class CropSource:
    """A BatchSource of random crops, at speeds and levels within the bounds given, `noisy_share` of them with noise; with `whole`, of the beginnings of utterances one by one, as
    they are, to validate on. Predicted mels are not changed either. `balance`: 0 takes every second alike, 1 every speaker."""

    def __init__(self, utterances: Iterable[Utterance], audio_root: Path, store: FeatureStore, crop_frames: int, batch_frames: int, seed: int,
                 cache_mb: int, mels: PredictedMels | None = None, whole: bool = False, speeds: tuple[float, float] = (1.0, 1.0),
                 gains_db: tuple[float, float] = (0.0, 0.0), noisy_share: float = 0.0, snrs_db: tuple[float, float] = (10.0, 40.0),
                 balance: float = 0.0):
        self.store, self.crop_frames, self.batch_frames, self.seed, self.mels, self.whole = store, crop_frames, batch_frames, seed, mels, whole
        self.speeds, self.gains_db = (speeds, gains_db) if mels is None else ((1.0, 1.0), (0.0, 0.0))
        self.noisy_share, self.snrs_db = noisy_share if mels is None else 0.0, snrs_db
        self.config = store.fingerprint.config
        self.mel = MelSpectrogram(self.config)
        utterances = [u for u in utterances if mels is None or u.id in mels]
        if not utterances:
            raise UserError("no utterances to train the vocoder on; check the split of the manifest (tts corpus info)"
                            + (f" and the mels in {mels.folder}" if mels is not None else ""))
        self.lengths = {u.id: store.frames(u.id) for u in utterances}
        spoken = Counter()
        for u in utterances:
            spoken[u.speaker] += self.lengths[u.id]
        self.weights = [self.lengths[u.id] * spoken[u.speaker] ** -balance for u in utterances]
        self.recordings = Recordings({u.id: audio_root / u.audio for u in utterances}, self.config.sample_rate, cache_mb)

    def batches(self, epoch: int) -> list[list[str]]:
        if self.whole:
            return [[str(Crop(name, 0, min(frames, self.crop_frames)))] for name, frames in self.lengths.items()]
        chance = random.Random(f"{self.seed}/{epoch}")
        names = list(self.lengths)
        chosen = chance.choices(names, cum_weights=list(accumulate(self.weights)), k=len(names))
        crops = [str(self._draw(name, chance)) for name in chosen]
        size = max(1, self.batch_frames // self.crop_frames)
        return [crops[i : i + size] for i in range(0, len(crops), size)]

    def _draw(self, name: str, chance: random.Random) -> Crop:
        speed = round(math.exp(chance.uniform(*map(math.log, self.speeds))), 3)
        frames = min(self.crop_frames, int(self.lengths[name] / speed))
        first = chance.randint(0, max(0, self.lengths[name] - math.ceil(frames * speed)))
        gain_db = round(chance.uniform(*self.gains_db), 1)
        snr_db = round(chance.uniform(*self.snrs_db), 1) if self.noisy_share and chance.random() < self.noisy_share else None
        return Crop(name, first, frames, speed, gain_db, snr_db)

    def frames(self, ids: list[str]) -> int:
        return sum(Crop.parse(text).frames for text in ids)

    def load(self, ids: list[str]) -> WaveBatch:
        crops = [Crop.parse(text) for text in ids]
        hop, longest = self.config.hop_samples, max(crop.frames for crop in crops)
        mel = np.zeros((len(crops), longest, self.config.mel_bands), np.float32)
        wave = np.zeros((len(crops), longest * hop), np.float32)
        f0_hz, mask = np.zeros((len(crops), longest), np.float32), np.zeros((len(crops), longest), bool)
        for row, crop in enumerate(crops):
            mask[row, : crop.frames] = True
            if not crop.as_recorded:
                mel[row, : crop.frames], wave[row, : crop.frames * hop], f0_hz[row, : crop.frames] = self._changed(crop)
                continue
            features, place = self.store[crop.utterance], slice(crop.first, crop.first + crop.frames)
            seen = features.mel if self.mels is None else self.mels[crop.utterance]
            if seen.shape != features.mel.shape:
                raise UserError(f"{self.mels.folder}/{crop.utterance}.npy has shape {seen.shape}, the recording's mel {features.mel.shape}; predict "
                                "with the recording's own durations, so that frame belongs to frame")
            samples = self.recordings[crop.utterance][crop.first * hop : (crop.first + crop.frames) * hop]
            mel[row, : crop.frames] = seen[place]
            wave[row, : len(samples)] = samples.astype(np.float32) / FULL_SCALE
            f0_hz[row, : crop.frames] = np.where(features.voiced[place], features.f0_hz[place], 0)
        return WaveBatch(list(ids), *map(torch.from_numpy, (mel, wave, f0_hz, mask)))

    def _changed(self, crop: Crop) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Mel, wave and F0 of a crop that is played at another speed and level, or with noise."""
        hop, margin = self.config.hop_samples, self.mel.stft.margin
        samples, length = self.recordings[crop.utterance], crop.frames * hop + 2 * margin
        begin = crop.first * hop - round(margin * crop.speed)
        end = begin + math.ceil(length * crop.speed) + 1
        around = np.pad(samples[max(0, begin) : end].astype(np.float32), (max(0, -begin), max(0, end - len(samples))))
        played = soxr.resample(around, crop.speed, 1.0, quality="MQ")[:length]
        played = np.pad(played, (0, length - len(played))) * (10 ** (crop.gain_db / 20) / FULL_SCALE)
        if crop.snr_db is not None:
            played = played + room_noise(str(crop), len(played)) * max(np.sqrt(np.mean(played**2)), QUIETEST) * 10 ** (-crop.snr_db / 20)
        played = played.astype(np.float32)
        with torch.inference_mode():
            mel = self.mel.of_padded(torch.from_numpy(played)[None])[0].numpy()
        features = self.store[crop.utterance]
        f0_hz = np.where(features.voiced, features.f0_hz, 0)
        places = crop.first + (np.arange(crop.frames) + 0.5) * crop.speed - 0.5
        nearest = places.round().astype(int).clip(0, len(f0_hz) - 1)
        return mel, played[margin : margin + crop.frames * hop], crop.speed * _between(f0_hz, places, nearest)


def room_noise(name: str, samples: int) -> np.ndarray:
    """Noise [N] of unit power, between white and brown; always the same for a name."""
    chance = np.random.default_rng(zlib.crc32(name.encode()))
    spectrum = np.fft.rfft(chance.standard_normal(samples))
    spectrum *= np.maximum(np.linspace(0, 1, len(spectrum)), FLATTEST) ** -chance.uniform(0, STEEPEST)
    noise = np.fft.irfft(spectrum, samples)
    return noise / np.sqrt(np.mean(noise**2))


def _between(f0_hz: np.ndarray, places: np.ndarray, nearest: np.ndarray) -> np.ndarray:
    """F0 at fractional frames: between two voiced ones on the line that joins them, else that of the nearest."""
    low = np.floor(places).astype(int).clip(0, len(f0_hz) - 1)
    high = (low + 1).clip(max=len(f0_hz) - 1)
    line = f0_hz[low] + (places - low).clip(0, 1) * (f0_hz[high] - f0_hz[low])
    return np.where((f0_hz[low] > 0) & (f0_hz[high] > 0), line, f0_hz[nearest])
