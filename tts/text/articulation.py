"""How far apart two phones are, from the chart of the International Phonetic Alphabet: vowels by height, backness and rounding,
consonants by place, manner and voice. Good for one purpose: to say a phone that a model never saw by the nearest one it knows."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable

# height 0 close … 6 open, backness 0 front … 2 back, rounding
_VOWELS = {vowel: (height, back, rounded) for vowel, height, back, rounded in (
    ("i", 0, 0, 0), ("y", 0, 0, 1), ("ɨ", 0, 1, 0), ("ᵻ", .7, 1, 0), ("ʉ", 0, 1, 1), ("ɯ", 0, 2, 0), ("u", 0, 2, 1), ("ɪ", 1, .4,
        0), ("ʏ", 1, .4, 1), ("ʊ", 1, 1.6, 1),
    ("e", 2, 0, 0), ("ø", 2, 0, 1), ("ɘ", 2, 1, 0), ("ɵ", 2, 1, 1), ("ɤ", 2, 2, 0), ("o", 2, 2, 1), ("ə", 3, 1, 0), ("ɚ", 3, 1.1,
        0), ("ɛ", 4, 0, 0), ("œ", 4, 0, 1),
    ("ɜ", 4, 1, 0), ("ɝ", 4, 1.1, 0), ("ɞ", 4, 1, 1), ("ʌ", 4, 1.8, 0), ("ɔ", 4, 2, 1), ("æ", 5, 0, 0), ("ɐ", 5, 1, 0), ("a", 6,
        .3, 0), ("ɶ", 6, 0, 1),
    ("ɑ", 6, 2, 0), ("ɒ", 6, 2, 1))}
# place 0 lips … 10 glottis
_PLACES = {letter: index for index, letters in enumerate(("pbmɸβʙⱱ", "fvɱʋ", "θð", "tdnszɾrlɹɬɮ", "ʃʒɺɧ", "ʈɖɳɽʂʐɻɭ",
                                                          "cɟɲçʝjʎɕʑɥ", "kɡgŋxɣɰʟwʍ", "qɢɴʀχʁ", "ħʕʜʢ", "ʔhɦ"))
           for letter in letters}
_MANNERS = {letter: index for index, letters in enumerate(("pbtdʈɖcɟkɡgqɢʔ", "mɱnɳɲŋɴ", "rʙʀ", "ɾɽⱱ",
                                                           "ɸβfvθðszʃʒʂʐçʝxɣχʁħʕhɦɬɮɕʑɧʜʢ", "ʋɹɻjɰwʍɥ", "lɭʎʟɺ"))
            for letter in letters}
_MANNER_DISTANCE = {frozenset(pair): distance for *pair, distance in (
    (0, 1, 2.0), (0, 2, 3), (0, 3, 1.5), (0, 4, 2), (0, 5, 3), (0, 6, 3), (1, 2, 3), (1, 3, 2.5), (1, 4, 3), (1, 5, 2.5), (1, 6,
        2), (2, 3, .7), (2, 4, 2), (2, 5, 1),
    (2, 6, 1.5), (3, 4, 2), (3, 5, 1), (3, 6, 1.2), (4, 5, 2), (4, 6, 2.5), (5, 6, 1.3))}
_VOICED = frozenset("bmβʙⱱvɱʋðdnzɾrlɹɮʒɺɖɳɽʐɻɭɟɲʝjʎʑɥɡgŋɣɰʟwɢɴʀʁʕʢɦ")
_GLIDES = {"j": "i", "w": "u", "ɥ": "y"}
_FAR, _GAP, _MARK = 8.0, 2.5, 0.5


@functools.lru_cache(maxsize=65536)
def distance(a: str, b: str) -> float:
    """How unlike two symbols are; 0 if equal, about 1 for neighbours (s, z), above 6 for sounds of another kind. Diphthongs and
    affricates are compared sound by sound; length and other diacritics count little."""
    if a == b:
        return 0.0
    first, second = _letters(a), _letters(b)
    rows = [_GAP * column for column in range(len(second) + 1)]
    for letter in first:  # an edit distance whose replacements cost what the chart says
        previous, rows = rows, [rows[0] + _GAP]
        for column, other in enumerate(second):
            rows.append(min(previous[column] + _letter_distance(letter, other), previous[column + 1] + _GAP, rows[column] + _GAP))
    marks = set(_marks(a)) ^ set(_marks(b))
    return rows[-1] + _MARK * max(1, len(marks))


def nearest(symbol: str, known: Iterable[str], count: int = 1) -> list[str]:
    """The `count` known symbols that are most like `symbol`, the best first; ties in the order of the alphabet."""
    return sorted(known, key=lambda other: (distance(symbol, other), other))[:count]


def _apart(symbol: str) -> str:
    """Letters and diacritics one by one; ç is a letter."""
    return unicodedata.normalize("NFD", symbol).replace("c\u0327", "ç")


def _letters(symbol: str) -> list[str]:
    return [letter for letter in _apart(symbol) if letter in _VOWELS or letter in _PLACES]


def _marks(symbol: str) -> list[str]:
    return [letter for letter in _apart(symbol) if letter not in _VOWELS and letter not in _PLACES]


def _letter_distance(a: str, b: str) -> float:
    if a == b:
        return 0.0
    if a in _VOWELS and b in _VOWELS:
        return sum(weight * abs(x - y) for weight, x, y in zip((0.6, 1.2, 1.0), _VOWELS[a], _VOWELS[b]))
    if a in _VOWELS or b in _VOWELS:
        vowel, consonant = (a, b) if a in _VOWELS else (b, a)
        return 1.5 + _letter_distance(vowel, _GLIDES[consonant]) if consonant in _GLIDES else _FAR
    manner = _MANNER_DISTANCE.get(frozenset((_MANNERS[a], _MANNERS[b])), 0.0)
    return 0.6 * abs(_PLACES[a] - _PLACES[b]) + manner + 0.8 * ((a in _VOICED) != (b in _VOICED))
