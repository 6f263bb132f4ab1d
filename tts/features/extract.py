"""From a manifest and its audio to a store of features: in parallel, in two passes, and safe to interrupt.

    pass 1   a bounded sample of each speaker's utterances → histogram of F0 → range    ranges/000000.json, f0_ranges.json
    pass 2   every utterance, 128 a shard → features, and sums for the statistics       shards/000000.safetensors
    finish   the sums of all shards                                                     speakers.json, dropped.jsonl, index.jsonl

Both passes stream the manifest, so memory does not grow with the corpus. Every file appears only when whole and says from what
it was made (`key`): after a kill, or after a change of the manifest, exactly what is missing or outdated is made, and the bytes
are those of an uninterrupted run with any number of processes.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from tts.corpus.manifest import atomic_writer, read_manifest
from tts.corpus.utterance import Utterance
from tts.documents import read_json
from tts.errors import UserError
from tts.features import statistics, store
from tts.features.audio import load_audio
from tts.features.config import FeatureConfig
from tts.features.energy import frame_energy
from tts.features.f0 import extract_f0
from tts.features.fingerprint import Fingerprint, fingerprint
from tts.features.frames import samples_to_frames
from tts.features.mel import MelSpectrogram
from tts.features.parallel import Stage, run_stage
from tts.features.speaker import heard_voice
from tts.features.store import Features, IndexRow, UTTERANCES_PER_SHARD

RANGE_UTTERANCES = 40  # of a speaker, looked at in pass 1
SILENCE_PEAK = 1e-4  # -80 dB: nobody speaks in such a file


@dataclass(frozen=True)
class Item:
    """What extraction needs to know of an utterance."""

    id: str
    audio: str
    speaker: str
    frames: int | None  # sum of the alignment's durations, None if not aligned

    @classmethod
    def of(cls, utterance: Utterance) -> Item:
        if utterance.audio is None:
            raise UserError(f"utterance {utterance.id} has no audio, so it has no features; take it out of the manifest")
        aligned = bool(utterance.units) and all(phone.frames is not None for phone in utterance.phones)
        return cls(utterance.id, utterance.audio, utterance.speaker, sum(utterance.durations) if aligned else None)


@dataclass(frozen=True)
class Job:
    """What is the same for every task of a run."""

    manifest: str
    audio_root: str
    folder: str
    config: FeatureConfig
    identity: str  # the fingerprint's hash
    per_shard: int


@dataclass
class Summary:
    """What the store holds, and what this run did for it: `made` of `shards` shards, in `seconds`."""

    kept: int = 0
    dropped: int = 0
    hours: float = 0.0
    shards: int = 0
    made: int = 0
    seconds: float = 0.0


def extract(manifest: str | Path, audio_root: str | Path, config: FeatureConfig, folder: str | Path, jobs: int = 1,
            cluster: str = "local", cluster_jobs: int = 16, max_dropped: float = 0.02, phones_hash: str | None = None,
            espeak_version: str | None = None, per_shard: int = UTTERANCES_PER_SHARD) -> Summary:
    """Make (or complete) the feature store in `folder`.

    jobs        processes on this machine, or per cluster job
    cluster     "local", "slurm", or "submitit-local" (submitit without a cluster)
    max_dropped share of utterances that may fail (each is named in dropped.jsonl); above it nothing is accepted
    """
    started = time.monotonic()
    folder = Path(folder)
    identity = fingerprint(config, phones_hash, espeak_version)
    job = Job(str(manifest), str(audio_root), str(folder), config, identity.hash, per_shard)
    run_stage(Stage("F0 ranges", _range_tasks, _measure_ranges), job, jobs, cluster, cluster_jobs)
    _write_ranges(job)
    made = run_stage(Stage("features", _shard_tasks, _make_shard), job, jobs, cluster, cluster_jobs)
    summary = _finish(job, identity, max_dropped)
    summary.made, summary.seconds = made, time.monotonic() - started
    return summary


# ---- pass 1: the range of every speaker's F0


def _range_tasks(job: Job) -> Iterator[tuple[int, list[Item]]]:
    """A sample of each speaker's utterances (those of the lowest hashes, so that order does not matter), some at a time."""
    chosen: dict[str, list] = {}
    for position, item in enumerate(map(Item.of, read_manifest(job.manifest))):
        rank = -int.from_bytes(hashlib.blake2b(item.id.encode(), digest_size=8).digest(), "big")
        heap = chosen.setdefault(item.speaker, [])
        if len(heap) < RANGE_UTTERANCES:
            heapq.heappush(heap, (rank, position, item))
        else:
            heapq.heappushpop(heap, (rank, position, item))
    items = [entry[2] for speaker in sorted(chosen) for entry in sorted(chosen.pop(speaker), reverse=True)]
    for number, start in enumerate(range(0, len(items), job.per_shard)):
        yield number, items[start : start + job.per_shard]


