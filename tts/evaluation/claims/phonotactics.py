"""Which language is spoken? Told from the order of the phones that a recogniser hears, whoever speaks (Zissman 1996: phone recognition, then
language modelling): every language has its pairs of phones."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

ENDS = "|"
SMOOTHING = 0.1  # added to every pair's count


class Phonotactics:
    """Pairs of phones of each language, from texts that were not heard."""

    def __init__(self, texts: Iterable[tuple[str, Sequence[str]]]):
        """texts: (language, phones of an utterance)."""
        self.pairs: dict[str, Counter] = {}
        self.firsts: dict[str, Counter] = {}
        known = {ENDS}
        for language, phones in texts:
            known |= set(phones)
            pairs, firsts = self.pairs.setdefault(language, Counter()), self.firsts.setdefault(language, Counter())
            for pair in _pairs(phones):
                pairs[pair] += 1
                firsts[pair[0]] += 1
        self.size = len(known)

    def score(self, language: str, phones: Sequence[str]) -> float:
        """Mean log-probability of the pairs in a language."""
        pairs, firsts = self.pairs[language], self.firsts[language]
        logs = [math.log((pairs[pair] + SMOOTHING) / (firsts[pair[0]] + SMOOTHING * self.size)) for pair in _pairs(phones)]
        return sum(logs) / len(logs)

    def tell(self, phones: Sequence[str]) -> str:
        """The likeliest language."""
        return max(sorted(self.pairs), key=lambda language: self.score(language, phones))


def _pairs(phones: Sequence[str]) -> list[tuple[str, str]]:
    whole = [ENDS, *phones, ENDS]
    return list(zip(whole, whole[1:]))
