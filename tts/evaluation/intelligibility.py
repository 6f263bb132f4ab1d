"""Is what was to be said understood? Phone errors by the project's own recogniser; word and letter errors by pocketsphinx for
English, or by any CTC or sequence-to-sequence recogniser that `transformers` loads from a folder (wav2vec 2.0, Whisper, …).

Neither says how well a person understands: read them beside what the same recogniser makes of the recordings.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tts.alignment.evaluation import letter_errors as edits
from tts.corpus.utterance import Utterance
from tts.errors import UserError

SPHINX_RATE = 16000
MOST_TOKENS = 440  # that a sequence-to-sequence recogniser may say of one sound


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
        return word_errors(said(utterance), self.hear(samples, sample_rate))

    def hear(self, samples: np.ndarray, sample_rate: int) -> str:
        import soxr

        sound = samples if sample_rate == SPHINX_RATE else soxr.resample(samples, sample_rate, SPHINX_RATE)
        sound = sound * (0.5 / max(float(np.abs(sound).max()), 1e-6))
        self.decoder.start_utt()
        self.decoder.process_raw((sound * 32767).astype(np.int16).tobytes(), full_utt=True)
        self.decoder.end_utt()
        heard = self.decoder.hyp()
        return heard.hypstr if heard else ""


class TransformersJudge:
    """A recogniser in a folder as `transformers` saves it. Nothing is downloaded, no code of the folder is run, and weights must
    be safetensors, which hold numbers only."""

    def __init__(self, folder: Path):
        from transformers import AutoConfig, AutoModelForCTC, AutoModelForSpeechSeq2Seq, AutoProcessor

        if not (folder / "config.json").is_file():
            raise UserError(f"{folder}: no recogniser there (no config.json); expected a folder that transformers saved")
        safe = {"local_files_only": True, "trust_remote_code": False}
        try:
            self.generates = AutoConfig.from_pretrained(folder, **safe).is_encoder_decoder
            kind = AutoModelForSpeechSeq2Seq if self.generates else AutoModelForCTC
            self.model = kind.from_pretrained(folder, use_safetensors=True, **safe).eval()
            self.processor = AutoProcessor.from_pretrained(folder, **safe)
        except (OSError, ValueError, KeyError) as error:
            raise UserError(
                f"{folder}: cannot be used as a recogniser ({error}); expected config.json, model.safetensors and the "
                "processor's files of a CTC or sequence-to-sequence model"
            ) from None

    def hear(self, samples: np.ndarray, sample_rate: int) -> str:
        import soxr
        import torch

        extractor = getattr(self.processor, "feature_extractor", self.processor)
        rate = extractor.sampling_rate
        sound = samples if sample_rate == rate else soxr.resample(samples, sample_rate, rate)
        features = self.processor(sound, sampling_rate=rate, return_tensors="pt")
        with torch.inference_mode():
            if self.generates:
                most = min(MOST_TOKENS, getattr(self.model.config, "max_target_positions", MOST_TOKENS) - 8)
                tokens = self.model.generate(**features, do_sample=False, num_beams=1, max_new_tokens=most)
            else:
                tokens = self.model(**features).logits.argmax(dim=-1)
        return self.processor.batch_decode(tokens, skip_special_tokens=True)[0]


def said(utterance: Utterance) -> list[str]:
    """The words that were to be said: as spoken where the text stage has been, else those of the text."""
    return plain_words(" ".join(word.text for word in utterance.words) or utterance.text)


def word_errors(reference: list[str], heard: str) -> Errors:
    return Errors(edits(reference, plain_words(heard)), len(reference))


def letter_errors(reference: list[str], heard: str) -> Errors:
    """Over letters and the spaces between words."""
    letters = list(" ".join(reference))
    return Errors(edits(letters, list(" ".join(plain_words(heard)))), len(letters))


def plain_words(text: str) -> list[str]:
    """Words in lower case, of letters and apostrophes."""
    return re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", text.lower().replace("’", "'"))
