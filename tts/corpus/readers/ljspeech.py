"""LJSpeech 1.1: one US-English female reader, 13,100 clips of seven non-fiction books, 24 hours, 22.05 kHz. Public domain.
https://keithito.com/LJ-Speech-Dataset/

`metadata.csv` has id|text|normalized text, without quoting; `wavs/ID.wav`. The normalized text is what was spoken, punctuation
included, and is the one taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tts.corpus.readers import expect
from tts.corpus.recording import Recording, Skipped
from tts.corpus.utterance import Utterance


def read(folder: Path, skipped: Skipped) -> Iterator[Recording]:
    """Recordings in the order of metadata.csv; clips without a line there are reported."""
    listed = set()
    with open(expect(folder / "metadata.csv", "the unpacked LJSpeech-1.1 with metadata.csv and wavs/"), encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            cells = line.rstrip("\r\n").split("|")
            listed.add(f"{cells[0]}.wav")
            text = cells[-1].strip()
            if len(cells) not in (2, 3) or not text or "/" in cells[0]:
                skipped.add(cells[0] or f"metadata.csv:{number}", "metadata.csv: expected id|text|normalized text")
                continue
            yield Recording(Utterance(cells[0], text, "ljspeech", "en-us", "read"), folder / "wavs" / f"{cells[0]}.wav")
    for path in sorted((folder / "wavs").glob("*.wav")):
        if path.name not in listed:
            skipped.add(path.stem, "audio without a transcript")
