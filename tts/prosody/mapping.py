"""The prosody of one text laid on another: which word takes whose prosody, and where the pauses go.

    how            word i of the new text takes
    "same"         its own: both texts must have the same words and pauses
    "order"        word i of the source
    "alignment"    the word in its place when the two texts differ in as few words as possible; a word that is new takes none
    "1:1,2:3"      word 1 of the source for word 1, word 3 for word 2, …; words not named take none
    "auto"         the same words: one to one; else "alignment" if half of the shorter text's words are found; else "order"

A pause goes with its place, between the words that its neighbours took. Where the source pauses between two words and the new
text has no punctuation, a pause is put in; a pause of no length says that the source ran over it. What takes none is left to the
text. The report says all of this in words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tts.corpus.utterance import Phone, Unit
from tts.errors import UserError
from tts.prosody.prosody import Prosody, WordProsody, require_units

WAYS = ("auto", "same", "order", "alignment")
_PAIRS = re.compile(r"\s*\d+\s*:\s*\d+\s*(,\s*\d+\s*:\s*\d+\s*)*")
SHOWN = 12  # lines of one kind in a report


@dataclass(frozen=True)
class Mapped:
    """units    of the new text, with the pauses that were put in
    sources  per unit, the position in the source's `words` whose prosody it takes; None: the text fills in
    report   what was done, in sentences; the last counts
    """

    units: list[Unit]
    sources: list[int | None]
    report: list[str]

    def words(self, source: Prosody) -> list[WordProsody | None]:
        """What each unit takes."""
        return [None if position is None else source.words[position] for position in self.sources]


@dataclass(frozen=True)
class _Texts:
    """Two texts as words, and what a report calls them; numbers count from 0 here and from 1 in reports."""

    source: list[str]
    target: list[str]

    def word(self, number: int) -> str:
        return f"word {number + 1} {self.target[number]!r}"

    def other(self, number: int) -> str:
        return f"{self.source[number]!r} (word {number + 1} of the source)"


def map_units(source: Prosody, units: Sequence[Unit], how: str = "auto", put_in_pauses: bool = True) -> Mapped:
    """Lay the source's prosody on the units of a text (or on the words of another `Prosody`, without `put_in_pauses`). A map that
    cannot be read, or that leads beyond either text, is a `UserError`."""
    if how == "same":
        require_units(source, units)
    words, report = _map_words([w.text for w in source.words if not w.is_pause], [u.text for u in units if not u.is_pause], how)
    return _with_pauses(source.words, units, words, report, put_in_pauses)


def _map_words(source: list[str], target: list[str], how: str = "auto") -> tuple[list[int | None], list[str]]:
    """For each word of the target the number of the source's word that it takes, both from 0; and the report."""
    texts = _Texts(source, target)
    if how == "auto":
        how = _best_way(texts)
    if how == "same":
        return list(range(len(target))), [f"{len(target)} words taken one to one"]
    if how == "order":
        chosen = [i if i < len(source) else None for i in range(len(target))]
        report = [f"{min(len(source), len(target))} words taken in order"]
    elif how == "alignment":
        chosen = align_words(source, target)
        same = sum(i is not None and plain(source[i]) == plain(word) for i, word in zip(chosen, target))
        report = [f"{same} of {len(target)} words are the source's, and take their own prosody"]
    else:
        chosen = _given(texts, how)
        report = [f"{sum(i is not None for i in chosen)} words taken as the map says"]
    report += _shorten([f"{texts.word(k)} takes that of {texts.other(i)}" for k, i in enumerate(chosen)
                        if i is not None and plain(source[i]) != plain(target[k])])
    report += _shorten([f"{texts.word(k)} is new: filled in from the text" for k, i in enumerate(chosen) if i is None])
    report += _shorten([f"{texts.other(i)} is not used" for i in range(len(source)) if i not in set(chosen)])
    return chosen, report


def align_words(source: list[str], target: list[str]) -> list[int | None]:
    """The alignment with the fewest words substituted, left out or put in; among equals the one with the most words in common."""
    a, b = [plain(word) for word in source], [plain(word) for word in target]
    same = np.array([[x == y for y in b] for x in a]).reshape(len(a), len(b))
    # A match is rewarded by less than any error costs, so it only decides between alignments with as many errors.
    reward = 1.0 / (1 + max(len(a), len(b)))
    cost = np.zeros((len(a) + 1, len(b) + 1))
    cost[:, 0], cost[0] = np.arange(len(a) + 1), np.arange(len(b) + 1)
    for i in range(1, len(a) + 1):
        step = np.where(same[i - 1], -reward, 1.0)
        best = np.minimum(cost[i - 1, :-1] + step, cost[i - 1, 1:] + 1)
        for j in range(1, len(b) + 1):
            cost[i, j] = min(best[j - 1], cost[i, j - 1] + 1)
    chosen: list[int | None] = [None] * len(b)
    i, j = len(a), len(b)
    while i and j:
        if np.isclose(cost[i, j], cost[i - 1, j - 1] + (-reward if same[i - 1, j - 1] else 1.0)):
            chosen[j - 1] = i - 1
            i, j = i - 1, j - 1
        elif np.isclose(cost[i, j], cost[i - 1, j] + 1):
            i -= 1
        else:
            j -= 1
    return chosen


