"""Everything that the checks look at, measured once: recordings listened to, latents, rendered sounds, and what was done to
them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tts.corpus.manifest import read_manifest
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.evaluation.claims.work import Heard, Learned, Listened

UNSEEN_PART = "recogniser"  # trains the judge of intelligibility; the voices never see it
REFERENCES = 400  # recordings, at most, from which voices' vectors and latents are learned


@dataclass(frozen=True)
class Truth:
    """What the generator did to each word: `emphasis` as it wrote it or None, and the name of the text rule or None."""

    emphasis: tuple[dict | None, ...]
    rules: tuple[str | None, ...]


@dataclass(frozen=True)
class Corpus:
    """Utterances to judge, utterances to learn voices from, what is known beyond them; and `texts`, more utterances that no part of the
    model saw, whose latents are held against those predicted from text, without speaking them."""

    test: tuple[Utterance, ...]
    references: tuple[Utterance, ...]
    texts: tuple[Utterance, ...] = ()
    truth: dict[str, Truth] = field(default_factory=dict)
    genders: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """listened: test recordings by id; texts: more of them, for latents alone; learned: references and test recordings; heard: sounds by kind, id and voice; replaced,
    edited: number of the word that was changed, by id; frame_level: names of the baselines that were given."""

    corpus: Corpus
    voices: tuple[str, ...]
    listened: dict[str, Listened]
    learned: list[Learned]
    heard: dict[tuple[str, str, str], Heard]
    replaced: dict[str, int] = field(default_factory=dict)
    edited: dict[str, int] = field(default_factory=dict)
    frame_level: tuple[str, ...] = ()
    has_base: bool = False
    texts: dict[str, Listened] = field(default_factory=dict)

    def of_kind(self, kind: str, own: bool) -> Iterator[Heard]:
        """Sounds of a kind, in the recordings' own voices or in others."""
        return (h for h in self.heard.values() if h.kind == kind and (h.voice == h.speaker) == own)

    def own(self, kind: str) -> dict[str, Heard]:
        """Sounds of a kind in the recordings' own voices, by id."""
        return {h.id: h for h in self.of_kind(kind, own=True)}


def load_corpus(manifest: Path, audio_root: Path, split: str, limit: int | None, voices: list[str]) -> Corpus:
    """The utterances of `split` (at most `limit`, speakers in turn) and references of the voices, from what the model was
    trained on."""
    test, references, texts = [], [], []
    for utterance in read_manifest(manifest):
        if utterance.split == split:
            test.append(utterance)
        elif utterance.split in ("train", None) and utterance.speaker in voices:
            references.append(utterance)
        elif utterance.split == UNSEEN_PART and utterance.speaker in voices:
            texts.append(utterance)
    if not test:
        raise UserError(
            f"{manifest}: no utterance has split {split!r}; split the corpus (tts corpus split), or name another --split"
        )
    truth, genders = read_truth(audio_root / "truth.jsonl", {u.id: u for u in test}), read_genders(audio_root / "speakers.json")
    chosen = [tuple(speakers_in_turn(part, most)) for part, most in ((test, limit), (references, REFERENCES), (texts, limit or REFERENCES))]
    return Corpus(*chosen, truth, genders)


def speakers_in_turn(utterances: list[Utterance], limit: int | None) -> list[Utterance]:
    """At most `limit` utterances, the same number of every speaker as far as they go, in their first order."""
    turns: dict[str, int] = {}
    ranks = []
    for place, utterance in enumerate(utterances):
        turns[utterance.speaker] = turns.get(utterance.speaker, -1) + 1
        ranks.append((turns[utterance.speaker], place))
    kept = sorted(place for _, place in sorted(ranks)[:limit])
    return [utterances[place] for place in kept]


def read_truth(path: Path, utterances: dict[str, Utterance]) -> dict[str, Truth]:
    """The generated corpus's truth of these utterances, {} without such a file; those whose words differ in number are left
    out."""
    found: dict[str, Truth] = {}
    if not path.is_file():
        return found
    with open(path, encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            words = row["words"]
            if row["id"] in utterances and len(words) == len(utterances[row["id"]].words):
                rules: list[str | None] = [None] * len(words)
                for rule in row["rules"]:
                    rules[rule["word"]] = rule["rule"]
                found[row["id"]] = Truth(tuple(word["emphasis"] for word in words), tuple(rules))
    return found


def read_genders(path: Path) -> dict[str, str]:
    """Speakers' genders as the generated corpus has them; {} without such a file."""
    if not path.is_file():
        return {}
    return {s["name"]: s["gender"] for s in json.loads(path.read_text(encoding="utf-8"))["speakers"] if s.get("gender")}