def _measure_ranges(job: Job, number: int, items: list[Item]) -> bool:
    """Write the F0 histograms of one task's speakers; False if they stood there already."""
    path = Path(job.folder) / "ranges" / f"{number:06d}.json"
    key = _key(job, items)
    if path.is_file():
        with suppress(UserError):  # of no use: made anew
            if _range_part(path).get("key") == key:
                return False
    histograms: dict[str, np.ndarray] = {}
    for item in items:
        counts = histograms.setdefault(item.speaker, statistics.empty_histogram())
        try:
            samples = _load(job, item)
        except UserError:
            continue  # pass 2 counts and names it
        counts += statistics.histogram(extract_f0(samples, job.config).f0_hz)
    with atomic_writer(path) as file:
        json.dump({"key": key, "histograms": {speaker: counts.tolist() for speaker, counts in histograms.items()}}, file)
    return True


def _range_part(path: Path) -> dict:
    found = read_json(path, "delete it and extract again")
    return found if isinstance(found, dict) else {}


def _write_ranges(job: Job) -> None:
    """Join the histograms of pass 1 into f0_ranges.json: speaker → [low, high] in Hz."""
    histograms: dict[str, np.ndarray] = {}
    for number, _ in _range_tasks(job):
        part = _range_part(Path(job.folder) / "ranges" / f"{number:06d}.json")
        for speaker, counts in part["histograms"].items():
            histograms[speaker] = histograms.get(speaker, 0) + np.array(counts)
    ranges = {speaker: statistics.speaker_range(counts, job.config) for speaker, counts in sorted(histograms.items())}
    with atomic_writer(Path(job.folder) / "f0_ranges.json") as file:
        json.dump(ranges, file, indent=0)


@cache
def _ranges(path: str, modified_ns: int) -> dict[str, list[float]]:
    return json.loads(Path(path).read_text(encoding="utf-8"))


def f0_ranges(job: Job) -> dict[str, list[float]]:
    path = Path(job.folder) / "f0_ranges.json"
    return _ranges(str(path), path.stat().st_mtime_ns)


# ---- pass 2: everything


def _shard_tasks(job: Job) -> Iterator[tuple[int, list[Item]]]:
    """The manifest in its order, `per_shard` utterances at a time."""
    items: list[Item] = []
    number = 0
    for utterance in read_manifest(job.manifest):
        items.append(Item.of(utterance))
        if len(items) == job.per_shard:
            yield number, items
            items, number = [], number + 1
    if items:
        yield number, items


def _make_shard(job: Job, number: int, items: list[Item]) -> bool:
    """Write one shard; False if it stood there already, made from the same things."""
    ranges = f0_ranges(job)
    key = _key(job, items, {item.speaker: ranges[item.speaker] for item in items})
    about = store.read_about(job.folder, number)
    if about is not None and about["key"] == key:
        return False
    kept: dict[str, Features] = {}
    dropped: list[dict] = []
    sums = statistics.Sums()
    for item in items:
        if item.id in kept:
            raise UserError(f"{job.manifest}: utterance {item.id} occurs twice; ids must be unique; run `tts corpus validate`")
        try:
            samples = _load(job, item)
        except UserError as error:
            dropped.append({"id": item.id, "reason": str(error)})
            continue
        _check_alignment(job, item, samples)
        kept[item.id] = extract_features(samples, job.config, *ranges[item.speaker])
        sums.add(item.speaker, len(samples) / job.config.sample_rate, kept[item.id])
    Path(job.folder, "index.jsonl").unlink(missing_ok=True)  # from here on the old index and the shards are no longer one store
    about = {"key": key, "rows": [[name, len(features.mel)] for name, features in kept.items()], "dropped": dropped,
             "speakers": sums.speakers}
    store.write_shard(job.folder, number, kept, sums.arrays(), about)
    return True


