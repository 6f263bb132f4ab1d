"""A recording as it lies in somebody's corpus: the utterance, its file, and (for long files) the stretch that is meant.

Readers (`tts/corpus/readers`) yield `Recording`s; what they find but cannot use goes to `Skipped` with a reason, so that
nothing is lost in silence. `convert` makes of a recording one mono 16-bit FLAC, whole or not at all.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tts.corpus.manifest import atomic_writer
from tts.corpus.utterance import Utterance
from tts.errors import UserError

LOUDEST_FLOAT = 4.0  # a float file beyond this is not scaled to ±1 (often it holds ±32768)


@dataclass(frozen=True)
class Recording:
    """An utterance without `audio` yet, and where its sound lies."""

    utterance: Utterance
    path: Path
    start_seconds: float = 0.0
    end_seconds: float | None = None  # None: to the end of the file


@dataclass
class Skipped:
    """What a reader found and could not use: (name, reason) pairs; a reason may end in details in parentheses."""

    names: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, reason: str) -> None:
        self.names.append((name, reason))

    @property
    def counts(self) -> dict[str, int]:
        return dict(sorted(Counter(reason.split(" (")[0] for _, reason in self.names).items()))

    def write(self, path: Path) -> None:
        """A two-column table, sorted (so that it does not depend on how many processes worked), whole or not at all."""
        with atomic_writer(path) as file:
            file.write("name\treason\n")
            file.writelines(f"{name}\t{reason}\n" for name, reason in sorted(self.names))


def safe_id(name: str) -> str:
    """`name` with every character but letters, digits, _ - . turned into "_"; never the name of a hidden file."""
    safe = re.sub(r"[^A-Za-z0-9_.-]", "_", name)
    return re.sub(r"^\.+", lambda dots: "_" * len(dots.group()), safe)


@dataclass(frozen=True)
class Converted:
    """What became of a recording: its length, what was done to it, or why it could not be used."""

    seconds: float = 0.0
    channels: int = 1  # of the source; more than one was averaged to mono
    source_rate: int = 0  # Hz
    scaled: bool = False  # peaks beyond full scale were brought down
    failure: str | None = None


def convert(recording: Recording, target: Path, sample_rate: int | None) -> Converted:
    """Write the recording to `target` (.flac or .wav: 16 bit, mono) at `sample_rate`, or at its own rate if None.

    A target at least as new as its source is left alone, so an interrupted import continues where it stopped.
    """
    import soundfile

    try:
        source = soundfile.info(recording.path)
        if target.exists() and target.stat().st_mtime >= recording.path.stat().st_mtime:
            return Converted(soundfile.info(target).duration, source.channels, source.samplerate)
        rate = sample_rate or source.samplerate
        samples = _read_mono(recording, source, rate)
    except (soundfile.SoundFileError, OSError) as error:
        return Converted(failure=f"unreadable audio ({_first_line(error)})")
    except UserError as error:
        return Converted(failure=str(error))
    scaled = save_scaled(target, samples, rate)
    return Converted(len(samples) / rate, source.channels, source.samplerate, scaled)


def _read_mono(recording: Recording, source, rate: int):
    """The stretch of a file as float32 [N] at `rate`; only that stretch is read, however long the file."""
    import numpy as np
    import soundfile
    import soxr

    from tts.features.audio import require_whole

    start = round(recording.start_seconds * source.samplerate)
    end = None if recording.end_seconds is None else round(recording.end_seconds * source.samplerate)
    if end is not None and end > source.frames:
        raise UserError(f"segment reaches beyond the file (to {recording.end_seconds} s of {source.duration:.3f} s)")
    samples, file_rate = soundfile.read(recording.path, start=start, stop=end, dtype="float32", always_2d=True)
    require_whole(recording.path, source, source.frames if end is not None else start + len(samples))
    samples = samples.mean(axis=1, dtype=np.float32) if samples.shape[1] > 1 else samples[:, 0]
    if len(samples) == 0:
        raise UserError("no samples in the file or segment")
    if not np.isfinite(samples).all():
        raise UserError("samples that are not finite numbers")
    if np.abs(samples).max() > LOUDEST_FLOAT:
        raise UserError(f"float samples beyond ±1 (they reach {np.abs(samples).max():.0f})")
    return samples if file_rate == rate else soxr.resample(samples, file_rate, rate, quality="VHQ")


def save_scaled(target: Path, samples, rate: int) -> bool:
    """Write 16-bit sound; True if peaks beyond full scale had to be brought down, for the caller to count."""
    from tts.features.audio import save_audio

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one count at the end says more than a line a file
        return save_audio(target, samples, rate) < 1.0


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__