def _best_way(texts: _Texts) -> str:
    a, b = [plain(word) for word in texts.source], [plain(word) for word in texts.target]
    if a == b:
        return "same"
    found = sum(i is not None and a[i] == word for i, word in zip(align_words(a, b), b))
    return "alignment" if 2 * found >= min(len(a), len(b)) else "order"


def _given(texts: _Texts, how: str) -> list[int | None]:
    """A map as the user gave it: target:source, counted from 1."""
    if not _PAIRS.fullmatch(how):
        raise UserError(f"map {how!r}: expected one of {', '.join(WAYS)}, or pairs as 1:1,2:3 (word of the new text : word of "
                        "the source)")
    chosen: list[int | None] = [None] * len(texts.target)
    for pair in how.split(","):
        target, source = (int(number) for number in pair.split(":"))
        for number, words, what in ((target, texts.target, "the new text"), (source, texts.source, "the source")):
            if not 1 <= number <= len(words):
                raise UserError(f"map {how!r}: {pair.strip()} names word {number} of {what}, which has {len(words)}; words "
                                "count from 1")
        if chosen[target - 1] is not None:
            raise UserError(f"map {how!r}: word {target} of the new text is named twice; expected once")
        chosen[target - 1] = source - 1
    return chosen


def _with_pauses(source: Sequence[WordProsody], units: Sequence[Unit], words: list[int | None], report: list[str],
                 put_in_pauses: bool) -> Mapped:
    """Words' numbers to units' positions; pauses by place."""
    word_at = [position for position, word in enumerate(source) if not word.is_pause]
    new_words = [unit for unit in units if not unit.is_pause]
    source_pauses = _pauses(source)
    ends = [-1, *words, len(word_at)]  # the text's beginning and end stand for the source's
    mapped, sources, lines, put_in = [], [], [], 0
    for place, pauses in enumerate(_pauses(units)):
        left, right = ends[place], ends[place + 1]
        taken = _pauses_between(left, right, source_pauses, place in (0, len(words)))
        where = f"after word {place} {new_words[place - 1].text!r}" if place else "before the first word"
        for index, position in enumerate(pauses):
            mapped.append(units[position])
            sources.append(taken[index] if index < len(taken) else None)
            if sources[-1] is None:
                lines.append(f"pause {units[position].text!r} {where} has none in the source: filled in from the text")
        neighbours = left is not None and right == left + 1
        if put_in_pauses and not pauses and taken and neighbours and source[taken[0]].duration_ms > 0:
            before = mapped[-1].span[1]
            mapped.append(Unit("_", (before, before), [Phone("_")]))
            sources.append(taken[0])
            put_in += 1
            lines.append(f"pause put in {where}: the source pauses there for {source[taken[0]].duration_ms:.0f} ms")
        if place < len(words):
            mapped.append(new_words[place])
            sources.append(None if words[place] is None else word_at[words[place]])
    filled, unused = sum(word is None for word in words), len(set(range(len(word_at))) - set(words))
    filled_pauses = sum(position is None for position in sources) - filled
    taken_pauses = len(mapped) - len(words) - filled_pauses - put_in
    total = (f"words: {len(words) - filled} taken, {filled} filled in from the text, {unused} of the source's not used; "
             f"pauses: {taken_pauses} taken, {put_in} put in, {filled_pauses} filled in from the text")
    return Mapped(mapped, sources, [*report, *_shorten(lines), total])


def _pauses_between(left: int | None, right: int | None, pauses: list[list[int]], at_end: bool) -> list[int]:
    """Positions of the source's pauses after its word `left`, else of those before its word `right`. The silence around the whole
    source belongs to the ends of the new text alone."""
    places = [place for place in (None if left is None else left + 1, right) if place is not None]
    return next((pauses[place] for place in places if pauses[place] and (at_end or 0 < place < len(pauses) - 1)), [])


def _pauses(items: Sequence) -> list[list[int]]:
    """Positions of the pauses before each word, and after the last."""
    places: list[list[int]] = [[]]
    for position, item in enumerate(items):
        if item.is_pause:
            places[-1].append(position)
        else:
            places.append([])
    return places


def plain(word: str) -> str:
    """The word as it is compared."""
    return word.casefold().replace("’", "'")


def _shorten(lines: list[str]) -> list[str]:
    return lines if len(lines) <= SHOWN else [*lines[:SHOWN], f"… and {len(lines) - SHOWN} more such"]
