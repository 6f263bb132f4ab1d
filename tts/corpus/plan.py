"""What a corpus of so many hours will take: bytes on disk, hours of a core, workers. The rates are measured here and now, on a sample."""

from __future__ import annotations

import math
import tempfile
import time
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from tts.corpus.generated import MiniCorpusConfig, generate
from tts.corpus.manifest import read_manifest, resolve_audio, write_manifest
from tts.corpus.spread import spread
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.features.config import FeatureConfig
from tts.features.extract import extract
from tts.features.store import UTTERANCES_PER_SHARD
from tts.text.stage import process_manifest

INDEX_BYTES = 16  # of memory an utterance, in whoever opens the store (store.py)
LOOKED_AT = 50  # utterances of the manifest for each that is measured: the corpus may be larger than memory
SAMPLE_CORPUS = MiniCorpusConfig(speakers=("en-us", "es"), utterances_per_speaker=16)


@dataclass(frozen=True)
class Rates:
    """What an hour of speech takes. Seconds are those of one core, whatever else the machine does meanwhile."""

    sample_hours: float
    utterances: float
    audio_bytes: float
    feature_bytes: float
    text_seconds: float
    feature_seconds: float


@dataclass(frozen=True)
class Plan:
    """What a corpus takes, and how many workers finish in time."""

    hours: float
    days: float
    rates: Rates

    @property
    def utterances(self) -> int:
        return round(self.hours * self.rates.utterances)

    @property
    def shards(self) -> int:
        """Pieces of work; more workers than that would have nothing to do."""
        return max(1, math.ceil(self.utterances / UTTERANCES_PER_SHARD))

    @property
    def feature_core_hours(self) -> float:
        return self.hours * self.rates.feature_seconds / 3600

    @property
    def workers(self) -> int:
        """Processes of one core each that extract the features in `days`."""
        return max(1, math.ceil(self.feature_core_hours / (24 * self.days)))

    def table(self) -> str:
        """A line each: what, how much, and from which rate."""
        rates, gigabyte = self.rates, 1e9
        rows = [
            ("recordings", f"{self.hours * rates.audio_bytes / gigabyte:,.1f} GB", f"{rates.audio_bytes / 1e6:.0f} MB an hour"),
            ("features", f"{self.hours * rates.feature_bytes / gigabyte:,.1f} GB", f"{rates.feature_bytes / 1e6:.0f} MB an hour"),
            ("utterances", f"{self.utterances:,}", f"{rates.utterances:.0f} an hour, {self.utterances * INDEX_BYTES / 1e6:,.0f} MB of memory "
                                                   "in each process that opens the store"),
            ("text", f"{self.hours * rates.text_seconds / 3600:,.1f} core hours", f"{3600 / rates.text_seconds:,.0f} x real time, one process"),
            ("features", f"{self.feature_core_hours:,.1f} core hours", f"{3600 / rates.feature_seconds:,.0f} x real time on a core"),
            ("workers", f"{self.workers:,}", f"to extract in {self.days:g} days, of at most {self.shards:,} that have something to do"),
        ]
        return "\n".join(f"{what:12}{much:>20}   {rate}" for what, much, rate in rows)


def measure_rates(config: FeatureConfig, manifest: Path | None = None, audio_root: Path | None = None, count: int = 32) -> Rates:
    """Run text and features on `count` utterances from the manifest's beginning, of every voice there, or on made-up ones without a manifest."""
    with tempfile.TemporaryDirectory(prefix="plan-") as temporary:
        folder = Path(temporary)
        if manifest is None:
            generate(SAMPLE_CORPUS, folder / "corpus", 1)
            manifest = folder / "corpus/manifest.jsonl"
        root = audio_root or manifest.parent
        sample = [replace(utterance, units=[], score=None) for utterance in spread(islice(read_manifest(manifest), LOOKED_AT * count), count)]
        if not sample:
            raise UserError(f"{manifest}: holds no utterance to measure; name another manifest, or none for a made-up sample")
        write_manifest(folder / "one.jsonl", sample[:1])
        write_manifest(folder / "sample.jsonl", sample)
        _text(folder, "one.jsonl"), _features(folder, "one.jsonl", root, config)  # what is loaded once counts for nothing
        text_seconds, (feature_seconds, hours) = _text(folder, "sample.jsonl"), _features(folder, "sample.jsonl", root, config)
        stored = sum(path.stat().st_size for path in (folder / "sample.jsonl.features").rglob("*") if path.is_file())
        return Rates(hours, len(sample) / hours, sum(_audio_bytes(root, one) for one in sample) / hours, stored / hours, text_seconds / hours,
                     feature_seconds / hours)


def _audio_bytes(root: Path, utterance: Utterance) -> int:
    return resolve_audio(root / "manifest.jsonl", utterance).stat().st_size


def _text(folder: Path, manifest: str) -> float:
    """Seconds of a core."""
    started = time.process_time()
    process_manifest(folder / manifest, folder / "text.jsonl", folder / "phones.json")
    return max(time.process_time() - started, 1e-6)


def _features(folder: Path, manifest: str, root: Path, config: FeatureConfig) -> tuple[float, float]:
    """Seconds of a core, and hours of speech."""
    started = time.process_time()
    summary = extract(folder / manifest, root, config, folder / f"{manifest}.features")
    return time.process_time() - started, summary.hours
