"""What a language says where the page has a sign: the tables behind the rules of `normalize.py`. One `Wording` per language,
filled in by the files of tts/text/wordings; a language without a file gets the bare `Wording`, whose empty tables leave signs to
the voice.

How a table writes speech: words apart by blanks; letters joined by full stops are spelled as one word ("B.B.C"); a lone comma is
a pause."""

from __future__ import annotations

import functools
import importlib
from dataclasses import dataclass, field

from tts.text.languages import get_language


@dataclass(frozen=True)
class Noun:
    """What is counted: one kilometre, many kilometres; gender m or f where the number agrees with it; `part` is the hundredth of
    a currency (cent)."""

    one: str
    many: str
    gender: str = "m"
    part: Noun | None = None


@dataclass(frozen=True, eq=False)
class Wording:
    """numbers               num2words' code; None leaves digits to the voice
    decimal, thousands    the marks inside numbers; `point` is how the first is said
    decimals              what follows the point is read as "digits" or as a "number"
    years                 4-digit numbers (first, last) read as years where years differ from numbers, else None
    day_first             3/4 is the third of April
    date, day             the sentence of a date ("{day} de {month} de {year}") and the form of its day: "cardinal", "ordinal" or
                          "first" (1er, then 2)
    time, full_hour       "{hour} Uhr {minute}", "{hour} Uhr"; `zero_minute` is how the nought of 9:05 is said, if at all
    ordinal_marks         regular expression of what makes 3 the third: "st|nd|rd|th"
    scales                million, Mio. … that may stand between a number and what it counts; `scale_link` joins them to it
    money, units          sign or code -> Noun; `money_joint` stands before the cents
    symbols, web          a sign by itself, and inside addresses -> words
    fractions             denominator -> Noun; `fraction_joint` stands in two *and* a half
    abbreviations         as written, with full stops -> words; keys in lower case are found capitalised too
    before_number, before_name   abbreviations that are ones only there ("No. 5", "St. John")
    acronyms              capitals that are read as a word (NASA)
    short_words           words of up to three letters that stay words when written in capitals
    apostrophe_words      words that begin with an apostrophe ('tis, 't)
    ordinal_cues          words before or after "3." that make it an ordinal (German)
    regnal_names          names after which XIV counts a person; `regnal_form` is "cardinal", "short ordinal" (up to ten) or a
                          sentence such as "the {ordinal}"
    """

    numbers: str | None = None
    decimal: str = ","
    thousands: str = "."
    point: str = ""
    decimals: str = "digits"
    minus: str = ""
    to: str = ""
    years: tuple[int, int] | None = None
    months: tuple[str, ...] = ()
    month_abbreviations: dict[str, int] = field(default_factory=dict)
    day_first: bool = True
    date: str = "{day} {month} {year}"
    day: str = "cardinal"
    time: str = "{hour} {minute}"
    full_hour: str = "{hour}"
    zero_minute: str = ""
    hour: Noun | None = None
    ordinal_marks: str = ""
    scales: dict[str, str] = field(default_factory=dict)
    scale_link: str = ""
    money: dict[str, Noun] = field(default_factory=dict)
    money_joint: str = ""
    units: dict[str, Noun] = field(default_factory=dict)
    symbols: dict[str, str] = field(default_factory=dict)
    web: dict[str, str] = field(default_factory=dict)
    fractions: dict[int, Noun] = field(default_factory=dict)
    fraction_joint: str = ""
    abbreviations: dict[str, str] = field(default_factory=dict)
    before_number: dict[str, str] = field(default_factory=dict)
    before_name: dict[str, str] = field(default_factory=dict)
    acronyms: frozenset[str] = frozenset()
    short_words: frozenset[str] = frozenset()
    apostrophe_words: frozenset[str] = frozenset()
    ordinal_cues: frozenset[str] = frozenset()
    regnal_names: frozenset[str] = frozenset()
    regnal_form: str = "cardinal"


# Read as a word everywhere; each language adds its own.
ACRONYMS = frozenset("NASA NATO UNESCO UNICEF OPEC AIDS COVID ASCII LASER RADAR FIFA UEFA PIN SIM RAM ROM".split())


@functools.lru_cache(maxsize=None)
def get_wording(code: str) -> Wording:
    """The wording of a language by its canonical code."""
    language = get_language(code)
    if language.wording is None:
        return Wording(numbers=language.numbers)
    module = importlib.import_module(f"tts.text.wordings.{language.wording.split('-')[0]}")
    return module.wording(language)
