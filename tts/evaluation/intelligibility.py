"""Is what was to be said understood? Phone errors by the project's own recogniser, word errors by pocketsphinx for English.

Neither says how well a person understands: read them beside what the same recogniser makes of the recordings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tts.alignment.evaluation import letter_errors as edits
from tts.corpus.utterance import Utterance

SPHINX_RATE = 16000


@dataclass(frozen=True)
class Errors:
    """Substitutions, deletions and insertions, and the number of reference phones or words. A share may exceed 1."""

    errors: int
    total: int

    @property
    def rate(self) -> float:
        return self.errors / self.total if self.total else float("nan")


class PhoneJudge:
    """Phone errors by a recogniser that heard none of the voices' training utterances."""

    def __init__(self, folder: str | Path):
        from tts.alignment.recogniser import load_recogniser

        self.recogniser = load_recogniser(folder)

    def judge(self, utterance: Utterance, samples: np.ndarray, sample_rate: int) -> Errors:
        from tts.alignment.recogniser import spoken_phones

        reference = spoken_phones(utterance)
        return Errors(edits(reference, self.recogniser.phones(samples, sample_rate)), len(reference))


class WordJudge:
    """Word errors by pocketsphinx, which knows English and comes as the extra `asr`."""

    def __init__(self):
        from pocketsphinx import Decoder

        self.decoder = Decoder(samprate=float(SPHINX_RATE), loglevel="FATAL", bestpath=False)

    @staticmethod
    def available() -> bool:
        import importlib.util

        return importlib.util.find_spec("pocketsphinx") is not None

    @staticmethod
    def knows(utterance: Utterance) -> bool:
        return utterance.language.startswith("en")

    def judge(self, utterance: Utterance, samples: np.ndarray, sample_rate: int) -> Errors:
        import soxr

        reference = plain_words(" ".join(word.text for word in utterance.words) or utterance.text)
        sound = samples if sample_rate == SPHINX_RATE else soxr.resample(samples, sample_rate, SPHINX_RATE)
        sound = sound * (0.5 / max(float(np.abs(sound).max()), 1e-6))
        self.decoder.start_utt()
        self.decoder.process_raw((sound * 32767).astype(np.int16).tobytes(), full_utt=True)
        self.decoder.end_utt()
        heard = self.decoder.hyp()
        return Errors(edits(reference, plain_words(heard.hypstr if heard else "")), len(reference))


def plain_words(text: str) -> list[str]:
    """Words in lower case, of letters and apostrophes."""
    return re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", text.lower().replace("’", "'"))
