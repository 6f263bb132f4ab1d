"""A sound file as evaluation sees it: read once, and analysed only as far as a score asks.

Both sides of a comparison are analysed at one rate, with one F0 method, range and frame shift, which `Settings` holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.evaluation.cepstra import ORDER_AND_WARPING, mel_cepstra
from tts.evaluation.pairing import Source
from tts.features.audio import load_audio
from tts.features.config import FeatureConfig
from tts.features.f0 import extract_f0

SHORTEST_SECONDS = 0.1
ALIGNMENTS = ("dtw", "none", "durations")


@dataclass(frozen=True)
class Settings:
    """How sounds are analysed and compared.

    config  rate, frame shift, F0 method and range
    alignment  how frames of two sounds are paired, one of ALIGNMENTS (warp.py)
    unit_seconds  what one frame of a manifest's alignment lasts
    f0_ranges_hz  by speaker, instead of the configuration's
    """

    config: FeatureConfig = field(default_factory=FeatureConfig)
    alignment: str = "dtw"
    unit_seconds: float = 0.0125
    f0_ranges_hz: dict[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Segment:
    """A word or a phone in time, in seconds."""

    text: str
    start: float
    end: float


class Sound:
    """A source's sound. What cannot be used is a UserError that says why, at the first question."""

    def __init__(self, source: Source, settings: Settings, speaker: str = ""):
        self.source = source
        self.settings = settings
        self.speaker = speaker

    @cached_property
    def utterance(self) -> Utterance | None:
        """Its row of a manifest, if there is one."""
        return self.source.utterance()

    @cached_property
    def samples(self) -> np.ndarray:
        """Samples [N] at the rate of the settings."""
        samples = load_audio(self.source.path, self.settings.config.sample_rate)
        seconds = len(samples) / self.settings.config.sample_rate
        if seconds < SHORTEST_SECONDS:
            raise UserError(f"{self.source.path}: {seconds:.3f} s is too short; expected at least {SHORTEST_SECONDS} s")
        return samples

    @cached_property
    def as_in_file(self) -> tuple[np.ndarray, int]:
        """Samples [N] at the file's own rate, and that rate."""
        rate = self.source.rate()
        return (self.samples if rate == self.settings.config.sample_rate else load_audio(self.source.path, rate)), rate

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.settings.config.sample_rate

    @cached_property
    def f0_hz(self) -> np.ndarray:
        """F0 [T] in Hz, 0 where unvoiced."""
        return extract_f0(self.samples, self.settings.config, *self.settings.f0_ranges_hz.get(self.speaker, (None, None))).f0_hz

    @cached_property
    def cepstra(self) -> np.ndarray:
        """Mel-cepstra [T, order + 1]. A file below the rate of the comparison has nothing up there: refused."""
        rate, wanted = self.source.rate(), self.settings.config.sample_rate
        if rate < wanted:
            raise UserError(
                f"{self.source.path}: {rate} Hz is below the {wanted} Hz at which spectra are compared; record or make it at "
                "a higher rate, or evaluate it apart from the others"
            )
        return mel_cepstra(self.samples, self.f0_hz, self.settings.config)

    @property
    def aligned(self) -> bool:
        """Whether its times are known."""
        if self.source.borrowed:
            return False
        return bool(self.utterance and self.utterance.units and all(p.frames is not None for p in self.utterance.phones))

    def words(self) -> list[Segment]:
        """Its words in time; empty without an alignment."""
        return [segment for segment, is_pause in self._units() if not is_pause]

    def _units(self) -> list[tuple[Segment, bool]]:
        if not self.aligned:
            return []
        ends = np.cumsum([unit.frames for unit in self.utterance.units]) * self.settings.unit_seconds
        starts = [0.0, *ends[:-1]]
        return [
            (Segment(unit.text, float(start), float(end)), unit.is_pause)
            for unit, start, end in zip(self.utterance.units, starts, ends)
        ]


@dataclass(frozen=True)
class Pair:
    """A system's sound beside the reference; `path` [L, 2] says which frames belong together."""

    id: str
    system: str
    reference: Sound
    hypothesis: Sound

    @cached_property
    def path(self) -> np.ndarray:
        from tts.evaluation.warp import path_between

        return path_between(self.reference, self.hypothesis, self.reference.settings.alignment)


def at_common_rate(config: FeatureConfig, rates: set[int]) -> FeatureConfig:
    """The configuration at the highest rate for which cepstra are agreed on and that no sound is below, at most its own. Sounds
    below all of those rates do not count: they will be refused by name."""
    agreed = [rate for rate in ORDER_AND_WARPING if rate <= config.sample_rate]
    if not agreed:
        return config
    lowest = min((rate for rate in rates if rate >= agreed[0]), default=config.sample_rate)
    rate = max((r for r in agreed if r <= lowest), default=agreed[0])
    if rate >= config.sample_rate:
        return config
    hop = round(config.frame_seconds * rate / 2) * 2
    return replace(
        config, sample_rate=rate, hop_samples=hop, window_samples=4 * hop, mel_high_hz=min(config.mel_high_hz, rate / 2)
    )
