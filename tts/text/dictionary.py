"""The user's dictionary: a table of words and their phones that overrides espeak-ng. One entry a line, tab-separated:

    word <TAB> phones, separated by blanks, stress mark in front <TAB> language (optional: all languages)
    gif        dʒ ˈɪ f       en-us

Case: an entry written in small letters holds for every spelling of the word; one with a capital only for exactly that spelling,
and before the other. Words are compared after NFC, with a straight apostrophe. Empty lines and lines that begin with "#" are
skipped."""

from __future__ import annotations

import unicodedata
from pathlib import Path

from tts.corpus.utterance import PAUSES, Phone
from tts.errors import UserError
from tts.text.espeak import split_stress
from tts.text.languages import canonical


class Dictionary:
    """Entries of one file. `for_language` gives those that hold for a language."""

    def __init__(self, entries: dict[tuple[str, str | None], tuple[Phone, ...]]):
        self._entries = entries

    @classmethod
    def load(cls, path: str | Path) -> Dictionary:
        """The dictionary of a TSV file; the first bad line is an error with its number."""
        entries: dict[tuple[str, str | None], tuple[Phone, ...]] = {}
        try:
            lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"dictionary {path}: cannot be read ({error}); expected UTF-8 lines of word<TAB>phones") from None
        for number, line in enumerate(lines, start=1):
            if line.strip() and not line.startswith("#"):
                key, phones = _parse(line, f"dictionary {path}:{number}")
                if key in entries:
                    raise UserError(f"dictionary {path}:{number}: {key[0]!r} stands there twice; expected one line a word and "
                                    f"language; remove one")
                entries[key] = phones
        return cls(entries)

    def for_language(self, code: str) -> dict[str, tuple[Phone, ...]]:
        """word -> phones for one language: entries without a language, overridden by those with it."""
        chosen = {word: phones for (word, language), phones in self._entries.items() if language is None}
        return chosen | {word: phones for (word, language), phones in self._entries.items() if language == code}


def normal_form(word: str) -> str:
    """How words are compared, case apart."""
    return unicodedata.normalize("NFC", word).replace("’", "'")


def _parse(line: str, where: str) -> tuple[tuple[str, str | None], tuple[Phone, ...]]:
    fields = [field.strip() for field in line.split("\t")]
    if len(fields) not in (2, 3) or not fields[0]:
        raise UserError(f"{where}: found {len(fields)} tab-separated field(s) in {line!r}; expected word<TAB>phones or "
                        f"word<TAB>phones<TAB>language; "
                        "put tabs, not blanks, between them")
    word, phones = normal_form(fields[0]), fields[1].split()
    if " " in word:
        raise UserError(f"{where}: {word!r} has a blank; expected one word; write a line for each word")
    if not phones:
        raise UserError(f"{where}: {word!r} has no phones; expected symbols separated by blanks, such as: h ə l ˈoʊ")
    result = []
    for phone in phones:
        symbol, stress = split_stress(phone)
        if not symbol or symbol in PAUSES or phone != {0: "", 1: "ˌ", 2: "ˈ"}[stress] + symbol:
            raise UserError(f"{where}: {phone!r} in {word!r} is no phone; expected an IPA symbol, with ˈ or ˌ in front if "
                            f"stressed, no punctuation")
        result.append(Phone(symbol, stress))
    try:
        language = canonical(fields[2]) if len(fields) == 3 and fields[2] else None
    except UserError as error:
        raise UserError(f"{where}: {error}") from None
    return (word, language), tuple(result)
