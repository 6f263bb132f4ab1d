"""LibriTTS-R (and LibriTTS, which has the same form): audiobooks by 2,456 readers in US-type English, 585 hours, 24 kHz; -R
is the restored sound. CC BY 4.0. https://www.openslr.org/141/

`train-clean-100/SPEAKER/CHAPTER/ID.wav` beside `ID.normalized.txt`, whose text (numbers written out, punctuation kept) is
taken. Give the folder that holds the subsets, or one subset.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tts.corpus.recording import Recording, Skipped
from tts.corpus.utterance import Utterance
from tts.errors import UserError


def read(folder: Path, skipped: Skipped, *, subsets: list[str] | None = None) -> Iterator[Recording]:
    """Recordings by subset, speaker, chapter; `subsets` such as train-clean-100 (default: all that are there)."""
    if subsets:
        missing = [name for name in subsets if not (folder / name).is_dir()]
        if missing:
            raise UserError(f"{folder}: no subset {', '.join(missing)}; there are "
                            f"{', '.join(sorted(p.name for p in folder.iterdir() if p.is_dir()))}")
    parts = [folder / name for name in subsets] if subsets else _parts(folder)
    for part in parts:
        for chapter in sorted(path for path in part.glob("*/*") if path.is_dir()):
            for audio in sorted(chapter.glob("*.wav")):
                transcript = audio.with_suffix(".normalized.txt")
                if not transcript.is_file():
                    skipped.add(audio.stem, "audio without a transcript")
                    continue
                text = " ".join(transcript.read_text(encoding="utf-8").split())
                yield Recording(Utterance(audio.stem, text, chapter.parent.name, "en-us", "read"), audio)


def _parts(folder: Path) -> list[Path]:
    """The subset folders below `folder`, or `folder` itself if it is one (its children are speakers' numbers)."""
    children = sorted(path for path in folder.iterdir() if path.is_dir())
    if children and all(path.name.isdigit() for path in children):
        return [folder]
    parts = [path for path in children if path.name.split("-")[0] in ("train", "dev", "test")]
    if not parts:
        raise UserError(f"{folder}: no subset such as train-clean-100; expected the unpacked LibriTTS_R; check the folder")
    return parts
