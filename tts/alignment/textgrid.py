"""Praat TextGrids: alignments made elsewhere come in, ours go out.

Reading knows Praat's long and short text formats in UTF-8 and UTF-16. A missing, empty or cut-off file costs its utterance, which
is named; when too few utterances are left the stage fails. Our phones stay as they are, whatever the TextGrid calls them, because
synthesis will use the same: words are matched in order, and the phones of a word that has another number of phones there are
spread evenly over it (and counted).
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from tts.alignment.align import AlignmentFacts, journal_row, run_alignment
from tts.alignment.config import AlignerConfig
from tts.alignment.placing import place_words
from tts.corpus.manifest import atomic_writer, read_manifest, resolve_audio
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.features.config import FeatureConfig
from tts.features.frames import samples_to_frames

SILENCES = ("", "sil", "sp", "spn", "<eps>", "#", "_")
_TOKEN = re.compile(r'"((?:[^"]|"")*)"|(?<![\w.])([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w.])|(<exists>)')


@dataclass(frozen=True)
class Interval:
    start: float  # seconds
    end: float
    text: str

    @property
    def is_silence(self) -> bool:
        return self.text.strip().lower() in SILENCES


def read_textgrid(path: Path) -> dict[str, list[Interval]]:
    """The interval tiers of a TextGrid by name. What is no whole TextGrid is a UserError that says where it ends."""
    raw = path.read_bytes()
    if not raw.strip():
        raise UserError(f"{path}: empty file; make the TextGrid again")
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: neither UTF-8 nor UTF-16 ({error.reason} at byte {error.start}); "
                        "save it again as UTF-8") from None
    tokens = iter(_TOKEN.findall(re.sub(r"\[\d*\]", "", text)))
    where = "in the header"

    def take(kind: int) -> str:
        token = next(tokens, None)
        if token is None or bool(token[1]) != (kind == 1) or bool(token[2]) != (kind == 2):
            raise UserError(f"{path}: cut off or no TextGrid ({where}); expected Praat's text format; make the TextGrid again")
        return token[kind]

    if take(0) != "ooTextFile" or take(0) != "TextGrid":
        raise UserError(f"{path}: no TextGrid; expected a file that begins with File type = \"ooTextFile\" and \"TextGrid\"")
    take(1), take(1), take(2)
    tiers: dict[str, list[Interval]] = {}
    for _ in range(int(take(1))):
        kind, name = take(0), take(0).replace('""', '"')
        take(1), take(1)
        count, where = int(take(1)), f"in tier {name!r}"
        entries = []
        for number in range(count):
            where = f"tier {name!r} says {count} entries, it ends at number {number + 1}"
            start = float(take(1))
            end = float(take(1)) if kind == "IntervalTier" else start
            entries.append(Interval(start, end, take(0).replace('""', '"')))
        if kind == "IntervalTier":
            tiers[name] = entries
    return tiers


def write_textgrid(path: Path, tiers: dict[str, list[Interval]], seconds: float) -> None:
    """Write interval tiers in Praat's long format, UTF-8."""
    lines = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0", f"xmax = {seconds:.6f}", "tiers? <exists>",
             f"size = {len(tiers)}", "item []:"]
    for number, (name, intervals) in enumerate(tiers.items(), start=1):
        lines += [f"    item [{number}]:", '        class = "IntervalTier"', f'        name = "{name}"', "        xmin = 0",
                  f"        xmax = {seconds:.6f}", f"        intervals: size = {len(intervals)}"]
        for index, interval in enumerate(intervals, start=1):
            quoted = interval.text.replace('"', '""')
            lines += [f"        intervals [{index}]:", f"            xmin = {interval.start:.6f}",
                      f"            xmax = {interval.end:.6f}", f'            text = "{quoted}"']
    with atomic_writer(path) as file:
        file.write("\n".join(lines) + "\n")


def write_textgrids(manifest: Path, folder: Path, config: FeatureConfig) -> int:
    """FOLDER/SPEAKER/ID.TextGrid with tiers "words" and "phones" for every aligned utterance; returns how many."""
    count = 0
    for count, utterance in enumerate(read_manifest(manifest), start=1):
        words, phones, frame = [], [], 0
        for unit in utterance.units:
            begin = frame
            for phone in unit.phones:
                if phone.frames:
                    phones.append(Interval(frame * config.frame_seconds, (frame + phone.frames) * config.frame_seconds,
                                           "" if unit.is_pause else phone.symbol))
                frame += phone.frames
            if frame > begin:
                text = "" if unit.is_pause else unit.text
                words.append(Interval(begin * config.frame_seconds, frame * config.frame_seconds, text))
        write_textgrid(folder / utterance.speaker / f"{utterance.id}.TextGrid",
                       {"words": words, "phones": phones}, frame * config.frame_seconds)
    return count


