"""Holds a manifest and its sound against the rules of `rules.py` and yields what it finds.

Rows are checked one by one, in several processes; what only the whole corpus shows (ids and recordings that occur twice, a
tempo unlike the speaker's other recordings, rates that differ) comes last. Of each row only some forty bytes are kept.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from tts.corpus.hashing import duplicates, hash64
from tts.corpus.manifest import read_manifest, resolve_audio
from tts.corpus.parallel import ordered_map
from tts.corpus.recording import safe_id
from tts.corpus.rules import RULES, Finding, Limits, finding
from tts.corpus.text_check import check_text, spoken_letters
from tts.corpus.utterance import Utterance
from tts.errors import UserError

FEWEST_FOR_TEMPO = 20  # utterances of a speaker in a style, before a tempo can be called unusual


@dataclass
class Summary:
    """What was looked at, and how often each rule was broken."""

    utterances: int = 0
    seconds: float = 0.0
    counts: Counter = field(default_factory=Counter)

    @property
    def errors(self) -> int:
        return sum(count for rule, count in self.counts.items() if RULES[rule].severity == "error")

    @property
    def warnings(self) -> int:
        return sum(self.counts.values()) - self.errors

    def table(self) -> str:
        """Rules that were broken, errors first, with counts; empty if none was."""
        rows = sorted(self.counts.items(), key=lambda item: (RULES[item[0]].severity, -item[1], item[0]))
        return "\n".join(f"{RULES[rule].severity:8} {rule:20} {count:7}" for rule, count in rows)


@dataclass(frozen=True)
class Checked:
    """One row's own findings, and what the corpus-wide rules need of it."""

    findings: list[Finding]
    voice: tuple[str, str]  # speaker and style: those share a tempo
    id_hash: int
    text_hash: int
    letters: int = 0  # to be spoken; 0 where there is nothing to compare
    seconds: float = 0.0
    speech_seconds: float = 0.0
    sample_rate: int = 0
    digest: int = 0


def validate(manifest: str | Path, limits: Limits = Limits(), summary: Summary | None = None,
             audio_root: str | Path | None = None, sound: bool = True, jobs: int = 1) -> Iterator[Finding]:
    """Every finding; a row's own ones in the manifest's order, then those of the corpus as a whole, by row.

    summary     filled on the way, whole once the iterator has ended
    audio_root  the folder that `audio` is relative to (default: the manifest's)
    sound       False looks at ids and texts only
    """
    summary = Summary() if summary is None else summary
    manifest = Path(manifest)
    root = Path(audio_root) if audio_root else manifest.parent
    if not root.is_dir():
        raise UserError(f"{root}: no such folder; --audio-root is the folder that the manifest's audio paths are relative to")
    corpus = _Corpus()
    check = partial(check_row, root=root if sound else None, limits=limits)
    for checked in ordered_map(check, enumerate(read_manifest(manifest)), jobs, "validate"):
        corpus.add(checked)
        summary.seconds += checked.seconds
        yield from _counted(checked.findings, summary)
    summary.utterances = len(corpus.ids)
    yield from _counted(corpus.findings(manifest, limits), summary)


def _counted(findings: Iterable[Finding], summary: Summary) -> Iterator[Finding]:
    for found in findings:
        summary.counts[found.rule] += 1
        yield found


def check_row(numbered: tuple[int, Utterance], root: Path | None, limits: Limits) -> Checked:
    """All that one utterance shows by itself; with `root` None its sound is left alone."""
    row, utterance = numbered
    odd = [*_check_fields(utterance), *check_text(utterance.text, utterance.language, limits)]
    letters = spoken_letters(utterance.text)
    sound = None
    if root is not None:
        odd_sound, sound = _check_audio(utterance, root, letters, limits)
        odd += odd_sound
    findings = [finding(row, utterance.id, rule, found, limits) for rule, found in odd]
    known = findings, (utterance.speaker, utterance.style), hash64(utterance.id), hash64(" ".join(utterance.text.split()))
    if sound is None:
        return Checked(*known, seconds=utterance.seconds or 0.0)
    return Checked(*known, letters, sound.seconds, sound.speech_seconds, sound.sample_rate, sound.digest)


def _check_fields(utterance: Utterance) -> Iterator[tuple[str, str]]:
    from tts.text.languages import canonical

    if not utterance.id or safe_id(utterance.id) != utterance.id:
        yield "unsafe-id", repr(utterance.id)
    missing = [name for name in ("speaker", "language") if not getattr(utterance, name).strip()]
    if missing:
        yield "missing-field", f"no {' and no '.join(missing)}"
    if "language" not in missing:
        try:
            if canonical(utterance.language) != utterance.language:
                yield "language-spelling", f"{utterance.language!r} for {canonical(utterance.language)!r}"
        except UserError:
            yield "unknown-language", repr(utterance.language)


