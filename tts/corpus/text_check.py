"""What is odd about a transcript, by the text alone. Yields (rule, what was found)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from tts.corpus.rules import Limits

# First words of Unicode's character names, by the language's first part; a language that is not here is not checked.
_LATIN = "cs da de en es et fi fr hr hu id is it lt lv nb nl no pl pt ro sk sl sv tr vi"
SCRIPTS = {language: {"LATIN"} for language in _LATIN.split()} | {
    "ru": {"CYRILLIC"}, "uk": {"CYRILLIC"}, "bg": {"CYRILLIC"}, "el": {"GREEK"}, "he": {"HEBREW"},
    "ar": {"ARABIC"}, "fa": {"ARABIC"},
    "hi": {"DEVANAGARI"}, "ko": {"HANGUL", "CJK"}, "zh": {"CJK", "LATIN"}, "cmn": {"CJK", "LATIN"},
    "ja": {"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "CJK"}}
WIDE = {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL"}  # a character is about a syllable
HARMLESS_FORMATS = "\u00ad\u200c\u200d\u200e\u200f\u2060"  # soft hyphen, joiners, direction marks, word joiner
MARKUP = re.compile(r"<[^<>]*>|&#?\w+;|\{[^{}]*\}|\[[^][]*\]|https?://|[*_#~^=|\\]{2,}|\\[nrt]")
# UTF-8 that somebody read as Latin-1 or Windows-1252.
MOJIBAKE = re.compile("\ufffd|Ã[\u0080-\u00bf\u0152-\u0192\u2013-\u2122]|â€|Â[\u00a0-\u00bf]")


def check_text(text: str, language: str, limits: Limits) -> Iterator[tuple[str, str]]:
    """(rule, found) for everything odd about one transcript."""
    if not text.strip():
        yield "empty-text", "nothing"
        return
    controls = sorted({character for character in text if is_control(character)})
    if controls:
        yield "control-characters", " ".join(f"U+{ord(character):04X}" for character in controls[:5])
    if match := MOJIBAKE.search(text):
        yield "lost-characters", _around(text, match.start())
    if match := MARKUP.search(text):
        yield "markup", repr(match.group()[:40])
    if not any(character.isalnum() for character in text):
        yield "no-letters", repr(text[:40])
    if len(text) > limits.longest_letters:
        yield "long-text", f"{len(text)} letters"
    yield from _check_script(text, language)


def _check_script(text: str, language: str) -> Iterator[tuple[str, str]]:
    expected = SCRIPTS.get(language.lower().replace("_", "-").split("-")[0])
    letters = [character for character in text if character.isalpha()]
    foreign = [character for character in letters if expected and script(character) not in expected]
    if foreign:
        which = "".join(dict.fromkeys(foreign))[:20]
        rule = "wrong-script" if len(foreign) > len(letters) / 2 else "foreign-letters"
        yield rule, f"{len(foreign)} of {len(letters)} letters are not {'/'.join(sorted(expected))}: {which}"


@lru_cache(maxsize=8192)
def script(character: str) -> str:
    """The script of a letter, as the first word of its Unicode name: LATIN, CYRILLIC, CJK …"""
    if character in "ªº":  # the ordinal signs, which Spanish writes with Latin letters
        return "LATIN"
    first = unicodedata.name(character, "?").removeprefix("FULLWIDTH ").removeprefix("HALFWIDTH ").split()[0]
    return "CJK" if first == "IDEOGRAPHIC" else first


def is_control(character: str) -> bool:
    """True for what cannot be printed or spoken: control, unassigned, private and most format characters."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cn", "Co", "Cs") and character not in HARMLESS_FORMATS


def clean_text(text: str) -> str:
    """The text with control characters taken out (those between words become a blank) and single blanks."""
    characters = ((" " if unicodedata.category(c) == "Cc" else "") if is_control(c) else c for c in text)
    return " ".join("".join(characters).split())


def spoken_letters(text: str) -> int:
    """How much there is to say, in Latin letters: a wide letter counts as two, a digit as four."""
    return sum(4 if c.isdigit() else 2 if c.isalpha() and script(c) in WIDE else int(c.isalpha()) for c in text)


def _around(text: str, position: int) -> str:
    return repr(text[max(0, position - 10): position + 10])
