"""The alignment stage: train the aligner if there is none, then find the frames of every phone of a manifest.

Utterances stream through (a bounded queue, so a thousand hours need no more memory than one); what is done stands in a file
beside the output, so an interrupted run goes on where it was. Utterances that cannot be aligned are left out, named and counted;
those whose score is far below their speaker's usual one are kept and named: their text probably is not what was said.
"""

from __future__ import annotations

import json
import os
import time
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from tts.alignment.config import LISTENING, AlignerConfig
from tts.alignment.placing import Placed, place
from tts.alignment.source import PhoneSource, first_reasons
from tts.corpus.manifest import atomic_writer, read_manifest, resolve_audio
from tts.corpus.parallel import ordered_map
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.features.config import FeatureConfig
from tts.features.frames import samples_to_frames
from tts.paths import package_data
from tts.text.inventory import PhoneInventory

RELEASED = "released"  # as aligner.start: of the voices that come with the package
UNLEARNT_SCORE = -1.5  # a median below this is said
FEWEST_SCORES = 8  # a speaker with fewer utterances is compared with all speakers


@dataclass
class AlignmentFacts:
    """What the stage did."""

    utterances: int = 0
    phones: int = 0
    inserted: int = 0
    spread_words: int = 0  # words of TextGrids with another number of phones
    seconds_of_speech: float = 0.0
    dropped: dict[str, str] = field(default_factory=dict)  # id -> why
    outliers: dict[str, float] = field(default_factory=dict)  # id -> robust z
    notes: list[str] = field(default_factory=list)
    training_seconds: float = 0.0
    seconds: float = 0.0

    def __str__(self) -> str:
        named = f" ({', '.join(list(self.outliers)[:5])}{', …' if len(self.outliers) > 5 else ''})" if self.outliers else ""
        lost = f" ({', '.join(list(self.dropped)[:5])}{', …' if len(self.dropped) > 5 else ''})" if self.dropped else ""
        return (f"aligned {self.utterances} utterances ({self.seconds_of_speech / 3600:.2f} h, {self.phones} phones), "
                f"put in {self.inserted} pauses, dropped {len(self.dropped)}{lost}, doubtful {len(self.outliers)}{named}"
                + "".join(f"; {note}" for note in self.notes)
                + f"; training {self.training_seconds:.0f} s, in all {self.seconds:.0f} s")


def align_manifest(manifest: Path, output: Path, audio_root: Path, phones: Path, folder: Path, features: FeatureConfig,
                   config: AlignerConfig, jobs: int = 1) -> AlignmentFacts:
    """Align a manifest with the aligner in `folder`, which is trained on it first if it is not there (or not finished).

    Writes `output`, and beside it boundaries.jsonl (unrounded starts of all phones in seconds) and alignment.json (dropped,
    doubtful).
    """
    began = time.perf_counter()
    train_aligner(manifest, audio_root, phones, folder, config)
    trained = time.perf_counter()
    work = partial(_align_one, folder=folder, audio_root=audio_root, features=features, pause_seconds=config.pause_seconds)
    identity = _crc(manifest, folder / "model.safetensors") ^ zlib.crc32(repr((features, config.pause_seconds)).encode())
    facts = run_alignment(manifest, output, work, f"{identity:08x}", jobs, config.outlier_z)
    facts.training_seconds, facts.seconds = trained - began, time.perf_counter() - began
    return facts


def run_alignment(manifest: Path, output: Path, work: Callable[[Utterance], dict], identity: str, jobs: int, outlier_z: float,
                  check: Callable[[AlignmentFacts], None] | None = None) -> AlignmentFacts:
    """`work` on every utterance, from where an earlier run with the same `identity` was interrupted; then the output, in one go.

    `check` may refuse the result before it is written."""
    output.parent.mkdir(parents=True, exist_ok=True)
    for stale in output.parent.glob(f".{output.name}.*.done"):
        if stale.name != f".{output.name}.{identity}.done":
            stale.unlink()
    journal = output.parent / f".{output.name}.{identity}.done"
    finished = _finished_rows(journal)
    with open(journal, "a", encoding="utf-8") as file:
        utterances = (u for number, u in enumerate(read_manifest(manifest)) if number >= finished)
        try:
            for row in ordered_map(work, utterances, jobs, "align"):
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
                file.flush()
        except BrokenProcessPool:
            raise UserError(f"{manifest}: a process was ended from outside, perhaps for want of memory; run the same command "
                            "again, it goes on where it was (fewer --jobs need less memory)") from None
    facts = _collect(journal, outlier_z)
    if not facts.utterances:
        raise UserError(f"{output}: no utterance could be aligned" + first_reasons(facts.dropped))
    if check is not None:
        check(facts)
    _write(journal, output, facts)
    journal.unlink()
    return facts


