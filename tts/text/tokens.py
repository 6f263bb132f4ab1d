"""What normalisation hands on: words and punctuation marks, each with its raw span; and how marks become pauses.

Several marks in a row make one pause, the strongest: ? ! . … ; : — , in this order. Quotation marks make none.
Brackets make a comma where a blank stands outside them, none inside a word. What stands before the first word is folded into the
opening silence."""

from __future__ import annotations

from dataclasses import dataclass

# Punctuation of all scripts -> the pause it stands for; "" where it stands for none.
MARKS = {mark: symbol for symbol, marks in {
    ",": ",、،，፣၊᠂·・•", ".": ".。｡।॥።։؞۔᠃။។།", "?": "?؟‽⁇⁈", "!": "!‼⁉", ";": ";؛", ":": ":", "…": "…", "—": "—―⸺", "": "་〜～",
}.items() for mark in marks}
QUOTES = frozenset("\"'`´‘’‚‛“”„‟‹›«»′″‵‶「」『』〝〞〟❛❜❝❞＂＇¿¡")
OPENING, CLOSING = frozenset("([{（【〈《〔"), frozenset(")]}）】〉》〕")
DASHES = "-‐‑‒–—―−⸺"

_STRENGTH = {symbol: rank for rank, symbol in enumerate("_,—:;….!?")}


@dataclass(frozen=True)
class Word:
    """`text` as the reader sees it; `say` as espeak-ng is asked for it ("B.B.C" is spelled, "nasa" is read)."""

    text: str
    span: tuple[int, int]
    say: str


@dataclass(frozen=True)
class Mark:
    """Punctuation: one of PAUSES."""

    symbol: str
    span: tuple[int, int]


def strongest(marks: list[Mark]) -> Mark:
    """One pause for several marks in a row: the strongest symbol, the span of all."""
    symbol = max(marks, key=lambda mark: _STRENGTH[mark.symbol]).symbol
    return Mark(symbol, (marks[0].span[0], marks[-1].span[1]))
