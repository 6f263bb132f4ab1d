"""The text stage: a manifest in, the same manifest with units out, and the inventory of its phones. One utterance at a time, each
in its own language; an utterance in which nothing can be spoken is left out, named and counted."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from tts.corpus.manifest import read_manifest, write_manifest
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.text.dictionary import Dictionary
from tts.text.espeak import get_espeak
from tts.text.frontend import TextFrontend
from tts.text.inventory import PhoneInventory


@dataclass
class TextFacts:
    """What the stage did; `dropped` says for each utterance left out why, `warnings` how many utterances had one."""

    utterances: int = 0
    words: int = 0
    phones: int = 0
    fall_backs: int = 0
    rewrites: int = 0
    warnings: int = 0
    seconds: float = 0.0
    dropped: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (f"{self.utterances} utterances, {self.words} words, {self.phones} phones; {self.fall_backs} phrases word by "
                f"word, {self.rewrites} rewrites, "
                f"{self.warnings} utterances with a warning; dropped {len(self.dropped)}; {self.seconds:.1f} s")


def process_manifest(source: str | Path, output: str | Path, inventory: str | Path,
                     dictionary: str | Path | None = None) -> TextFacts:
    """Fill the units of every utterance of a manifest; write the inventory of what was met. Files appear whole or not at all."""
    facts, counts, begin = TextFacts(), Counter(), time.perf_counter()
    entries = Dictionary.load(dictionary) if dictionary else None
    write_manifest(output, _processed(source, entries, facts, counts))
    PhoneInventory.from_counts(counts, get_espeak().version).save(inventory)
    facts.seconds = time.perf_counter() - begin
    return facts


def _processed(source: str | Path, dictionary: Dictionary | None, facts: TextFacts, counts: Counter[str]) -> Iterator[Utterance]:
    frontends: dict[str, TextFrontend] = {}
    for utterance in read_manifest(source):
        if utterance.language not in frontends:
            frontends[utterance.language] = TextFrontend(utterance.language, dictionary)
        frontend = frontends[utterance.language]
        try:
            processed = frontend.process(utterance.text)
        except UserError as error:
            facts.dropped.append(f"{utterance.id}: {error}")
            continue
        utterance = replace(utterance, language=frontend.language.code, units=processed.units, score=None)
        counts.update(phone.symbol for phone in utterance.phones)
        facts.utterances += 1
        facts.words += len(utterance.words)
        facts.phones += len(utterance.phones)
        facts.fall_backs += processed.fall_backs
        facts.rewrites += len(processed.trace)
        facts.warnings += bool(processed.warnings)
        yield utterance