def _finished_rows(journal: Path) -> int:
    """How many utterances an interrupted run had done; a last line that was cut off is removed."""
    if not journal.is_file():
        return 0
    whole = count = 0
    with open(journal, "rb+") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            whole, count = whole + len(line), count + 1
        file.truncate(whole)
    return count


def _collect(journal: Path, outlier_z: float) -> AlignmentFacts:
    facts, scores = AlignmentFacts(), []
    with open(journal, encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            if "dropped" in row:
                facts.dropped[row["dropped"]] = row["why"]
                continue
            utterance = row["utterance"]
            facts.utterances += 1
            facts.phones += sum(len(unit["phones"]) for unit in utterance["units"])
            facts.inserted += row["inserted"]
            facts.spread_words += row.get("spread_words", 0)
            facts.seconds_of_speech += row["seconds"]
            if "score" in utterance:
                scores.append((utterance["id"], utterance["speaker"], utterance["score"]))
    facts.outliers = outliers(scores, outlier_z)
    middle = float(np.median([score for _, _, score in scores])) if scores else 0.0
    if middle < UNLEARNT_SCORE:
        facts.notes.append(f"scores are low throughout (median {middle:.1f}, usual is -0.3 to -0.6): the aligner has not "
                           "learnt this corpus; raise aligner.steps, go on from a trained one (aligner.start=released), or check that texts "
                           "and sounds belong together, and train in a new folder")
    return facts


def _write(journal: Path, output: Path, facts: AlignmentFacts) -> None:
    boundaries = output.parent / "boundaries.jsonl"
    with open(journal, encoding="utf-8") as rows, atomic_writer(output) as out, atomic_writer(boundaries) as bounds:
        for row in map(json.loads, rows):
            if "utterance" in row:
                out.write(json.dumps(row["utterance"], ensure_ascii=False) + "\n")
                bounds.write(json.dumps({"id": row["utterance"]["id"], "starts": row["starts"]}) + "\n")
    with atomic_writer(output.parent / "alignment.json") as file:
        json.dump({"utterances": facts.utterances, "phones": facts.phones, "inserted_pauses": facts.inserted,
                   "dropped": facts.dropped, "doubtful": facts.outliers}, file, indent=1, ensure_ascii=False)


_ALIGNERS: dict = {}  # one per process and model file: the aligner that this process works with


def _align_one(utterance: Utterance, folder: Path, audio_root: Path, features: FeatureConfig, pause_seconds: float) -> dict:
    """One utterance's row of the journal."""
    import torch

    from tts.alignment.aligner import load_aligner
    from tts.features.audio import load_audio

    key = (str(folder), os.stat(folder / "model.safetensors").st_mtime_ns)
    if key not in _ALIGNERS:
        torch.set_num_threads(1)
        _ALIGNERS.clear()
        _ALIGNERS[key] = load_aligner(folder)
    try:
        samples = load_audio(resolve_audio(audio_root / "manifest", utterance), features.sample_rate)
        found, score = align_sound(_ALIGNERS[key], samples, utterance, pause_seconds, features)
    except UserError as error:
        return {"dropped": utterance.id, "why": str(error)}
    return journal_row(utterance, found, score, len(samples) / features.sample_rate)


def align_sound(aligner, samples: np.ndarray, utterance: Utterance, pause_seconds: float, features: FeatureConfig) -> tuple[Placed, float]:
    """Where the phones of an utterance are in its sound [N] at the features' rate, and the aligner's score."""
    from tts.alignment.aligner import align

    found = align(aligner, as_heard(samples, features), utterance.units, utterance.id)
    return placed(utterance, found, samples_to_frames(len(samples), features), pause_seconds, features), found.score


def as_heard(samples: np.ndarray, features: FeatureConfig) -> np.ndarray:
    """Samples at the features' rate → at the aligner's."""
    import soxr

    if features.sample_rate == LISTENING.sample_rate:
        return samples
    return soxr.resample(samples, features.sample_rate, LISTENING.sample_rate, quality="HQ")


def placed(utterance: Utterance, found, total_frames: int, pause_seconds: float, features: FeatureConfig) -> Placed:
    try:
        return place(utterance.units, found, total_frames, pause_seconds, features)
    except ValueError as error:
        raise UserError(f"utterance {utterance.id}: {error}; every phone needs a frame of "
                        f"{1000 * features.frame_seconds:.1f} ms; the text does not belong to this sound, "
                        "or the sound is cut") from None


def journal_row(utterance: Utterance, placed: Placed, score: float | None, seconds: float) -> dict:
    """What stands in the journal for an aligned utterance."""
    utterance.units, utterance.score = placed.units, None if score is None else round(score, 4)
    return {"utterance": utterance.to_dict(), "starts": [round(float(start), 5) for start in placed.starts_seconds],
            "inserted": placed.inserted, "seconds": seconds}


def outliers(scores: Iterable[tuple[str, str, float]], z: float) -> dict[str, float]:
    """Of (id, speaker, score): ids whose score lies more than `z` robust deviations below the speaker's median, worst first."""
    by_speaker: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for name, speaker, score in scores:
        by_speaker[speaker].append((name, score))
    everyone = [pair for pairs in by_speaker.values() for pair in pairs]
    found = {}
    for pairs in by_speaker.values():
        values = np.array([score for _, score in (pairs if len(pairs) >= FEWEST_SCORES else everyone)])
        middle = np.median(values)
        deviation = max(1.4826 * np.median(np.abs(values - middle)), 0.02)
        found.update({name: round(float((score - middle) / deviation), 1)
                      for name, score in pairs if score < middle - z * deviation})
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def train_aligner(manifest: Path, audio_root: Path, phones: Path, folder: Path, config: AlignerConfig) -> None:
    """Train on the manifest's utterances, unless `folder` holds a finished aligner for these phones; an unfinished run is
    continued."""
    import torch

    from tts.alignment.aligner import Aligner, load_aligner, save_aligner_description
    from tts.training.loop import fit

    inventory = PhoneInventory.load(phones)
    if (folder / "model.safetensors").is_file():
        load_aligner(folder, inventory)
        return
    source = PhoneSource(sample(manifest, config.training_hours), audio_root, inventory, config.batch_frames, config.seed)
    loop = config.training(len(source.batches(0)))
    torch.manual_seed(config.seed)
    aligner = Aligner(inventory, config, ctc_steps=0 if config.start else round(config.ctc_share * loop.steps))
    if config.start:
        start = package_data() / "voices/cc0/aligner" if config.start == RELEASED else Path(config.start)
        unknown = aligner.go_on_from(load_aligner(start))
        print(f"aligner: goes on from {config.start}" + (f", which does not know {', '.join(unknown)}" if unknown else ""), flush=True)
    hours = sum(source.lengths.values()) * LISTENING.frame_seconds / 3600
    save_aligner_description(folder, inventory, config, {"utterances": len(source.rows), "hours": hours, "steps": loop.steps,
                                                         "not_trained_on": source.unfit})
    fit(aligner, source, None, loop, folder)


def sample(manifest: Path, hours: float) -> Iterator[Utterance]:
    """The manifest's utterances, or as many hours of them, chosen by their ids."""
    total = sum(utterance.seconds or 5.0 for utterance in read_manifest(manifest)) / 3600
    share = hours / max(total, 1e-9)
    return (u for u in read_manifest(manifest) if share >= 1 or zlib.crc32(u.id.encode()) / 2**32 < share)


def _crc(*paths: Path) -> int:
    value = 0
    for path in paths:
        with open(path, "rb") as file:
            while block := file.read(2**20):
                value = zlib.crc32(block, value)
    return value
