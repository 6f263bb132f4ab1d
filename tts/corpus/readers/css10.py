"""CSS10: one LibriVox reader each in German, Greek, Spanish, Finnish, French, Hungarian, Japanese, Dutch, Russian and
Chinese, 4 to 24 hours a language, 22.05 kHz. Texts and sound in the public domain, the collection Apache 2.0.
https://github.com/Kyubyong/css10

`transcript.txt` has path|text|normalized text|seconds. The normalized text is taken, but for Japanese and Chinese, where it
is a romanisation, the text itself. Give one language's folder, or the one that holds several; the language comes from the
folder's name (`de`, `german`, `german-single-speaker-speech-dataset`) or from the option.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tts.corpus.recording import Recording, Skipped
from tts.corpus.utterance import Utterance
from tts.errors import UserError

LANGUAGES = {"german": "de", "greek": "el", "spanish": "es", "finnish": "fi", "french": "fr", "hungarian": "hu", "japanese": "ja",
             "dutch": "nl", "russian": "ru", "chinese": "zh"}
ROMANISED = ("ja", "zh")


def read(folder: Path, skipped: Skipped, *, language: str | None = None) -> Iterator[Recording]:
    """Recordings in the order of the transcripts; the speaker is css10-LANGUAGE."""
    if (folder / "transcript.txt").is_file():
        parts = [folder]
    else:
        parts = sorted(path.parent for path in folder.glob("*/transcript.txt"))
    if not parts:
        raise UserError(f"{folder}: no transcript.txt, here or one folder deeper; expected an unpacked CSS10 language; "
                        f"check the folder")
    if language and len(parts) > 1:
        raise UserError(f"{folder}: holds {len(parts)} languages; --language is for the folder of one")
    for part in parts:
        yield from _read_language(part, language or _language(part), skipped)


def _language(part: Path) -> str:
    name = part.resolve().name.lower().replace("_", "-").split("-")[0]
    if name not in LANGUAGES and name not in LANGUAGES.values():
        raise UserError(f"{part}: cannot tell the language from the folder's name; "
                        f"give --language (one of {', '.join(LANGUAGES.values())})")
    return LANGUAGES.get(name, name)


def _read_language(part: Path, language: str, skipped: Skipped) -> Iterator[Recording]:
    listed = set()
    with open(part / "transcript.txt", encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            cells = [cell.strip() for cell in line.rstrip("\r\n").split("|")]
            if cells == [""]:
                continue
            text = "" if len(cells) < 3 else cells[1] if language in ROMANISED else cells[2] or cells[1]
            if not text or ".." in Path(cells[0]).parts:
                skipped.add(f"{part.name}/transcript.txt:{number}", "expected path|text|normalized text|seconds")
                continue
            listed.add(cells[0])
            yield Recording(Utterance(Path(cells[0]).stem, text, f"css10-{language}", language, "read"),
                            part / cells[0].lstrip("/"))
    for path in sorted(part.glob("*/*.wav")):
        if str(path.relative_to(part)) not in listed:
            skipped.add(path.stem, "audio without a transcript")
