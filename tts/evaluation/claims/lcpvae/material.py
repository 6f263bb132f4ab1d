"""What the checks look at: the models by their roles, the corpus by its parts, recordings that were listened to, the judge of styles."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tts.config.recipe import load_trained
from tts.corpus.manifest import read_manifest
from tts.corpus.utterance import PAUSES, Utterance
from tts.errors import UserError
from tts.evaluation.claims.claims import Places
from tts.evaluation.claims.evidence import UNSEEN_PART, speakers_in_turn
from tts.evaluation.claims.phonotactics import Phonotactics
from tts.evaluation.claims.structure import Latent
from tts.evaluation.claims.style_work import Heard, Recorded, Spoken, StyleModels, listen
from tts.evaluation.claims.styles import Example, StyleJudge
from tts.evaluation.claims.work import in_processes
from tts.evaluation.figure import Figure, mean_of
from tts.features.speaker import centroid

OURS, PLAIN, VAE = "lcpvae", "without style loss", "plain VAE"
NEUTRAL = "neutral"
REFERENCES = 150  # training recordings, at most, that say how voices sound and what styles do


@dataclass(frozen=True)
class StyleEvidence:
    """Everything that the checks look at. latents: by role; copies: whether the judge takes a copy's style for the recording's."""

    roles: tuple[str, ...]
    styles: tuple[str, ...]
    judge: StyleJudge
    languages: Phonotactics
    recorded: dict[str, Recorded]  # test recordings
    references: tuple[Recorded, ...]  # training recordings
    latents: dict[str, list[Latent]]
    spoken: tuple[Spoken, ...]
    voices: dict[str, np.ndarray]  # speaker vectors

    def of(self, role: str, kind: str) -> list[Spoken]:
        return [s for s in self.spoken if s.role == role and s.kind == kind]

    def by_role(self, kind: str) -> dict[str, list[Spoken]]:
        """The sounds of a kind by the roles that made any: a model that is hardly trained may make nothing that has a voice in it."""
        return {role: found for role in self.roles if (found := self.of(role, kind))}


@dataclass(frozen=True)
class Parts:
    """Utterances of the corpus: to judge, to learn voices from, to fit the judge on (`unseen_part` says which these are), and phones by
    language of the training texts."""

    test: tuple[Utterance, ...]
    references: tuple[Utterance, ...]
    unseen: tuple[Utterance, ...]
    unseen_part: str
    texts: tuple[tuple[str, tuple[str, ...]], ...]


def open_roles(places: Places, model: Path) -> StyleModels:
    """The model and, of those to compare with, one of each other role."""
    seed, found = _seed(model), {}
    for folder in sorted(places.baselines, key=lambda path: _seed(path) != seed):
        found.setdefault(role_of(folder), folder)
    if OURS in found:
        raise UserError(f"{found[OURS]}: has a style loss as {model} has, so it is no baseline; expected models with lcpvae.style_loss none")
    others = [(role, found[role]) for role in (PLAIN, VAE) if role in found and (role != PLAIN or role_of(model) == OURS)]
    kept = [folder if folder is not None and (folder / "model.safetensors").is_file() else None for folder in (places.recogniser, places.style_classifier)]
    return StyleModels(((OURS, model), *others), places.manifest, places.audio_root, places.features, *kept)


def role_of(folder: Path) -> str:
    """What a model is, by its own configuration."""
    if not (folder / "config.yaml").is_file():
        raise UserError(f"{folder}: not a trained model (no config.yaml); train it first, or leave it out")
    settings = load_trained(folder).lcpvae
    return VAE if settings.prior == "normal" else PLAIN if settings.style_loss == "none" else OURS


def _seed(folder: Path) -> int | None:
    card = folder / "card.json"
    return json.loads(card.read_text(encoding="utf-8")).get("seed") if card.is_file() else None


def read_parts(places: Places) -> Parts:
    """The corpus's utterances. A corpus without a part that voices never see has its judge fitted on the part that watched the training."""
    found, texts = defaultdict(list), []
    for utterance in read_manifest(places.manifest):
        found[utterance.split].append(utterance)
        if utterance.split == "train":
            texts.append((utterance.language, tuple(p.symbol for p in utterance.phones if p.symbol not in PAUSES)))
    if not found[places.split]:
        raise UserError(f"{places.manifest}: no utterance has split {places.split!r}; split the corpus (tts corpus split), or name another --split")
    part = UNSEEN_PART if found[UNSEEN_PART] else "dev"
    if len({u.style for u in found[part]}) < 2:
        raise UserError(f"{places.manifest}: the part {part!r} has fewer than two styles, so there is nothing to fit the judge of styles on; expected "
                        "recordings of all styles in it")
    test, references = speakers_in_turn(found[places.split], places.limit), speakers_in_turn(found["train"], REFERENCES)
    return Parts(tuple(test), tuple(references), tuple(found[part]), part, tuple(texts))


_RECORDED: dict[tuple, tuple[dict[str, Recorded], dict[str, str]]] = {}


def listen_all(opener: StyleModels, parts: Parts, jobs: int) -> tuple[dict[str, Recorded], dict[str, str]]:
    """All recordings listened to, by id, and failures; once for the models of all seeds."""
    wanted = {u.id: u for u in (*parts.test, *parts.references, *parts.unseen)}
    key = (opener, tuple(wanted))
    if key not in _RECORDED:
        found, failures = in_processes(listen, opener, list(wanted.values()), jobs, "listening to recordings")
        _RECORDED[key] = {item.utterance.id: item for item in found}, failures
    return _RECORDED[key]


def fit_judge(parts: Parts, recorded: dict[str, Recorded]) -> StyleJudge:
    """The judge of styles, from recordings that no voice saw and from their copies."""
    unseen = [recorded[u.id] for u in parts.unseen if u.id in recorded]
    return StyleJudge([Example(r.utterance.speaker, r.utterance.style, heard.numbers.all) for r in unseen for heard in (r, r.copy)])


def voices_of(references: Iterable[Recorded]) -> dict[str, np.ndarray]:
    """Every voice's vector: the mean direction of its training recordings."""
    vectors = defaultdict(list)
    for item in references:
        vectors[item.utterance.speaker].append(item.vector)
    return {name: centroid(own) for name, own in vectors.items()}


def accuracy(evidence: StyleEvidence, spoken: list[Spoken]) -> Figure:
    """Share of sounds in which the judge hears the style asked for."""
    return mean_of((s.id, hears(evidence, s.known_as, s, s.style)) for s in spoken)


def hears(evidence: StyleEvidence, voice: str, heard: Heard, style: str) -> float:
    """1 if the judge hears the style in the sound, else 0."""
    return float(evidence.judge.hear(voice, heard.numbers.all) == style)


def constant(ids: tuple[str, ...], value: float) -> Figure:
    """A number that no drawing of utterances changes."""
    return Figure(ids, lambda counts: np.full(len(counts), float(value)))
