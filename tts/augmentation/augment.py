"""A corpus in the target's voice out of a supporter's: every utterance of the supporter is converted, judged, and kept or
rejected.

    OUT/manifest.jsonl       accepted utterances, speaker = target, split train, each with its passport
    OUT/rejected.jsonl       id, the rules it broke, all scores
    OUT/features/            a feature store of the accepted ones: converted mels, and F0, energy, vector of their sound
    OUT/wav/ID.wav           on request
    OUT/augmentation.json    rules with threshold, reason and count; model; F0; how many

Work is cut into shards of the feature store. A shard appears only when whole and says from what it was made, so a run that was
killed goes on where it stopped, and its bytes are those of an uninterrupted one with any number of processes.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from tts.augmentation.config import AugmentationConfig
from tts.augmentation.contours import DETAILED, PREDICTED, Contours, make_contours
from tts.augmentation.convert import Tools, Voices, convert, open_tools
from tts.augmentation.rules import breaches, rules_of
from tts.corpus.manifest import atomic_writer, read_manifest, write_manifest
from tts.corpus.spread import spread
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.features import statistics, store
from tts.features.audio import save_audio
from tts.features.parallel import Stage, run_stage
from tts.features.speaker import centroid
from tts.features.store import FeatureStore
from tts.paths import file_digest, file_in

PER_SHARD = 32
LEARNED_FROM = 400  # utterances, at most, for a voice's vector and the moments of its F0
UNSEEN = ("dev", "test", "recogniser")  # parts that a training corpus must not be made of


@dataclass(frozen=True)
class Job:
    """All that is the same for every shard."""

    folder: Path
    manifest: Path
    supporter: str
    tools: Tools
    contours: Contours
    voices: Voices
    style: str  # of the target
    config: AugmentationConfig
    keep_wav: bool
    identity: str  # of the model
    f0_identity: str | None  # of what predicted F0
    per_shard: int  # utterances; part of the job, so that whoever works on it anywhere cuts it alike


@dataclass(frozen=True)
class Augmented:
    """What came of it."""

    accepted: int
    rejected: int
    seconds: float
    broken: dict[str, int]
    made: int  # shards made by this run

    def __str__(self) -> str:
        why = ", ".join(f"{name} {count}" for name, count in self.broken.items() if count)
        return f"{self.accepted} utterances accepted ({self.seconds / 60:.1f} min), {self.rejected} rejected" + (f" ({why})"
                                                                                                                 if why else "")


def augment(tools: Tools, manifest: Path, target: str, supporter: str, kind: str, folder: Path,
            config: AugmentationConfig = AugmentationConfig(),
            jobs: int = 1, keep_wav: bool = False, cluster: str = "local", cluster_jobs: int = 16) -> Augmented:
    """Make (or complete) the corpus in `folder`; `kind` is one of contours.KINDS; where it runs is as in features.extract."""
    job = _prepare(tools, manifest, target, supporter, kind, Path(folder), config, keep_wav)
    made = run_stage(Stage("converting", _tasks, _make_shard), job, jobs, cluster, cluster_jobs)
    return _finish(job, made)


def _prepare(tools: Tools, manifest: Path, target: str, supporter: str, kind: str, folder: Path, config: AugmentationConfig,
             keep_wav: bool) -> Job:
    opened = open_tools(tools)
    loaded, known = opened.loaded, opened.store.speakers["speakers"]
    for name in (target, supporter):
        loaded.names.index("speakers", name)
        if name not in known:
            raise UserError(f"{tools.features}: knows nothing of {name!r}; extract features of the same corpus that the model learned from")
    own = list(spread((u for u in read_manifest(manifest) if u.speaker == target and u.split in ("train", None)), LEARNED_FROM))
    sources = list(spread(_sources(manifest, supporter), LEARNED_FROM))
    for name, found in ((target, own), (supporter, sources)):
        if not found:
            raise UserError(f"{manifest}: no training utterance of {name!r}; expected an aligned manifest of both speakers")
    vectors = [centroid(opened.store[u.id].speaker_vector for u in some) for some in (own, sources)]
    voices = Voices(*(tuple(map(float, vector)) for vector in vectors), *known[target]["f0_range_hz"])
    contours = make_contours(kind, loaded, opened.f0, opened.store, target, own, sources)
    style = Counter(u.style for u in own).most_common(1)[0][0]
    return Job(folder, Path(manifest), supporter, tools, contours, voices, style, config, keep_wav, loaded.identity,
               opened.f0.identity if kind in (PREDICTED, DETAILED) else None, PER_SHARD)


def _sources(manifest: Path, supporter: str) -> Iterator[Utterance]:
    return (u for u in read_manifest(manifest) if u.speaker == supporter and u.split not in UNSEEN)


def _tasks(job: Job) -> Iterator[tuple[int, list[Utterance]]]:
    stream, number = _sources(job.manifest, job.supporter), 0
    while items := list(islice(stream, job.per_shard)):
        yield number, items
        number += 1


def _make_shard(job: Job, number: int, items: list[Utterance]) -> bool:
    """Convert and judge some utterances; False if that was done already, with the same things."""
    features, key = job.folder / "features", _key(job, items)
    about = store.read_about(features, number)
    if about is not None and about["key"] == key:
        return False
    opened, rules = open_tools(job.tools), rules_of(job.config)
    accepted, rejected, kept, sums = [], [], {}, statistics.Sums()
    for utterance in items:
        converted = convert(opened, job.contours, job.voices, utterance)
        row = _described(job, utterance, converted.scores, len(converted.samples) / opened.loaded.features.sample_rate)
        if broken := breaches(rules, converted.scores):
            rejected.append({"id": row.id, "source": utterance.id, "broken": broken, "scores": converted.scores})
            continue
        if job.keep_wav:
            save_audio(job.folder / row.audio, converted.samples, opened.loaded.features.sample_rate)
        accepted.append(row.to_dict())
        kept[row.id] = converted.features
        sums.add(row.speaker, row.seconds, converted.features)
    (features / "index.jsonl").unlink(missing_ok=True)  # from here on the old index and the shards are no longer one store
    about = {"key": key, "accepted": accepted, "rejected": rejected, "speakers": sums.speakers}
    store.write_shard(features, number, kept, sums.arrays(), about)
    return True


def _described(job: Job, utterance: Utterance, scores: dict[str, float | None], seconds: float) -> Utterance:
    """The manifest row of a converted utterance: the source's words and durations, the target's voice."""
    name = f"{utterance.id}--{job.contours.target}"
    audio = file_in(job.folder / "wav", name, ".wav").relative_to(job.folder).as_posix() if job.keep_wav else None
    alignment = None if scores["alignment_loss"] is None else round(utterance.score - scores["alignment_loss"], 4)
    passport = {"source": utterance.id, "supporter": utterance.speaker, "model": job.identity, "f0": job.contours.kind,
                "f0_model": job.f0_identity,
                "scores": scores}
    return Utterance(name, utterance.text, job.contours.target, utterance.language, job.style, audio, round(seconds, 4), "train",
                     utterance.units,
                     alignment, passport)


def _key(job: Job, items: list[Utterance]) -> str:
    """Hash of everything that a shard depends on but the code."""
    content = [job.identity, job.f0_identity, asdict(job.contours), asdict(job.voices), job.style, asdict(job.config),
               job.keep_wav,
               _tools_identity(job.tools), [utterance.to_dict() for utterance in items]]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


@cache
def _tools_identity(tools: Tools) -> list[str | None]:
    """What vocodes and judges, wherever it lies."""
    vocoder = open_tools(tools).vocoder.name
    weights = [folder and Path(folder, "model.safetensors") for folder in (vocoder, tools.aligner, tools.recogniser)]
    identities = [file_digest(path)[:12] if path and path.is_file() else None for path in weights]
    return [identities[0] or vocoder, *identities[1:]]


def _finish(job: Job, made: int) -> Augmented:
    """Join what the shards say of themselves; the index comes last."""
    features, rules = job.folder / "features", rules_of(job.config)
    shards = sum(1 for _ in _tasks(job))
    sums, broken, rejected, seconds = statistics.Sums(), Counter(), 0, 0.0
    with atomic_writer(job.folder / "rejected.jsonl") as file:
        for shard in range(shards):
            about = store.read_about(features, shard)
            sums.merge(about["speakers"], store.read_extra(features, shard))
            for row in about["rejected"]:
                broken.update(row["broken"])
                rejected += 1
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    for path in (features / "shards").glob("*.safetensors"):  # of a longer manifest than this
        if int(path.stem) >= shards:
            path.unlink()
    accepted = write_manifest(job.folder / "manifest.jsonl", _accepted(features, shards))
    if not accepted:
        raise UserError(f"{job.folder}: none of {rejected} converted utterances was accepted (broken rules: {dict(broken)}); rejected.jsonl has all "
                        "scores; train the conversion model longer, or change the section augmentation")
    seconds = sum(row.seconds for row in _accepted(features, shards))
    loaded = open_tools(job.tools).loaded
    with atomic_writer(job.folder / "augmentation.json") as file:
        json.dump({"model": job.identity, "f0_model": job.f0_identity, "target": job.contours.target, "supporter": job.supporter,
                   "f0": asdict(job.contours), "style": job.style,
                   "fingerprint": loaded.fingerprint.to_dict(), "accepted": accepted, "rejected": rejected,
                   "seconds": round(seconds, 3),
                   "rules": [{**asdict(rule), "rejected": broken[rule.score]} for rule in rules]}, file, indent=1,
                  ensure_ascii=False)
    rows = (store.IndexRow(row.id, shard, sum(row.durations)) for shard in range(shards) for row in _rows_of(features, shard))
    ranges = {job.contours.target: [job.voices.low_hz, job.voices.high_hz]}
    store.finish_store(features, FeatureStore(job.tools.features).fingerprint, rows, sums.summary(ranges))
    return Augmented(accepted, rejected, seconds, {rule.score: broken[rule.score] for rule in rules}, made)


def _accepted(features: Path, shards: int) -> Iterator[Utterance]:
    return (row for shard in range(shards) for row in _rows_of(features, shard))


def _rows_of(features: Path, shard: int) -> Iterator[Utterance]:
    return map(Utterance.from_dict, store.read_about(features, shard)["accepted"])
