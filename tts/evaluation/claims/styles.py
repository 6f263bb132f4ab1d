"""What is measured of the style of a sound, and the judge that hears styles in it.

    f0          mean of F0 in semitones            tempo    ln of how much faster than usual in its language the phones are
    f0_spread   its standard deviation             energy   mean level of the voiced frames in dB

The judge is a regularised logistic regression on these and a few more numbers of F0, level and spectral tilt, each less the voice's own mean
over all styles: it knows who speaks, as a listener would after a while. The network of the style loss also sees numbers over whole utterances in
the voice's own terms, but of mels and of the F0 that a model asks for; the judge measures its own in sounds, and is another kind of model, fitted
to another part of the corpus: to the recordings and to their copies through the vocoder, so that it does not take the vocoder for a style.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tts.corpus.utterance import PAUSES, Unit
from tts.features.config import FeatureConfig
from tts.features.energy import frame_energy
from tts.features.f0 import F0Track
from tts.features.speaker import recording_statistics

REFERENCE_HZ = 100.0
DECIBEL = 8.685889638  # of a neper
FREEDOM = 1.0  # of the regression (C), on standardised numbers
MEASURES = ("f0", "f0_spread", "tempo", "energy")
UNITS = {"f0": "st", "f0_spread": "st", "tempo": "ln", "energy": "dB"}


class UsualDurations:
    """ln of the frames that every phone of every language lasts on average."""

    def __init__(self, aligned: Iterable[tuple[str, list[Unit]]]):
        """aligned: (language, units) of recordings."""
        found = defaultdict(list)
        for language, units in aligned:
            for phone in _spoken(units):
                found[language, phone.symbol].append(np.log(phone.frames))
        self.usual = {key: float(np.mean(values)) for key, values in found.items()}

    def tempo(self, language: str, units: list[Unit]) -> float:
        """How much faster than usual the phones are, ln; larger is faster. Phones never seen in the language are left out."""
        known = [self.usual[language, phone.symbol] - np.log(phone.frames) for phone in _spoken(units) if (language, phone.symbol) in self.usual]
        return float(np.mean(known)) if known else 0.0


def _spoken(units: list[Unit]) -> list:
    return [phone for unit in units for phone in unit.phones if phone.symbol not in PAUSES]


@dataclass(frozen=True)
class StyleNumbers:
    """The four measures by name, and all numbers [K] that the judge sees."""

    measures: dict[str, float]
    all: np.ndarray


def style_numbers(samples: np.ndarray, tempo: float, track: F0Track, config: FeatureConfig) -> StyleNumbers:
    """Of a sound [N] whose tempo and F0 are known; some of it must be voiced."""
    semitones = 12 * np.log2(track.f0_hz[track.voiced] / REFERENCE_HZ)
    energy = DECIBEL * frame_energy(samples, config)
    loud = energy[: len(track.voiced)][track.voiced[: len(energy)]]
    low, high = np.percentile(semitones, [10, 90])
    measures = {"f0": float(semitones.mean()), "f0_spread": float(semitones.std()), "tempo": tempo, "energy": float(loud.mean())}
    movement = float(np.abs(np.diff(semitones)).mean()) if len(semitones) > 1 else 0.0
    tilt = recording_statistics(samples, config.sample_rate, track)[:2]  # the first two cepstra
    return StyleNumbers(measures, np.array([*measures.values(), low, high, float(loud.std()), movement, float(track.voiced.mean()), *tilt]))


@dataclass(frozen=True)
class Example:
    """A sound whose style is known: numbers [K]."""

    voice: str
    style: str
    numbers: np.ndarray


class StyleJudge:
    """Probabilities of styles from a sound's numbers and who speaks."""

    def __init__(self, examples: list[Example]):
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        self.means = {voice: _mean_of_styles([e for e in examples if e.voice == voice]) for voice in {e.voice for e in examples}}
        self.anybody = np.mean(list(self.means.values()), axis=0)
        counts = {style: sum(e.style == style for e in examples) for style in {e.style for e in examples}}
        weights = np.array([len(examples) / len(counts) / counts[e.style] for e in examples])  # no style is likelier than another
        self.model = make_pipeline(StandardScaler(), LogisticRegression(C=FREEDOM, max_iter=3000))
        self.model.fit(np.stack([self._relative(e.voice, e.numbers) for e in examples]), [e.style for e in examples],
                       logisticregression__sample_weight=weights)
        self.styles = list(self.model.classes_)

    def meet(self, voice: str, examples: list[Example]) -> None:
        """Get to know a voice that it was not fitted to, by sounds of it in all styles."""
        self.means[voice] = _mean_of_styles(examples)

    def _relative(self, voice: str, numbers: np.ndarray) -> np.ndarray:
        return numbers - self.means.get(voice, self.anybody)

    def log_probabilities(self, voice: str, numbers: np.ndarray) -> np.ndarray:
        """numbers [K] of one sound → [S], natural log, in the order of `styles`."""
        return self.model.predict_log_proba(self._relative(voice, numbers)[None])[0]

    def hear(self, voice: str, numbers: np.ndarray) -> str:
        """The likeliest style."""
        return self.styles[int(self.log_probabilities(voice, numbers).argmax())]

    def contrast(self, voice: str, numbers: np.ndarray, towards: str, away: str) -> float:
        """ln of how many times likelier `towards` is than `away`."""
        logs = self.log_probabilities(voice, numbers)
        return float(logs[self.styles.index(towards)] - logs[self.styles.index(away)])


def _mean_of_styles(examples: list[Example]) -> np.ndarray:
    """A voice's mean numbers [K], every style counting alike."""
    return np.mean([np.mean([e.numbers for e in examples if e.style == style], axis=0) for style in {e.style for e in examples}], axis=0)
