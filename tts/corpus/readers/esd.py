"""ESD, the Emotional Speech Dataset: ten Mandarin (0001-0010) and ten English (0011-0020) speakers, 350 parallel sentences
each in five emotions, 29 hours, 16 kHz. For research only, on request: https://hltsingapore.github.io/ESD/

`0011/Angry/0011_000351.wav`, in some copies one folder deeper (`train`, `evaluation`, `test`), and `0011/0011.txt` with id,
text and emotion. The emotion is taken from the folder, for the column is in two languages. The tables are in several
encodings, and some separate with blanks: both are understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tts.corpus.recording import Recording, Skipped
from tts.corpus.utterance import Utterance
from tts.errors import UserError

# The nouns that other emotional corpora use, so that a style has one name everywhere.
STYLES = {"Angry": "anger", "Happy": "happiness", "Neutral": "neutral", "Sad": "sadness", "Surprise": "surprise"}
EMOTION_WORDS = set(STYLES) | {"生气", "快乐", "开心", "中立", "伤心", "惊喜", "惊讶"}


def read(folder: Path, skipped: Skipped, *, language: str | None = None) -> Iterator[Recording]:
    """Recordings by speaker, emotion, number; `language` zh or en keeps one half."""
    if language not in (None, "en", "en-us", "zh"):
        raise UserError(f"ESD speaks zh and en, not {language!r}; use --language zh or --language en")
    speakers = sorted(path for path in folder.iterdir() if path.is_dir() and re.fullmatch(r"00[012]\d", path.name))
    if not speakers:
        raise UserError(f"{folder}: no folders 0001 … 0020; expected the unpacked ESD; check the folder")
    for speaker in speakers:
        code = "zh" if int(speaker.name) <= 10 else "en-us"
        if language and not code.startswith(language[:2]):
            continue
        texts = _texts(speaker, skipped)
        for audio in sorted(speaker.rglob("*.wav"), key=lambda path: path.name):
            emotion = next((part for part in audio.relative_to(speaker).parts if part in STYLES), None)
            if emotion is None:
                skipped.add(audio.stem, f"not in a folder {', '.join(STYLES)}")
            elif audio.stem not in texts:
                skipped.add(audio.stem, "audio without a transcript")
            else:
                yield Recording(Utterance(audio.stem, texts[audio.stem], speaker.name, code, STYLES[emotion]), audio)


def _texts(speaker: Path, skipped: Skipped) -> dict[str, str]:
    """id to text. Lines that are neither empty nor id, text, emotion are reported."""
    table = speaker / f"{speaker.name}.txt"
    texts = {}
    for number, line in enumerate(_decode(table).splitlines() if table.is_file() else [], start=1):
        cells = line.split()
        if len(cells) > 1 and cells[-1] in EMOTION_WORDS:
            cells.pop()
        if len(cells) > 1 and re.fullmatch(r"\d{4}_\d+", cells[0]):
            texts[cells[0]] = " ".join(cells[1:])
        elif cells:
            skipped.add(f"{table.name}:{number}", "expected id, text, emotion")
    return texts


def _decode(path: Path) -> str:
    data = path.read_bytes()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")  # validate reports what could not be read
