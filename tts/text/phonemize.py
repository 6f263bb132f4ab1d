"""Phones for words, one sequence a word, always: words in = words out.

A phrase (the words between two pauses) goes to espeak-ng as a whole, so that weak forms, liaisons and flaps come out as in
running speech; the words are joined by a blank and U+2060, which keeps its dictionary from merging them ("of the"). Nothing is
taken on trust:
  * every distinct word is also asked for alone, once. One that comes back as several words ("iPhone") or none stands apart from
    its phrase, with all its phones in one sequence;
  * a phrase that comes back with another number of words is done word by word, and counted as a fall-back;
  * a word without any phone is spelled; one that even then has none is handed back empty, for the caller to name.
Stress leaves the symbol; length marks, diphthongs and affricates (aɪ, tʃ) stay one symbol, as espeak-ng gives them; tie bars are
dropped; words that espeak-ng reads as another language's (German "Team") keep that language's phones.
Results are kept in bounded caches of the process, for espeak-ng's answer to a phrase never changes."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from tts.corpus.utterance import PAUSES, Phone
from tts.text.dictionary import normal_form
from tts.text.espeak import get_espeak, join_words, split_stress
from tts.text.tokens import Word

MAX_WORDS = 40  # of a run sent at once; espeak-ng cuts clauses at 300 words or 800 bytes
MAX_LETTERS = 40  # of a word sent whole; espeak-ng cuts words at 160 bytes
_IGNORED = str.maketrans("", "", "\u0361\u035c_\u200d\u2060 ")  # tie bars and marks that are no sound

Phones = tuple[tuple[str, int], ...]  # (symbol, stress) of a word


@dataclass(frozen=True)
class PhrasePhones:
    """`words` has one list of phones for each word that went in, empty if nothing can be said; `fall_backs` counts the phrases
    done word by word, `spelled` holds the indices of words that had to be spelled."""

    words: list[list[Phone]]
    fall_backs: int
    spelled: tuple[int, ...]


class Phonemizer:
    """Phones of words in one language. `entries` is the user's dictionary: word -> phones."""

    def __init__(self, voice: str, entries: dict[str, tuple[Phone, ...]] | None = None):
        self.voice = voice
        self.entries = entries or {}

    def phonemize(self, phrase: list[Word]) -> PhrasePhones:
        """Phones of the words between two pauses."""
        found, fall_backs, spelled = _phrase(self.voice, tuple(word.say for word in phrase))
        words = []
        for word, phones in zip(phrase, found):
            entry = self._entry(word.text)
            words.append([Phone(phone.symbol, phone.stress) for phone in entry] if entry else [Phone(symbol, stress) for symbol,
                stress in phones])
        return PhrasePhones(words, fall_backs, spelled)

    def _entry(self, text: str) -> tuple[Phone, ...] | None:
        if not self.entries:
            return None
        form = normal_form(text)
        return self.entries.get(form) or self.entries.get(form.lower())


@functools.lru_cache(maxsize=8192)
def _phrase(voice: str, words: tuple[str, ...]) -> tuple[tuple[Phones, ...], int, tuple[int, ...]]:
    """Phones per word, number of fall-backs, indices of spelled words."""
    alone = [_alone(voice, word) for word in words]
    result: list[Phones] = [_merged(parts) for parts, _ in alone]
    fall_backs, at = 0, 0
    while at < len(words):
        end = at
        while end < len(words) and end - at < MAX_WORDS and len(alone[end][0]) == 1:
            end += 1
        if end - at > 1:
            together = _ask(voice, join_words(list(words[at:end])))
            if len(together) == end - at:
                result[at:end] = together
            else:
                fall_backs += 1
        at = max(end, at + 1)
    return tuple(result), fall_backs, tuple(index for index, (_, spelled) in enumerate(alone) if spelled)


@functools.lru_cache(maxsize=65536)
def _alone(voice: str, word: str) -> tuple[tuple[Phones, ...], bool]:
    """What espeak-ng makes of a word by itself (one sequence for each word it sees), and whether the word had to be spelled."""
    if len(word) > MAX_LETTERS:
        parts = tuple(part for at in range(0, len(word), MAX_LETTERS) for part in _ask(voice, word[at:at + MAX_LETTERS]))
        return ((_merged(parts), ()) if parts else ()), False  # two parts: never in a run
    parts = _ask(voice, word)
    if parts:
        return parts, False
    parts = tuple(part for letter in word if letter.isalnum() for part in _ask(voice, letter.upper()) or _ask(voice, letter))
    return ((_merged(parts), ()) if parts else ()), True


def _merged(parts: tuple[Phones, ...]) -> Phones:
    return tuple(phone for part in parts for phone in part)


def _ask(voice: str, text: str) -> tuple[Phones, ...]:
    """espeak-ng's words of a text; words without a phone left out."""
    words = (tuple(filter(None, map(_sound, word))) for word in get_espeak().phones(text, voice).words)
    return tuple(word for word in words if word)


@functools.lru_cache(maxsize=4096)
def _sound(phone: str) -> tuple[str, int] | None:
    """Symbol and stress of a phone as espeak-ng writes it; None for marks that are no sound."""
    symbol, stress = split_stress(phone)
    symbol = symbol.translate(_IGNORED)
    return (symbol, stress) if symbol and symbol not in PAUSES else None
