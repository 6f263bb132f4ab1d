"""Ratings as one array, listeners x items x conditions, which is what screening and tests work on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tts.mushra.folder import ANCHORS, REFERENCE
from tts.mushra.ratings import Results


@dataclass(frozen=True)
class ScoreTable:
    """scores [L, I, C]: NaN where a listener did not rate. items: utterances. conditions: the reference first, then systems in
    the order of the key, anchors last. speakers, styles: of each item, "" where not known."""

    listeners: list[str]
    items: list[str]
    conditions: list[str]
    scores: np.ndarray
    speakers: list[str]
    styles: list[str]

    @property
    def systems(self) -> list[str]:
        return [name for name in self.conditions if name != REFERENCE and name not in ANCHORS.values()]

    @property
    def compared(self) -> list[str]:
        """What is tested in pairs: the systems, and the reference where it was rated. Anchors differ by construction."""
        return [name for name in self.conditions if name not in ANCHORS.values()]

    def of(self, condition: str) -> np.ndarray:
        """The scores [L, I] of a condition."""
        return self.scores[:, :, self.conditions.index(condition)]

    def only(self, listeners: list[str]) -> ScoreTable:
        chosen = [self.listeners.index(name) for name in listeners]
        return replace(self, listeners=list(listeners), scores=self.scores[chosen])

    def part(self, items: list[int]) -> ScoreTable:
        return replace(
            self,
            items=[self.items[i] for i in items],
            scores=self.scores[:, items],
            speakers=[self.speakers[i] for i in items],
            styles=[self.styles[i] for i in items],
        )


def score_table(results: Results) -> ScoreTable:
    """The table of a mushra or mos test, with every session, item and condition of the test, rated or not."""
    pages = [page for page in results.pages.values() if page.counts]
    items = list(dict.fromkeys(page.utterance for page in pages))
    named = list(dict.fromkeys(condition for page in pages for condition in sorted(page.letters.values())))
    order = {REFERENCE: 0, **{anchor: 2 + rank for rank, anchor in enumerate(reversed(ANCHORS.values()))}}
    listed = list(results.test.key.get("conditions", {}))
    named.sort(key=lambda name: (order.get(name, 1), listed.index(name) if name in listed else len(listed)))
    listeners = [session.listener for session in results.sessions]
    row, column, place = ({name: number for number, name in enumerate(names)} for names in (listeners, items, named))
    scores = np.full((len(listeners), len(items), len(named)), np.nan)
    for rating in results.ratings:
        if not rating.attention:
            scores[row[rating.listener], column[results.pages[rating.item].utterance], place[rating.condition]] = rating.score
    about = {page.utterance: page for page in pages}
    return ScoreTable(
        listeners, items, named, scores, [about[item].speaker for item in items], [about[item].style for item in items]
    )
