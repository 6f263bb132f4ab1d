"""Numbers to words, by num2words, with what that library leaves open: agreement with what is counted, decimals, years, digit
strings."""

from __future__ import annotations

import functools
import re

from tts.text.wording import Noun, Wording

MAX_DIGITS = 15  # longer ones are read digit by digit; no language here names them
_LAST = {"es": {"f": (("uno", "una"),), "m": (("veintiuno", "veintiún"), ("uno", "un"))}, "de": {"f": (("eins", "eine"),),
    "m": (("eins", "ein"),)},
         "fr": {"f": (("un", "une"),), "m": ()}, "nl": {"f": (("één", "een"),), "m": (("één", "een"),)}}


@functools.lru_cache(maxsize=16384)
def cardinal(number: int, code: str) -> str:
    """42 -> "forty two"; hyphened and comma'd parts are words of their own, except in French, where the hyphens hold liaisons."""
    return _words(number, code, "cardinal")


@functools.lru_cache(maxsize=4096)
def ordinal(number: int, code: str) -> str:
    """3 -> "third", "tercero", "dritte", "derde", "troisième"."""
    return _words(number, code, "ordinal")


@functools.lru_cache(maxsize=4096)
def year(number: int, wording: Wording) -> str:
    """1998 -> "nineteen ninety eight" where the language reads years so, else the cardinal."""
    if wording.years and wording.years[0] <= number <= wording.years[1]:
        return _words(number, wording.numbers, "year")
    return cardinal(number, wording.numbers)


def digits(text: str, wording: Wording) -> str:
    """Every digit by itself."""
    return " ".join(cardinal(int(digit), wording.numbers) for digit in text if digit.isdigit())


def integer(text: str, wording: Wording) -> str:
    """A string of digits: a cardinal, or digit by digit if it begins with a nought or is longer than numbers have names."""
    if len(text) > MAX_DIGITS or (len(text) > 1 and text[0] == "0"):
        return digits(text, wording)
    return cardinal(int(text), wording.numbers)


def number(text: str, wording: Wording, gender: str = "n") -> str:
    """A number as this language writes it, with sign and thousands marks; `gender` of what is counted, "n" if nothing is."""
    sign = f"{wording.minus} " if text[0] in "-−" else ""
    whole, mark, fraction = text.lstrip("-−+").partition(wording.decimal)
    whole = re.sub(f"[{re.escape(wording.thousands)}]", "", whole)
    if not mark:
        return sign + agree(integer(whole, wording), gender, wording)
    as_number = wording.decimals == "number" and fraction[0] != "0" and len(fraction) <= 3
    read_fraction = integer if as_number else digits
    return f"{sign}{integer(whole or '0', wording)} {wording.point} {read_fraction(fraction, wording)}"


def counted(text: str, noun: Noun, wording: Wording) -> str:
    """A number and what it counts: "un kilómetro", "zwei Stunden", "1.5 meters"."""
    value = text.lstrip("-−+")
    return f"{number(text, wording, noun.gender)} {noun.one if value == '1' else noun.many}"


def agree(words: str, gender: str, wording: Wording) -> str:
    """The number's last word in the form that stands before a noun of this gender (uno -> un, una; eins -> ein, eine)."""
    for ending, form in _LAST.get(wording.numbers.split("_")[0], {}).get(gender, ()):
        if words == ending or words.endswith(" " + ending) or (ending == "veintiuno" and words.endswith(ending)):
            return words[: -len(ending)] + form
    return words


def _words(number: int, code: str, to: str) -> str:
    from num2words import num2words  # a tenth of a second; only texts with numbers pay it

    words = num2words(number, lang=code, to=to).replace(",", "")
    return words if code.startswith("fr") else words.replace("-", " ")
