"""What is measured of the style of a sound, and the judge that hears styles in it.

    f0          mean of F0 in semitones          rate     phones per second of speech
    f0_spread   its standard deviation           energy   mean level of the voiced frames in dB

The judge is a regularised logistic regression on these and on the statistics of cepstra and their slopes (tts/features/speaker.py). It
has nothing in common with the network of the style loss: it hears sounds, not mels, sees numbers over whole utterances, and is fitted to another
part of the corpus, to the recordings and to their copies through the vocoder, so that it does not take the vocoder for a style.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tts.corpus.utterance import PAUSES, Unit
from tts.features.config import FeatureConfig
from tts.features.energy import frame_energy
from tts.features.f0 import F0Track
from tts.features.speaker import recording_statistics

REFERENCE_HZ = 100.0
DECIBEL = 8.685889638  # of a neper
STRENGTH = 0.3  # of the regression's freedom (C), on standardised numbers
MEASURES = ("f0", "f0_spread", "rate", "energy")
UNITS = {"f0": "st", "f0_spread": "st", "rate": "1/s", "energy": "dB"}


@dataclass(frozen=True)
class StyleNumbers:
    """The four measures by name, and all numbers [K] that the judge sees."""

    measures: dict[str, float]
    all: np.ndarray


def style_numbers(samples: np.ndarray, units: list[Unit], track: F0Track, config: FeatureConfig) -> StyleNumbers:
    """Of a sound [N] whose units' frames and F0 are known."""
    semitones = 12 * np.log2(track.f0_hz[track.voiced] / REFERENCE_HZ)
    energy = DECIBEL * frame_energy(samples, config)
    loud = energy[: len(track.voiced)][track.voiced[: len(energy)]]
    if len(semitones) < 3:
        semitones, loud = np.array([np.nan]), np.array([np.nan])
    phones = [p for unit in units for p in unit.phones if p.symbol not in PAUSES]
    seconds = max(sum(p.frames for p in phones), 1) * config.frame_seconds
    low, high = np.percentile(semitones, [10, 90])
    measures = {"f0": float(semitones.mean()), "f0_spread": float(semitones.std()), "rate": len(phones) / seconds, "energy": float(loud.mean())}
    more = [low, high, float(loud.std()), float(np.abs(np.diff(semitones)).mean()) if len(semitones) > 1 else 0.0]
    spectrum = recording_statistics(samples, config.sample_rate, track)
    return StyleNumbers(measures, np.nan_to_num(np.concatenate([list(measures.values()), more, spectrum])))


class StyleJudge:
    """Probabilities of styles from a sound's numbers."""

    def __init__(self, numbers: np.ndarray, styles: list[str]):
        """numbers [N, K] of sounds whose styles are known."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        counts = {style: styles.count(style) for style in set(styles)}
        weights = [1 / counts[style] for style in styles]  # no style is likelier than another
        self.model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=3000))
        self.model.fit(numbers, styles, logisticregression__sample_weight=np.array(weights) * len(styles) / len(counts))
        self.styles = list(self.model.classes_)

    def log_probabilities(self, numbers: np.ndarray) -> np.ndarray:
        """numbers [N, K] → [N, S], natural log, in the order of `styles`."""
        return self.model.predict_log_proba(numbers)

    def hear(self, numbers: np.ndarray) -> str:
        """The likeliest style of one sound [K]."""
        return self.styles[int(self.log_probabilities(numbers[None])[0].argmax())]

    def contrast(self, numbers: np.ndarray, towards: str, away: str) -> float:
        """ln of how many times likelier `towards` is than `away` for one sound [K]."""
        logs = self.log_probabilities(numbers[None])[0]
        return float(logs[self.styles.index(towards)] - logs[self.styles.index(away)])
