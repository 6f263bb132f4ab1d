"""A few utterances of many that show all there is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tts.corpus.utterance import Utterance


def spread(utterances: Iterable[Utterance], count: int) -> list[Utterance]:
    """At most `count` of the utterances: every voice and language in turn, sentences that were not yet chosen first. Fewer are
    always the first of more."""
    groups: dict[tuple[str, str], list[Utterance]] = defaultdict(list)
    for utterance in utterances:
        groups[utterance.speaker, utterance.language].append(utterance)
    chosen: list[Utterance] = []
    while len(chosen) < count and any(groups.values()):
        for group in groups.values():
            if group and len(chosen) < count:
                texts = {utterance.text for utterance in chosen}
                chosen.append(group.pop(next((i for i, u in enumerate(group) if u.text not in texts), 0)))
    return chosen
