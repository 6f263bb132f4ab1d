"""Which utterances a listening test is made of: a stated, seeded rule, so that nobody has picked them by ear."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

THIRDS = ("short", "middle", "long")
RULE = (
    "of the utterances that every condition has, the next one taken is always one whose text was not taken yet, and whose "
    "speaker, style, third of lengths, and combination of the three, were taken least often so far (in this order of weight); "
    "ties are decided by the seed"
)


@dataclass(frozen=True)
class Candidate:
    """An utterance that could be in the test; `seconds` is the length of its longest recording."""

    id: str
    seconds: float
    text: str = ""
    speaker: str = ""
    style: str = ""
    language: str = ""


def ranked(candidates: list[Candidate], seed: int) -> Iterator[Candidate]:
    """The candidates in the order in which the rule takes them: the first n are the choice of n."""
    rest = sorted(candidates, key=lambda candidate: candidate.id)
    by_length = sorted(rest, key=lambda candidate: (candidate.seconds, candidate.id))
    third = {candidate.id: THIRDS[3 * place // len(rest)] for place, candidate in enumerate(by_length)}
    random.Random(f"{seed} selection").shuffle(rest)
    taken: Counter = Counter()

    def levels(candidate: Candidate) -> list[tuple]:
        of = candidate.speaker, candidate.style, third[candidate.id]
        return [("speaker", of[0]), ("style", of[1]), ("third", of[2]), ("all", *of)]

    while rest:
        chosen = min(rest, key=lambda c: (bool(c.text) and taken["text", c.text], *(taken[level] for level in levels(c))))
        rest.remove(chosen)
        taken.update([*levels(chosen), ("text", chosen.text)])
        yield chosen
