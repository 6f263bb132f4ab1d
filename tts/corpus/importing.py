"""From somebody's corpus to ours: one mono 16-bit FLAC a recording, and a manifest of Utterances beside them.

    OUT/manifest.jsonl  OUT/wav/SPEAKER/ID.flac  OUT/skipped.tsv (name, reason)  OUT/import.json (what was asked)

The readers are run twice: first for ids, languages and files (no sound is touched, so mistakes show in seconds), then for the
sound. Everything is streamed; an interrupted import continues, for a FLAC that is there is not made again.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from tts.corpus.hashing import duplicates, hash64
from tts.corpus.manifest import atomic_writer, write_manifest
from tts.corpus.parallel import ordered_map, with_progress
from tts.corpus.recording import Converted, Recording, Skipped, convert, safe_id
from tts.corpus.utterance import Utterance
from tts.errors import UserError

NAMED_AT_MOST = 5  # clashes written out in an error


@dataclass
class ImportFacts:
    """What an import did; the names of what it skipped are in OUT/skipped.tsv."""

    utterances: int = 0
    seconds: float = 0.0
    mixed_down: int = 0  # recordings with several channels, averaged to one
    resampled: int = 0
    scaled: int = 0  # peaks beyond full scale brought down (of those converted in this run)
    skipped: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        text = (f"{self.utterances} utterances, {self.seconds / 3600:.2f} h; {self.mixed_down} mixed down to mono, "
                f"{self.resampled} resampled, "
                f"{self.scaled} scaled below full scale; skipped {sum(self.skipped.values())}")
        reasons = "; ".join(f"{count} x {reason}" for reason, count in self.skipped.items())
        return text + (f" ({reasons})" if reasons else "")


def import_recordings(read: Callable[[Skipped], Iterable[Recording]], output: str | Path, asked: dict,
                      sample_rate: int | None = None, jobs: int = 1) -> ImportFacts:
    """Convert what `read(skipped)` yields (it is called twice) into a corpus in `output`.

    asked        what identifies this import (reader, folders, options): a folder made by another one is refused
    sample_rate  Hz of the FLACs; None keeps each recording's own
    """
    output = Path(output)
    total = _check_names(read)
    _claim(output, asked | {"sample_rate": sample_rate})
    skipped, facts = Skipped(), ImportFacts()
    recordings = _usable(read(skipped), skipped)
    results = ordered_map(partial(_convert, output=output, sample_rate=sample_rate), recordings, jobs, "import", total)
    write_manifest(output / "manifest.jsonl", _converted(results, facts, skipped, sample_rate))
    skipped.write(output / "skipped.tsv")
    facts.skipped = skipped.counts
    if facts.utterances == 0:
        raise UserError(f"{output}: nothing could be imported; {facts}; the names are in skipped.tsv there")
    return facts


def wanted(recordings: Iterable[Recording], keep: Sequence[str] | None = None, per_speaker: int | None = None) -> Iterator[Recording]:
    """Those of the speakers in `keep`, each "name" or "name:style" (all without a list), and of each speaker the first `per_speaker` of them."""
    taken = Counter()
    for recording in recordings:
        of = recording.utterance
        if keep and of.speaker not in keep and f"{of.speaker}:{of.style}" not in keep:
            continue
        if per_speaker is not None and taken[of.speaker] >= per_speaker:
            continue
        taken[of.speaker] += 1
        yield recording


def _claim(output: Path, asked: dict) -> None:
    """Refuse a folder that an import with other options made, since its files would be taken for this one's."""
    path = output / "import.json"
    asked = json.loads(json.dumps(asked))
    if path.exists() and (found := json.loads(path.read_text(encoding="utf-8"))) != asked:
        differing = [f"{key}: {found.get(key)!r} there, {asked.get(key)!r} now" for key in sorted(found.keys() | asked.keys())
                     if found.get(key) != asked.get(key)]
        raise UserError(f"{output}: made by another import ({'; '.join(differing)}); give another --output or delete the folder")
    with atomic_writer(path) as file:
        json.dump(asked, file, ensure_ascii=False, indent=1)


def _check_names(read: Callable[[Skipped], Iterable[Recording]]) -> int:
    """Ids must stay unique once they are safe, and languages known; returns how many recordings there are."""
    hashes = array("Q")
    for recording in with_progress(read(Skipped()), "reading names"):
        _named(recording.utterance)
        hashes.append(hash64(safe_id(recording.utterance.id)))
    pairs = duplicates(hashes)
    if pairs:
        wanted = {row for pair in pairs[:NAMED_AT_MOST] for row in pair}
        found = {row: f"{recording.utterance.id!r} ({recording.path})"
                 for row, recording in enumerate(read(Skipped())) if row in wanted}
        clashes = "; ".join(f"{found[first]} and {found[later]}" for first, later in pairs[:NAMED_AT_MOST])
        raise UserError(f"{len(pairs)} ids are not unique (other characters than letters, digits, _ - . become _): {clashes}"
                        + ("; …" if len(pairs) > NAMED_AT_MOST else "") + "; rename them in the source")
    return len(hashes)


def _named(utterance: Utterance) -> Utterance:
    """The utterance with a safe id and our code for its language."""
    from tts.text.languages import canonical

    try:
        return replace(utterance, id=safe_id(utterance.id), language=canonical(utterance.language))
    except UserError as error:
        raise UserError(f"utterance {utterance.id}: {error}") from None


def _usable(recordings: Iterable[Recording], skipped: Skipped) -> Iterator[Recording]:
    for recording in recordings:
        if recording.path.is_file():
            yield replace(recording, utterance=_named(recording.utterance))
        else:
            skipped.add(recording.utterance.id, "no audio file where the table says")


def _convert(recording: Recording, output: Path, sample_rate: int | None) -> tuple[Utterance, Converted]:
    utterance = recording.utterance
    audio = f"wav/{safe_id(utterance.speaker)}/{utterance.id}.flac"
    return replace(utterance, audio=audio), convert(recording, output / audio, sample_rate)


def _converted(results: Iterable, facts: ImportFacts, skipped: Skipped, sample_rate: int | None) -> Iterator[Utterance]:
    for utterance, done in results:
        if done.failure:
            skipped.add(utterance.id, done.failure)
            continue
        facts.utterances += 1
        facts.seconds += done.seconds
        facts.mixed_down += done.channels > 1
        facts.resampled += sample_rate is not None and done.source_rate != sample_rate
        facts.scaled += done.scaled
        yield replace(utterance, seconds=round(done.seconds, 6))
