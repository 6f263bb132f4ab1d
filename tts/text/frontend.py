"""The one door from text to phones, used when a corpus is prepared and when a text is spoken: normalise, phonemise, and lay the
result out as the units of `tts.corpus.utterance`: pause, words, pauses where punctuation stands, pause.

    TextFrontend("en-us").process("Yes, 42.").units      _ | Yes | , | forty | two | ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tts.corpus.utterance import Phone, Unit
from tts.errors import UserError
from tts.text.dictionary import Dictionary
from tts.text.languages import get_language
from tts.text.normalize import Normalizer
from tts.text.phonemize import Phonemizer
from tts.text.tokens import Mark, Word, strongest
from tts.text.trace import Rewrite

MAX_CHARACTERS = 100_000
_SURROGATE = re.compile("[\ud800-\udfff]")
_FOREIGN = "letters of a foreign script, read as espeak-ng's voice for {language} can"


@dataclass(frozen=True)
class ProcessedText:
    """units       pause, words and pauses, pause; every word has phones
    trace       every rewrite, in the order of the text
    warnings    sentences for the user: what was read in another way than a reader would expect
    fall_backs  phrases that had to be phonemised word by word
    """

    text: str
    units: list[Unit]
    trace: list[Rewrite]
    warnings: list[str]
    fall_backs: int

    @property
    def words(self) -> list[Unit]:
        return [unit for unit in self.units if not unit.is_pause]


class TextFrontend:
    """Text of one language to units. `dictionary` is a `Dictionary` or the path of one."""

    def __init__(self, language: str, dictionary: Dictionary | str | Path | None = None):
        self.language = get_language(language)
        if dictionary is not None and not isinstance(dictionary, Dictionary):
            dictionary = Dictionary.load(dictionary)
        entries = dictionary.for_language(self.language.code) if dictionary else {}
        self._normalizer = Normalizer(self.language.code, known=entries)
        self._phonemizer = Phonemizer(self.language.voice, entries)

    def process(self, text: str) -> ProcessedText:
        """The units of a text. A text in which nothing can be spoken is a `UserError`."""
        if surrogate := _SURROGATE.search(text):
            raise UserError(f"text {text[:60]!r}: found half a character at position {surrogate.start()}; expected valid "
                            f"Unicode; save the text as UTF-8")
        if len(text) > MAX_CHARACTERS:
            raise UserError(f"text {text[:60]!r}…: found {len(text)} characters; expected at most {MAX_CHARACTERS}; split it "
                            f"into sentences")
        normalized = self._normalizer.normalize(text)
        trace, warnings, fall_backs = list(normalized.trace), [], 0
        units = [_pause(Mark("_", (0, 0)))]
        phrase: list[Word] = []
        marks: list[Mark] = []
        for token in [*normalized.tokens, None]:
            if isinstance(token, Word):
                if marks:
                    units += [_pause(strongest(marks))] if len(units) > 1 else []
                    marks = []
                phrase.append(token)
                continue
            if phrase:
                words, more = self._speak(phrase, trace)
                units += words
                fall_backs += more
                phrase = []
            if token is not None:
                marks.append(token)
        if len(units) == 1:
            raise UserError(f"text {text[:60]!r}: nothing in it can be spoken in {self.language.code}; expected at least one "
                            f"word, number or sign "
                            "that the language reads; write the text out in words")
        units.append(_pause(strongest(marks)) if marks else _pause(Mark("_", (len(text), len(text)))))
        foreign = [rewrite.found for rewrite in trace if rewrite.rule == "foreign script"]
        if foreign:
            warnings.append(f"{len(foreign)} word(s) in {_FOREIGN.format(language=self.language.code)}: {', '.join(foreign[:5])}")
        dropped = [rewrite.found for rewrite in trace if rewrite.rule in ("emoji", "sign dropped", "no sound",
            "unassigned character")]
        if dropped:
            warnings.append(f"{len(dropped)} sign(s) not spoken: {' '.join(dropped[:10])}")
        return ProcessedText(text, units, trace, warnings, fall_backs)

    def _speak(self, phrase: list[Word], trace: list[Rewrite]) -> tuple[list[Unit], int]:
        """The phrase's words as units, and its fall-backs; a word without sound is left out with a trace entry."""
        phones = self._phonemizer.phonemize(phrase)
        for index in phones.spelled:
            word = phrase[index]
            rule = "spelled" if phones.words[index] else "no sound"
            trace.append(Rewrite(word.span, word.text, " ".join(word.text) if phones.words[index] else "", rule))
        return [Unit(word.text, word.span, said) for word, said in zip(phrase, phones.words) if said], phones.fall_backs


def _pause(mark: Mark) -> Unit:
    return Unit(mark.symbol, mark.span, [Phone(mark.symbol)])
