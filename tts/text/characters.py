"""The first step of normalisation: raw characters to clean ones, each with the raw span it came from. Composes accents (NFC),
folds full-width, ligature and styled forms, reads digits of every script as 0-9, makes every blank a blank, and drops what nobody
can see or say (controls, zero-width and private characters, stacks of combining marks), each drop with a trace entry.

    raw    c a f e ◌́ ␣ ４ ２        starts  0 1 2 3 5 6 7
    clean  c a f é ␣ 4 2           ends    1 2 3 5 6 7 8
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

from tts.text.trace import Rewrite

# Texts made only of these need no cleaning: printable ASCII, composed Latin letters, everyday punctuation and signs.
_PLAIN = re.compile(r"[ -~¡£¥§«°±²³·»¼½¾¿À-ɏ‐–—‘’‚“”„…‹›€]*", re.DOTALL)
_FOLDED = ((0xFF00, 0xFFEF), (0xFB00, 0xFB06), (0x1D400, 0x1D7FF), (0x2460, 0x24FF), (0x2160, 0x217F), (0x3300, 0x33FF), (0xFB1D,
    0xFDFF),
           (0xFE70, 0xFEFC), (0x2100, 0x214F), (0x1F100, 0x1F1E5), (0x2070, 0x2094), (0x1E030, 0x1E08F))
KEPT_NUMBERS = "²³¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"  # the rules read these
LETTER = f"[^\\W\\d_{KEPT_NUMBERS}]"  # a letter, in a regular expression for clean text
_MARKS_KEPT_ON = ("LATIN", "GREEK", "CYRILLIC", "DIGIT", "COMMON")  # scripts that need no marks of their own once composed


@dataclass(frozen=True)
class CleanText:
    """`text`, whose character i came from raw characters [starts[i], ends[i])."""

    text: str
    starts: list[int] | range
    ends: list[int] | range

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The raw span of clean characters [start, end)."""
        return self.starts[start], self.ends[end - 1]


def clean(raw: str, trace: list[Rewrite]) -> CleanText:
    """The clean text of a raw one; what was changed or dropped is added to `trace`."""
    if _PLAIN.fullmatch(raw):
        return CleanText(raw, range(len(raw)), range(1, len(raw) + 1))
    characters, starts, ends = [], [], []
    at = 0
    while at < len(raw):
        end = at + 1
        while end < len(raw) and _joins(raw[end]):
            end += 1
        cluster = raw[at:end]
        new, rule = _clean_cluster(cluster)
        if rule:
            trace.append(Rewrite((at, end), cluster, new, rule))
        characters.append(new)
        starts += [at] * len(new)
        ends += [end] * len(new)
        at = end
    return CleanText("".join(characters), starts, ends)


@functools.lru_cache(maxsize=8192)
def script(character: str) -> str:
    """The script of a letter as Unicode names it (LATIN, CYRILLIC, CJK …); "COMMON" for what has none."""
    if not character.isalpha():  # the empty string is common too
        return "COMMON"
    name = unicodedata.name(character, "COMMON").split()[0].split("-")[0]
    return {"FEMININE": "LATIN", "MASCULINE": "LATIN", "MICRO": "GREEK", "MODIFIER": "LATIN", "HALFWIDTH": "KATAKANA"}.get(name,
        name)


@functools.lru_cache(maxsize=8192)
def _joins(character: str) -> bool:
    """Whether the character belongs to the one before: a combining mark, or the vowel or end of a Korean syllable."""
    return unicodedata.category(character) in ("Mn", "Mc", "Me") or "\u1160" <= character <= "\u11ff"


@functools.lru_cache(maxsize=65536)
def _clean_cluster(cluster: str) -> tuple[str, str]:
    """A base character with its marks -> what stays of it, and the rule if something was changed that a reader would notice."""
    composed = unicodedata.normalize("NFC", cluster)
    base, rest = composed[0], composed[1:]
    category = unicodedata.category(base)
    if base in "\n\u2028\u2029\x85\x0b\x0c":
        return "\n", ""
    if base in "\t\r" or category == "Zs":
        return " ", ""
    if category.startswith("M"):  # a mark with nothing to stand on
        return "", "combining mark"
    if category in ("Cc", "Cf"):
        return "", "control character" if category == "Cc" else "invisible character"
    if category in ("Co", "Cn"):
        return "", "unassigned character"
    rule = ""
    if base not in "™℠" and any(first <= ord(base) <= last for first, last in _FOLDED):
        folded = unicodedata.normalize("NFKC", base)
        if folded != base:
            base, rule = folded, "compatibility form"
    elif category[0] == "N" and not base.isascii() and base not in KEPT_NUMBERS:
        base, rule = _digits(base)
    if rest and (script(base[:1]) in _MARKS_KEPT_ON or not base.isalpha()):
        rest, rule = "", "combining mark"
    return base + rest, rule


def _digits(number: str) -> tuple[str, str]:
    """A digit or number sign of any script in 0-9 (٣ -> 3, ❷ -> 2), and the rule; those without a whole value are dropped."""
    value = unicodedata.numeric(number, -1.0)
    folded = unicodedata.normalize("NFKC", number)
    if folded.isascii():
        return folded, "digit"
    return (str(int(value)), "digit") if value >= 0 and value == int(value) else ("", "sign dropped")
