"""Applies the mends of `rules.py` that need no listening, and counts and names each.

    drop     what cannot be used: missing, unreadable, empty, duplicate …
    text     control characters taken out
    language the language's code written as everywhere
    trim     over-long silence at the edges cut to a short rest
    convert  several channels averaged, another rate resampled
    seconds  the manifest's length corrected

The result is a corpus of its own: sound that needed no mend is linked (copied across file systems), so the source is never
touched and may be deleted. Validating the result shows no error; fixing it again changes nothing.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from tts.corpus.manifest import atomic_writer, read_manifest, resolve_audio, write_manifest
from tts.corpus.parallel import ordered_map
from tts.corpus.recording import save_scaled
from tts.corpus.rules import RULES, Limits
from tts.corpus.text_check import check_text, clean_text
from tts.corpus.utterance import Utterance
from tts.corpus.validate import validate
from tts.errors import UserError
from tts.text.languages import canonical

REST_SECONDS = 0.3  # of silence left where an edge was trimmed


@dataclass
class FixFacts:
    """How many utterances came in and went out, and how often each mend was applied."""

    read: int = 0
    kept: int = 0
    seconds: float = 0.0
    mends: Counter = field(default_factory=Counter)  # "drop: missing-audio" → how many
    scaled: list[str] = field(default_factory=list)  # ids whose resampled peaks were brought below full scale

    def __str__(self) -> str:
        mends = "; ".join(f"{what} {count}" for what, count in sorted(self.mends.items())) or "nothing to mend"
        scaled = f"; scaled below full scale {len(self.scaled)}" if self.scaled else ""
        return (f"{self.read} utterances in, {self.kept} out ({self.seconds / 3600:.2f} h), {self.read - self.kept} dropped; "
                f"{mends}{scaled}")


def fix_manifest(manifest: str | Path, output: str | Path, limits: Limits = Limits(), drop: Iterable[str] = (),
                 jobs: int = 1) -> FixFacts:
    """Write a mended corpus to the folder `output`: manifest.jsonl, wav/, and fixed.tsv with each mend's id, what and why.

    drop  rules that are warnings, whose utterances shall be dropped too
    """
    manifest, output, drop = Path(manifest), Path(output), set(drop)
    for rule in drop - RULES.keys():
        raise UserError(f"no rule {rule!r} to drop by; there are {', '.join(RULES)}")
    if output.resolve() == manifest.resolve().parent:
        raise UserError(f"{output}: is the corpus itself; give another folder, so that nothing is overwritten")
    wanted: dict[int, list[str]] = {}  # only rows that need a mend
    for found in validate(manifest, limits, jobs=jobs):
        if RULES[found.rule].mend or found.rule in drop:
            wanted.setdefault(found.row, []).append(found.rule)
    facts = FixFacts()
    with atomic_writer(output / "fixed.tsv") as names:
        names.write("utterance\tmend\treason\n")
        plans = _plans(manifest, wanted, drop, limits, facts, names)
        results = ordered_map(partial(_apply, manifest=manifest, output=output, limits=limits), plans, jobs, "fix")
        write_manifest(output / "manifest.jsonl", _kept(results, facts))
        names.writelines(f"{name}\tscale\tpeak beyond full scale\n" for name in facts.scaled)
    if facts.kept == 0:
        raise UserError(f"{output}: nothing was left of {manifest} ({facts}); the names are in fixed.tsv there")
    return facts


def _plans(manifest: Path, wanted: dict[int, list[str]], drop: set[str], limits: Limits, facts: FixFacts,
           names) -> Iterator[tuple[Utterance, set[str]]]:
    """(utterance with its text mended, mends its sound still needs) of every row that is kept; each mend counted and named."""
    for row, utterance in enumerate(read_manifest(manifest)):
        facts.read += 1
        rules = wanted.get(row, [])
        mends = {"drop" if rule in drop else RULES[rule].mend: rule for rule in reversed(rules)}
        if "text" in mends:
            utterance = replace(utterance, text=clean_text(utterance.text))
            left = [rule for rule, _ in check_text(utterance.text, utterance.language, limits) if RULES[rule].severity == "error"]
            if left:
                mends = {"drop": left[0]}
        if "language" in mends:
            utterance = replace(utterance, language=canonical(utterance.language))
        if mends and utterance.units:
            raise UserError(f"{manifest}: utterance {utterance.id} has words or phones already, "
                            f"which {', '.join(rules)} would put out of step; "
                            "fix the corpus stage's manifest and run the later stages again")
        if "drop" in mends:
            mends = {"drop": mends["drop"]}
        for mend, rule in mends.items():
            facts.mends[f"{mend}: {rule}"] += 1
            names.write(f"{utterance.id}\t{mend}\t{rule}\n")
        if "drop" not in mends:
            yield utterance, set(mends)


def _apply(plan: tuple[Utterance, set[str]], manifest: Path, output: Path, limits: Limits) -> tuple[Utterance, bool]:
    """Make the utterance's sound in the new corpus; returns it with its new length, and whether it had to be scaled."""
    import soundfile

    utterance, mends = plan
    source = resolve_audio(manifest, utterance)
    if mends & {"trim", "convert"}:
        target = (output / utterance.audio).with_suffix(".flac")
        scaled = _write_mended(source, target, "trim" in mends, limits)
    else:
        target = output / utterance.audio
        _link(source, target)
        scaled = False
    seconds = soundfile.info(target).duration
    return replace(utterance, audio=target.relative_to(output).as_posix(), seconds=round(seconds, 6)), scaled


def _write_mended(source: Path, target: Path, trim: bool, limits: Limits) -> bool:
    """Mono, at the rate asked for, edges cut to a rest of silence; True if it had to be scaled below full scale."""
    import soundfile

    from tts.corpus.sound_check import measure
    from tts.features.audio import load_audio

    rate = limits.sample_rate or soundfile.info(source).samplerate
    samples = load_audio(source, rate)
    if trim:
        sound = measure(source, limits)
        start, end = max(0.0, sound.speech_start - REST_SECONDS), sound.speech_end + REST_SECONDS
        samples = samples[round(start * rate): round(end * rate)]
    return save_scaled(target, samples, rate)


def _link(source: Path, target: Path) -> None:
    """The same file under another name; a copy where the file system cannot link."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        try:
            os.link(source, temporary)
        except OSError:
            shutil.copyfile(source, temporary)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def _kept(results: Iterable[tuple[Utterance, bool]], facts: FixFacts) -> Iterator[Utterance]:
    for utterance, scaled in results:
        if scaled:
            facts.scaled.append(utterance.id)
        facts.kept += 1
        facts.seconds += utterance.seconds
        yield utterance