def extract_features(samples: np.ndarray, config: FeatureConfig, f0_low_hz: float | None = None,
                     f0_high_hz: float | None = None) -> Features:
    """All features of one recording [N] at the configuration's rate; the F0 range is the configuration's unless given."""
    mel = _mel(config).extract(samples)
    track, vector = heard_voice(samples, config, f0_low_hz, f0_high_hz)
    return Features(mel, track.f0_hz, track.voiced, frame_energy(samples, config), vector)


@cache
def _mel(config: FeatureConfig) -> MelSpectrogram:
    return MelSpectrogram(config)


def _load(job: Job, item: Item) -> np.ndarray:
    """The utterance's sound, or an error that says why it has no features."""
    root = Path(job.audio_root).resolve()
    path = (root / item.audio).resolve()
    if not path.is_relative_to(root):
        raise UserError(f"utterance {item.id}: audio {item.audio!r} leads outside {root}; copy or link the corpus below it")
    samples = load_audio(path, job.config.sample_rate)
    peak = float(np.abs(samples).max())
    if peak < SILENCE_PEAK:
        raise UserError(f"utterance {item.id}: {path} is silent (peak {peak:.1e}, expected at least {SILENCE_PEAK:.0e}); "
                        "record it again")
    return samples


def _check_alignment(job: Job, item: Item, samples: np.ndarray) -> None:
    """Durations that do not fit are no bad recording but another configuration's alignment: that stops the run."""
    frames = samples_to_frames(len(samples), job.config)
    if item.frames is not None and item.frames != frames:
        raise UserError(f"utterance {item.id}: its durations add up to {item.frames} frames, but {item.audio} has {frames} "
                        f"({len(samples)} samples, hop {job.config.hop_samples}); align again with this configuration")


def _key(job: Job, items: list[Item], *more) -> str:
    """A hash of all that a task's output depends on; the audio enters by its size."""
    sizes = [path.stat().st_size if (path := Path(job.audio_root, item.audio)).is_file() else None for item in items]
    content = [job.identity, [list(vars(item).values()) for item in items], sizes, *more]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


# ---- finish


def _finish(job: Job, identity: Fingerprint, max_dropped: float) -> Summary:
    """Join what the shards say of themselves into speakers.json, dropped.jsonl and, last, the index."""
    folder = Path(job.folder)
    summary, sums, first_dropped = Summary(), statistics.Sums(), []
    with atomic_writer(folder / "dropped.jsonl") as file:
        for shard, _ in _shard_tasks(job):
            about = store.read_about(folder, shard)
            sums.merge(about["speakers"], store.read_extra(folder, shard))
            summary.shards += 1
            summary.kept += len(about["rows"])
            summary.dropped += len(about["dropped"])
            first_dropped = (first_dropped + about["dropped"])[:5]
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in about["dropped"])
    total = summary.kept + summary.dropped
    if not total:
        raise UserError(f"{job.manifest}: holds no utterance; make the manifest again")
    if summary.dropped > max_dropped * total:
        (folder / "index.jsonl").unlink(missing_ok=True)
        reasons = "\n  ".join(f"{row['id']}: {row['reason']}" for row in first_dropped)
        raise UserError(f"{summary.dropped} of {total} utterances have no features, more than --max-dropped {max_dropped}; "
                        f"{folder}/dropped.jsonl names all, the first are\n  {reasons}")
    for path in (folder / "shards").glob("*.safetensors"):  # of a longer manifest than this
        if int(path.stem) >= summary.shards:
            path.unlink()
    description = sums.summary(f0_ranges(job))
    summary.hours = sum(speaker["hours"] for speaker in description["speakers"].values())
    rows = (IndexRow(row[0], shard, row[1]) for shard in range(summary.shards) for row in store.read_about(folder, shard)["rows"])
    store.finish_store(folder, identity, rows, description)
    return summary
