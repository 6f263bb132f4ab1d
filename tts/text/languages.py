"""The languages of the text front-end. Six are known by name, with their own wording of numbers, dates and abbreviations; any
other code that espeak-ng has a voice for works too, its numbers read by num2words where it can and by the voice where it cannot.
`canonical` turns what people write (en-US, de_DE, nl-BE, en) into the one code that manifests, models and voices use."""

from __future__ import annotations

import difflib
import functools
from dataclasses import dataclass

from tts.errors import UserError


@dataclass(frozen=True)
class Language:
    """code     what manifests and models say
    voice    the code that espeak-ng is asked for
    numbers  num2words' code, or None: then the voice reads digits itself
    wording  the table in tts/text/wordings that reads numbers, dates, units and abbreviations, or None
    scripts  first words of the Unicode names of letters that the voice can read
    """

    code: str
    voice: str
    numbers: str | None
    wording: str | None = None
    scripts: tuple[str, ...] = ("LATIN",)


LANGUAGES = {language.code: language for language in (
    Language("en-us", "en-us", "en", "en-us"),
    Language("en-gb", "en-gb", "en", "en-gb"),
    Language("es", "es", "es", "es"),
    Language("de", "de", "de", "de"),
    Language("nl", "nl", "nl", "nl"),
    Language("fr", "fr", "fr", "fr"),
)}

_ALIASES = {"en": "en-us", "en-uk": "en-gb", "es-es": "es", "de-de": "de", "de-at": "de", "de-ch": "de", "nl-nl": "nl",
            "nl-be": "nl",
            "fr-fr": "fr", "fr-ca": "fr", "zh": "cmn", "zh-cn": "cmn"}
_NUMBERS = ("am ar az be bn ca cs cy da eo fa fi he hu id is it kn ko kz lt lv no pl pt ro ru sk sl sr sv te th tr uk vi".split())
_OWN_NUMBERS = {"fr-be": "fr_BE", "fr-ch": "fr_CH", "pt-br": "pt_BR", "nb": "no", "kk": "kz"}
_SCRIPTS = {script: codes.split() for script, codes in {
    "CYRILLIC": "ru uk be bg mk sr kk ky tt ba cv nog", "GREEK": "el grc", "HANGUL": "ko", "CJK": "cmn yue hak", "HIRAGANA": "ja",
    "KATAKANA": "ja", "ARABIC": "ar fa ur ug sd ku", "HEBREW": "he", "DEVANAGARI": "hi mr ne kok", "BENGALI": "bn as bpy",
    "TAMIL": "ta",
    "TELUGU": "te", "MALAYALAM": "ml", "KANNADA": "kn", "GUJARATI": "gu", "GURMUKHI": "pa", "ORIYA": "or", "SINHALA": "si",
    "THAI": "th",
    "MYANMAR": "my shn", "GEORGIAN": "ka", "ARMENIAN": "hy", "ETHIOPIC": "am ti", "CHEROKEE": "chr"}.items()}


@functools.lru_cache(maxsize=1024)
def canonical(code: str) -> str:
    """The code that everything here uses: "en-US" and "en" -> "en-us", "nl-BE" -> "nl", "pl-PL" -> "pl". Unknown: an error."""
    from tts.text.espeak import get_espeak

    plain = code.strip().lower().replace("_", "-")
    if plain in LANGUAGES:
        return plain
    if plain in _ALIASES:
        return _ALIASES[plain]
    espeak = get_espeak()
    if "+" not in plain:
        for candidate in (plain, plain.split("-")[0]):
            if candidate in espeak.languages():
                return _ALIASES.get(candidate, candidate)
    known = [*LANGUAGES, *espeak.languages()]
    near = difflib.get_close_matches(plain, known, n=4, cutoff=0.4) or list(LANGUAGES)
    raise UserError(f"language {code!r} is unknown; expected {', '.join(LANGUAGES)} or a code that espeak-ng knows; nearest: "
                    f"{', '.join(dict.fromkeys(near))}")


@functools.lru_cache(maxsize=256)
def get_language(code: str) -> Language:
    """All that the front-end knows of a language, by any code that `canonical` takes."""
    code = canonical(code)
    if code in LANGUAGES:
        return LANGUAGES[code]
    base = code.split("-")[0]
    family = LANGUAGES.get(code) or LANGUAGES.get(base) or (LANGUAGES["en-gb"] if base == "en" else None)
    numbers = _OWN_NUMBERS.get(code) or (family.numbers if family else base if base in _NUMBERS else None)
    scripts = tuple(script for script, codes in _SCRIPTS.items() if base in codes)
    scripts = ("LATIN", *scripts) if base == "sr" else scripts or ("LATIN",)
    return Language(code, code, numbers, family.wording if family else None, scripts)
