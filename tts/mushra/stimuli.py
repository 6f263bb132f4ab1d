"""The sounds of a listening test: measured first, all of them, because one level fits the whole test; then written page by
page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tts.errors import UserError
from tts.evaluation.loudness import peak_dbfs
from tts.features.audio import load_audio, save_audio
from tts.mushra.sound import ANCHOR_EDGES_HZ, RATE, Cut, Processing, cut, loudness_lufs, low_pass, speech_part

MOST_TURNED_DOWN_DB = 12.0


@dataclass(frozen=True)
class Take:
    """A condition's version of an utterance: a file, a low-passed file where the condition is an anchor, or samples [N] at
    RATE."""

    condition: str
    source: Path | None = None
    made: np.ndarray | None = field(default=None, repr=False, compare=False)

    def place(self, processing: Processing) -> Cut:
        """Its speech with equal silence around it."""
        samples = load_audio(self.source, RATE) if self.made is None else self.made
        try:
            placed = cut(samples, processing)
        except UserError as error:
            raise UserError(f"{self.source or self.condition}: {error}") from None
        if self.condition in ANCHOR_EDGES_HZ:
            return Cut(
                low_pass(placed.samples, ANCHOR_EDGES_HZ[self.condition]),
                placed.head_removed_seconds,
                placed.tail_removed_seconds,
            )
        return placed


@dataclass(frozen=True)
class Measured:
    """A take with what the level and the page's length depend on."""

    take: Take
    loudness_lufs: float
    peak_dbfs: float
    length: int  # samples


def measure(take: Take, processing: Processing) -> Measured:
    """Loudness and peak as they are; what cannot be measured is an error that names the file."""
    placed = take.place(processing).samples
    speech = speech_part(placed, processing)
    try:
        return Measured(take, loudness_lufs(speech), peak_dbfs(placed), len(placed))
    except UserError as error:
        raise UserError(f"{take.source or take.condition}: {error}") from None


@dataclass(frozen=True)
class Level:
    """The loudness of every sound of the test; lower than wanted where a peak asked for it, then of which file."""

    loudness_lufs: float
    turned_down_db: float = 0.0
    because_of: str = ""


def common_level(measured: Iterable[Measured], processing: Processing) -> Level:
    """The wanted loudness, or so much less that no sample of any sound exceeds the peak limit."""

    def excess_db(sound: Measured) -> float:
        return sound.peak_dbfs - sound.loudness_lufs + processing.loudness_lufs - processing.peak_dbfs

    worst = max(measured, key=excess_db)
    excess = excess_db(worst)
    if excess <= 0:
        return Level(processing.loudness_lufs)
    name = str(worst.take.source or worst.take.condition)
    if excess > MOST_TURNED_DOWN_DB:
        raise UserError(
            f"{name}: its peak is {worst.peak_dbfs - worst.loudness_lufs:.1f} dB above its loudness, so the whole test would "
            f"have to be turned down by {excess:.1f} dB; is there a click in it? Mend it or leave the utterance out"
        )
    turned_down_db = excess + 0.01  # 16-bit rounding must not bring it back over the limit
    return Level(processing.loudness_lufs - turned_down_db, turned_down_db, name)


def write_sounds(folder: Path, item: str, sounds: dict[str, Measured], level: Level, processing: Processing) -> dict[str, dict]:
    """Write {name: sound} of a page as FOLDER/stimuli/ITEM/NAME.wav, all of one length; returns what the key says of each."""
    length = max(sound.length for sound in sounds.values())
    facts = {}
    for name, sound in sounds.items():
        placed = sound.take.place(processing)
        gain_db = level.loudness_lufs - sound.loudness_lufs
        samples = np.pad(placed.samples * 10 ** (gain_db / 20), (0, length - len(placed.samples)))
        file = f"stimuli/{item}/{name}.wav"
        save_audio(folder / file, samples, RATE)
        facts[name] = {
            "file": file,
            "source": None if sound.take.source is None else str(sound.take.source),
            "sha256": hashlib.sha256((folder / file).read_bytes()).hexdigest(),
            "gain_db": round(gain_db, 3),
            "loudness_before_lufs": round(sound.loudness_lufs, 3),
            "peak_dbfs": round(sound.peak_dbfs + gain_db, 3),
            "head_removed_seconds": round(placed.head_removed_seconds, 3),
            "tail_removed_seconds": round(placed.tail_removed_seconds, 3),
        }
    return facts
