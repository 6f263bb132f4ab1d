"""Statistics of a corpus that are sums, so that they can be collected shard by shard and joined in any number of pieces.

Per speaker: range, mean and spread of F0, voiced share, rate of octave jumps, hours, mean speaker vector. Over all: mean and
spread of every mel band. A speaker's F0 range is 0.75 × the 5th to 1.5 × the 95th percentile of a wide first pass.
"""

from __future__ import annotations

import numpy as np

from tts.features.config import FeatureConfig

# Histogram of F0: 10 cents a bin from 30 to 2,000 Hz, whatever the configuration's range.
EDGES_HZ = 30.0 * 2 ** (np.arange(0, 728) / 120)
FEW_FRAMES = 200  # with fewer voiced frames than this a speaker keeps the wide range
PER_SPEAKER = ("utterances", "seconds", "frames", "voiced", "log_f0", "log_f0_square", "octave_jumps")


def empty_histogram() -> np.ndarray:
    return np.zeros(len(EDGES_HZ) - 1, dtype=np.int64)


def histogram(f0_hz: np.ndarray) -> np.ndarray:
    """Voiced frames per bin."""
    return np.histogram(f0_hz[f0_hz > 0], EDGES_HZ)[0]


def speaker_range(counts: np.ndarray, config: FeatureConfig) -> list[float]:
    """[low, high] in Hz within the configuration's range."""
    total = counts.sum()
    if total < FEW_FRAMES:
        return [config.f0_low_hz, config.f0_high_hz]
    share = np.cumsum(counts) / total
    low, high = EDGES_HZ[np.searchsorted(share, 0.05)], EDGES_HZ[np.searchsorted(share, 0.95) + 1]
    return [round(max(config.f0_low_hz, 0.75 * low), 1), round(min(config.f0_high_hz, 1.5 * high), 1)]


def octave_jumps(f0_hz: np.ndarray) -> int:
    """How often F0 moves by more than half an octave between two neighbouring voiced frames, which voices hardly ever do."""
    both = (f0_hz[1:] > 0) & (f0_hz[:-1] > 0)
    return int(np.count_nonzero(np.abs(np.log2(f0_hz[1:][both] / f0_hz[:-1][both])) > 0.5))


class Sums:
    """Running sums per speaker and per mel band, in float64."""

    def __init__(self):
        self.speakers: list[str] = []
        self.scalars: list[np.ndarray] = []  # one row of PER_SPEAKER each
        self.vectors: list[np.ndarray] = []
        self.mel = np.zeros((2, 1))  # sum and sum of squares per band
        self._rows: dict[str, int] = {}

    def add(self, speaker: str, seconds: float, features) -> None:
        """Count one utterance's `Features` in."""
        log_f0 = np.log(features.f0_hz[features.voiced].astype(np.float64))
        scalars = np.array([1, seconds, len(features.mel), len(log_f0), log_f0.sum(), np.square(log_f0).sum(),
                            octave_jumps(features.f0_hz)])
        mel = features.mel.astype(np.float64)
        self._add(speaker, scalars, features.speaker_vector.astype(np.float64))
        self.mel = self.mel + np.stack([mel.sum(axis=0), np.square(mel).sum(axis=0)])

    def _add(self, speaker: str, scalars: np.ndarray, vector: np.ndarray) -> None:
        row = self._rows.setdefault(speaker, len(self.speakers))
        if row == len(self.speakers):
            self.speakers.append(speaker)
            self.scalars.append(np.zeros(len(PER_SPEAKER)))
            self.vectors.append(np.zeros(len(vector)))
        self.scalars[row] += scalars
        self.vectors[row] += vector

    def arrays(self) -> dict[str, np.ndarray]:
        """The sums as arrays to be written beside a shard; `speakers` names their rows."""
        if not self.speakers:
            return {}
        return {"/scalars": np.stack(self.scalars), "/vectors": np.stack(self.vectors), "/mel": self.mel}

    def merge(self, speakers: list[str], arrays: dict[str, np.ndarray]) -> None:
        """Add what `arrays` wrote."""
        for row, speaker in enumerate(speakers):
            self._add(speaker, arrays["/scalars"][row], arrays["/vectors"][row])
        if speakers:
            self.mel = self.mel + arrays["/mel"]

    def summary(self, ranges: dict[str, list[float]]) -> dict:
        """What speakers.json holds: {"speakers": {name: {...}}, "mel": {"mean": [M], "std": [M]}}."""
        frames = sum(row[PER_SPEAKER.index("frames")] for row in self.scalars)
        speakers = {name: _describe(dict(zip(PER_SPEAKER, row)), vector, ranges.get(name))
                    for name, row, vector in sorted(zip(self.speakers, self.scalars, self.vectors), key=lambda entry: entry[0])}
        mean = self.mel[0] / max(frames, 1)
        std = np.sqrt(np.maximum(self.mel[1] / max(frames, 1) - np.square(mean), 0.0))
        return {"speakers": speakers, "mel": {"mean": _rounded(mean), "std": _rounded(std)}}


def _describe(sums: dict[str, float], vector: np.ndarray, f0_range_hz: list[float] | None) -> dict:
    voiced = max(sums["voiced"], 1)
    mean = sums["log_f0"] / voiced
    return {
        "utterances": int(sums["utterances"]),
        "hours": round(sums["seconds"] / 3600, 6),
        "f0_range_hz": f0_range_hz,
        "log_f0_mean": round(mean, 6) if sums["voiced"] else None,
        "log_f0_std": round(max(sums["log_f0_square"] / voiced - mean**2, 0.0) ** 0.5, 6) if sums["voiced"] else None,
        "voiced_share": round(sums["voiced"] / max(sums["frames"], 1), 6),
        "octave_jump_rate": round(sums["octave_jumps"] / voiced, 6),  # per voiced frame
        "vector": _rounded(vector / max(float(np.linalg.norm(vector)), 1e-9)),
    }


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 6) for value in values]
