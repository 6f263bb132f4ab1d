"""Divides a corpus into train, dev and test.

Whole *groups* go to a part: by default all utterances of one text (so no text that was trained on is tested on, however often
it was read and by whomever), or single utterances, or whole speakers. Each speaker gets its share of the parts. Some speakers
can be set apart first, with all they say, as a part `unseen`: nobody to train on. Groups are taken in the order of a hash of
their text and the seed, so the division does not depend on the manifest's order.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tts.corpus.hashing import hash64
from tts.corpus.manifest import read_manifest, write_manifest
from tts.corpus.utterance import Utterance
from tts.errors import UserError

BY = ("text", "utterance", "speaker")


@dataclass(frozen=True)
class SplitFacts:
    """Utterances per part, and per speaker and part (sorted by name)."""

    parts: dict[str, int]
    speakers: dict[str, dict[str, int]]

    def __str__(self) -> str:
        few = sorted(name for name, parts in self.speakers.items() if not parts.get("train"))
        text = ", ".join(f"{part} {self.parts[part]}" for part in ("train", "dev", "test"))
        text += f", unseen {self.parts['unseen']}" if self.parts.get("unseen") else ""
        return f"{text} utterances of {len(self.speakers)} speakers" + (f"; not in train: {', '.join(few)}" if few else "")


def split_manifest(manifest: str | Path, output: str | Path, dev: int, test: int, by: str = "text", seed: int = 0,
                   unseen: int = 0) -> SplitFacts:
    """Write the manifest with every utterance's `split` set; `output` may be the manifest itself.

    dev, test  how many utterances each shall have (speakers, with `by` "speaker"); with "text" as near as whole texts allow
    unseen     how many speakers are set apart with all they say
    """
    if by not in BY:
        raise UserError(f"cannot split by {by!r}; there are {', '.join(BY)}")
    apart = _set_apart(manifest, unseen, seed)
    chosen = _choose(manifest, {"test": test, "dev": dev}, by, seed, apart)
    parts, speakers = Counter(), defaultdict(Counter)

    def rows() -> Iterator[Utterance]:
        for utterance in read_manifest(manifest):
            part = "unseen" if utterance.speaker in apart else chosen.get(_group(utterance, by, seed), "train")
            parts[part] += 1
            speakers[utterance.speaker][part] += 1
            yield replace(utterance, split=part)

    write_manifest(output, rows())
    return SplitFacts(dict(parts) | {part: parts[part] for part in ("train", "dev", "test")},
                      {name: dict(sorted(speakers[name].items())) for name in sorted(speakers)})


def text_key(text: str) -> str:
    """What makes two transcripts the same text: letters and digits, whatever the case and punctuation."""
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split()) or text


def _group(utterance: Utterance, by: str, seed: int) -> int:
    key = {"text": text_key(utterance.text), "utterance": utterance.id, "speaker": utterance.speaker}[by]
    return hash64(f"{seed}\n{key}")


def _set_apart(manifest: str | Path, unseen: int, seed: int) -> set[str]:
    """The speakers of the lowest hashes."""
    if not unseen:
        return set()
    names = {utterance.speaker for utterance in read_manifest(manifest)}
    if unseen >= len(names):
        raise UserError(f"{manifest}: has {len(names)} speakers, {unseen} shall be set apart; nobody would be left to train on; ask for fewer")
    return set(sorted(names, key=lambda name: (hash64(f"{seed}\nunseen\n{name}"), name))[:unseen])


def _choose(manifest: str | Path, wanted: dict[str, int], by: str, seed: int, apart: set[str]) -> dict[int, str]:
    """Group to part, for the groups of the speakers who are not set apart that leave train."""
    corpus = _Groups(manifest, by, seed, apart)
    number, what = (len(corpus.speakers), "speakers") if by == "speaker" else (len(corpus.numbers), "utterances")
    if sum(wanted.values()) >= number:
        raise UserError(f"{manifest}: has {number} {what}, dev and test together ask for {sum(wanted.values())}; "
                        "nothing would be left to train on; ask for fewer")
    if by == "speaker":
        return dict(zip(corpus.hashes, ["test"] * wanted["test"] + ["dev"] * wanted["dev"]))
    chosen: dict[int, str] = {}
    for part, number in wanted.items():
        chosen |= {corpus.hashes[place]: part for place in _fill(corpus, _shares(number, corpus.sizes()), chosen)}
    if len(chosen) == len(corpus.hashes):
        raise UserError(f"{manifest}: has only {len(chosen)} different texts, none would be left to train on; "
                        "ask for fewer or split --by utterance")
    return chosen


class _Groups:
    """The groups of a manifest in the order of their hashes, and who speaks in each; a few bytes an utterance."""

    def __init__(self, manifest: str | Path, by: str, seed: int, apart: set[str]):
        groups, numbers, self.speakers = array("Q"), array("i"), {}
        for utterance in read_manifest(manifest):
            if utterance.speaker in apart:
                continue
            groups.append(_group(utterance, by, seed))
            numbers.append(self.speakers.setdefault(utterance.speaker, len(self.speakers)))
        self.names = list(self.speakers)
        values = np.array(groups, dtype=np.uint64)
        order = np.argsort(values, kind="stable")
        self.numbers = np.array(numbers)[order]  # of the speakers, group after group
        self.starts = np.flatnonzero(np.diff(values[order], prepend=np.uint64(0))) if len(order) else order
        self.hashes = values[order][self.starts].tolist()

    def sizes(self) -> Counter:
        """Utterances of every speaker."""
        return Counter(dict(zip(self.names, np.bincount(self.numbers, minlength=len(self.names)).tolist())))

    def members(self, place: int) -> Counter:
        """Speaker's name to utterances, of the group at a place in `hashes`."""
        end = self.starts[place + 1] if place + 1 < len(self.starts) else len(self.numbers)
        return Counter(self.names[number] for number in self.numbers[self.starts[place]: end].tolist())


def _shares(number: int, sizes: Counter) -> dict[str, int]:
    """`number` divided among speakers as their utterances are, by largest remainder; ties by name."""
    total = sum(sizes.values())
    shares = {name: number * size // total for name, size in sizes.items()}
    remainders = sorted(sizes, key=lambda name: (-(number * sizes[name] % total), name))
    for name in remainders[: number - sum(shares.values())]:
        shares[name] += 1
    return shares


def _fill(corpus: _Groups, shares: dict[str, int], chosen: dict[int, str]) -> list[int]:
    """Places of groups that, taken in turn, bring speakers nearer to their shares; at least one if any is asked for."""
    open_shares, taken = Counter(shares), []

    def gain(members: Counter) -> int:  # how much nearer to the shares, summed over speakers
        return sum(abs(open_shares[name]) - abs(open_shares[name] - count) for name, count in members.items())

    free = [place for place, group in enumerate(corpus.hashes) if group not in chosen]
    for place in free:
        if max(open_shares.values(), default=0) <= 0:
            break
        members = corpus.members(place)
        if gain(members) > 0:
            open_shares.subtract(members)
            taken.append(place)
    if not taken and free and sum(shares.values()) > 0:
        taken = [max(free, key=lambda place: (gain(corpus.members(place)), -place))]
    return taken