def align_from_textgrids(manifest: Path, output: Path, audio_root: Path, folder: Path, features: FeatureConfig,
                         config: AlignerConfig, jobs: int = 1) -> AlignmentFacts:
    """Give a manifest the times of the TextGrids in `folder`; nothing is trained, utterances have no score.

    An utterance without a usable TextGrid is dropped and named; fewer than `config.textgrid_coverage` left is an error.
    """
    if not folder.is_dir():
        raise UserError(f"{folder}: no such folder of TextGrids")
    began = time.perf_counter()
    stamp = max((file.stat().st_mtime_ns for file in [manifest, *folder.rglob("*.TextGrid")]), default=0)
    work = partial(_from_textgrid, folder=folder, audio_root=audio_root, features=features, config=config)

    def check(facts: AlignmentFacts) -> None:
        total = facts.utterances + len(facts.dropped)
        if facts.utterances < config.textgrid_coverage * total:
            listed = "".join(f"\n  {name}: {why}" for name, why in list(facts.dropped.items())[:10])
            raise UserError(f"{folder}: usable TextGrids for {facts.utterances} of {total} utterances, expected at least "
                            f"{100 * config.textgrid_coverage:.0f} % (aligner.textgrid_coverage):{listed}")

    facts = run_alignment(manifest, output, work, f"grid{stamp:x}", jobs, config.outlier_z, check)
    facts.seconds = time.perf_counter() - began
    facts.notes.append(
        f"{facts.utterances} TextGrids used, {len(facts.dropped)} missing or unusable, "
        f"{facts.spread_words} words with phones spread evenly")
    return facts


def _from_textgrid(utterance: Utterance, folder: Path, audio_root: Path, features: FeatureConfig, config: AlignerConfig) -> dict:
    import soundfile

    try:
        info = soundfile.info(resolve_audio(audio_root / "manifest", utterance))
        tiers = read_textgrid(find_textgrid(folder, utterance))
        words = _tier(tiers, config.textgrid_words, utterance.id)
        phones = _tier(tiers, config.textgrid_phones, utterance.id)
        times, spread_words = word_times(utterance, words, phones)
        total_frames = samples_to_frames(round(info.frames * features.sample_rate / info.samplerate), features)
        placed = place_words(utterance.units, times, info.duration, total_frames, config.pause_seconds, features)
    except (UserError, ValueError, soundfile.SoundFileError) as error:
        return {"dropped": utterance.id, "why": str(error)}
    return {**journal_row(utterance, placed, None, info.duration), "spread_words": spread_words}


def find_textgrid(folder: Path, utterance: Utterance) -> Path:
    """Where an utterance's TextGrid lies below `folder`."""
    candidates = [folder / f"{utterance.id}.TextGrid", folder / utterance.speaker / f"{utterance.id}.TextGrid"]
    if utterance.audio:
        candidates.append((folder / utterance.audio).with_suffix(".TextGrid"))
    for path in candidates:
        if path.is_file():
            return path
    raise UserError(f"no TextGrid; expected {candidates[0].name} in {folder} or in {folder / utterance.speaker}")


def _tier(tiers: dict[str, list[Interval]], name: str, who: str) -> list[Interval]:
    """The tier called `name`, or ending in it ("speaker - words", as aligners of several speakers write)."""
    for known, intervals in tiers.items():
        if known == name or known.endswith(f" {name}"):
            return intervals
    raise UserError(
        f"utterance {who}: no interval tier {name!r}; found {', '.join(tiers) or 'none'}; "
        "set aligner.textgrid_words and aligner.textgrid_phones")


def word_times(utterance: Utterance, words: list[Interval], phones: list[Interval]) -> tuple[list[np.ndarray], int]:
    """For every word of the utterance the edges [P+1] of its phones in seconds, and in how many words they had to be spread
    evenly."""
    spoken = [word for word in words if not word.is_silence]
    if len(spoken) != len(utterance.words):
        raise UserError(f"utterance {utterance.id}: {len(spoken)} words in the TextGrid "
                        f"({' '.join(w.text for w in spoken)[:60]}), {len(utterance.words)} in the manifest "
                        f"({' '.join(w.text for w in utterance.words)[:60]})")
    times, spread_words = [], 0
    sounding = [phone for phone in phones if not phone.is_silence]
    for unit, word in zip(utterance.words, spoken):
        inside = [p for p in sounding if word.start - 1e-4 <= (p.start + p.end) / 2 <= word.end + 1e-4]
        if len(inside) == len(unit.phones):
            times.append(np.array([p.start for p in inside] + [inside[-1].end]))
        else:
            spread_words += 1
            times.append(np.linspace(word.start, word.end, len(unit.phones) + 1))
    return times, spread_words
