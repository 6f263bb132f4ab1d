"""Word and letter errors of every sound, the reference's own beside them: what the recogniser misses there is not the
system's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tts.errors import UserError
from tts.evaluation.intelligibility import TransformersJudge, WordJudge, letter_errors, said, word_errors
from tts.evaluation.measures.base import Measure, Scored
from tts.evaluation.sound import Settings, Sound


@dataclass(frozen=True)
class IntelligibilityMeasure(Measure):
    """`recogniser`: a folder of transformers; without one, pocketsphinx."""

    name = "intelligibility"
    of_reference = True
    recogniser: Path | None = None

    def check(self, settings: Settings) -> None:
        if self.recogniser is None and not WordJudge.available():
            raise UserError(
                "word errors: pocketsphinx is not installed; pip install 'expressive-tts[asr]', "
                "or name a recogniser's folder (--recogniser)"
            )
        if self.recogniser is not None:
            _judge(self.recogniser)

    def of_sound(self, sound: Sound) -> Scored:
        utterance = sound.utterance
        if utterance is None:
            raise UserError("what was to be said is not known; a manifest with texts (--manifest) would tell")
        if self.recogniser is None and not WordJudge.knows(utterance):
            raise UserError(
                f"pocketsphinx knows English only, and this is {utterance.language!r}; name a recogniser (--recogniser)"
            )
        reference = said(utterance)
        if not reference:
            raise UserError("there are no words in its text")
        heard = _judge(self.recogniser).hear(sound.samples, sound.settings.config.sample_rate)
        words, letters = word_errors(reference, heard), letter_errors(reference, heard)
        return Scored({"wer": words.rate, "cer": letters.rate}, {"words": words.total, "characters": letters.total})

    def notes(self, settings: Settings) -> list[str]:
        who = "pocketsphinx, English" if self.recogniser is None else f"the recogniser in {self.recogniser}"
        return [f"Word and letter errors: {who}; without case and signs, pooled over all words."]


@cache
def _judge(recogniser: Path | None) -> WordJudge | TransformersJudge:
    return WordJudge() if recogniser is None else TransformersJudge(recogniser)