def _check_audio(utterance: Utterance, root: Path, letters: int, limits: Limits):
    """The odd things, and the Sound if there is one."""
    import soundfile

    from tts.corpus.sound_check import check_sound, measure

    try:
        path = resolve_audio(root / "manifest.jsonl", utterance)
    except UserError as error:
        return [("missing-audio", str(error))], None
    if not path.is_file():
        return [("missing-audio", f"no file {utterance.audio}")], None
    try:
        sound = measure(path, limits)
    except (soundfile.SoundFileError, OSError) as error:
        return [("unreadable-audio", f"{utterance.audio}: {str(error).splitlines()[0]}")], None
    odd = list(check_sound(sound, utterance.seconds, limits))
    if letters and sound.speech_seconds >= limits.shortest_seconds:
        rate = letters / sound.speech_seconds
        if not limits.slowest_letters_per_second <= rate <= limits.fastest_letters_per_second:
            odd.append(("implausible-rate", f"{rate:.1f} letters a second ({letters} in {sound.speech_seconds:.2f} s of speech)"))
    return odd, sound


class _Corpus:
    """The few bytes a row that the corpus-wide rules need."""

    def __init__(self):
        self.ids, self.texts, self.digests = array("Q"), array("Q"), array("Q")
        self.letters, self.seconds = array("f"), array("f")
        self.rates, self.voices = array("i"), array("i")
        self.voice_numbers: dict[tuple[str, str], int] = {}

    def add(self, checked: Checked) -> None:
        self.ids.append(checked.id_hash)
        self.texts.append(checked.text_hash)
        self.digests.append(checked.digest)
        self.letters.append(checked.letters)
        self.seconds.append(checked.speech_seconds)
        self.rates.append(checked.sample_rate)
        self.voices.append(self.voice_numbers.setdefault(checked.voice, len(self.voice_numbers)))

    def findings(self, manifest: Path, limits: Limits) -> list[Finding]:
        """By row. The manifest is read once more for the ids of the rows concerned, if there are any."""
        same_id, same_sound = duplicates(self.ids), duplicates(self.digests)
        tempo = self._unusual_tempo(limits)
        mixed = self._mixed_rates() if limits.sample_rate is None else []
        concerned = {row for pair in same_id + same_sound for row in pair} | {row for row, *_ in tempo + mixed}
        if not concerned:
            return []
        ids = {row: utterance.id for row, utterance in enumerate(read_manifest(manifest)) if row in concerned}
        odd = [(row, "duplicate-id", f"the id of row {first + 1} once more in row {row + 1}", None) for first, row in same_id]
        odd += [entry for first, row in same_sound for entry in self._same_sound(first, row, ids)]
        odd += tempo + mixed
        odd = sorted(dict.fromkeys(odd), key=lambda entry: entry[:3])
        return [finding(row, ids[row], rule, found, limits, expected) for row, rule, found, expected in odd]

    def _same_sound(self, first: int, row: int, ids: dict[int, str]) -> list[tuple]:
        if self.texts[first] == self.texts[row]:
            return [(row, "duplicate-audio", f"the sound and text of {ids[first]}", None)]
        return [(row, "conflicting-text", f"the sound of {ids[first]} with another text", None),
                (first, "conflicting-text", "its sound with another text elsewhere", None)]

    def _unusual_tempo(self, limits: Limits) -> list[tuple]:
        """Robust z-score of the log letters per second among the speaker's in that style, for those also off by some time."""
        letters, seconds, voices = (np.array(column) for column in (self.letters, self.seconds, self.voices))
        usable = np.flatnonzero((letters > 0) & (seconds >= limits.shortest_seconds))
        usable = usable[np.argsort(voices[usable], kind="stable")]
        found = []
        for rows in np.split(usable, np.flatnonzero(np.diff(voices[usable])) + 1):
            if len(rows) < FEWEST_FOR_TEMPO:
                continue
            log_rate = np.log(letters[rows] / seconds[rows])
            median = np.median(log_rate)
            spread = 1.4826 * np.median(np.abs(log_rate - median))
            z = (log_rate - median) / max(spread, 0.02)
            late = seconds[rows] - letters[rows] / np.exp(median)
            for i in np.flatnonzero((np.abs(z) > limits.rate_z_score) & (np.abs(late) > limits.rate_seconds)):
                found.append((int(rows[i]), "unusual-rate", f"{np.exp(log_rate[i]):.1f} letters a second, z = {z[i]:+.1f}",
                              f"about {np.exp(median):.1f}, as the speaker's median in that style"))
        return found

    def _mixed_rates(self) -> list[tuple]:
        counts = Counter(rate for rate in self.rates if rate)
        if len(counts) < 2:
            return []
        common, number = min(counts.items(), key=lambda item: (-item[1], item[0]))
        return [(row, "mixed-rates", f"{rate} Hz", f"{common} Hz, as {number} of {len(self.rates)} recordings")
                for row, rate in enumerate(self.rates) if rate not in (0, common)]
