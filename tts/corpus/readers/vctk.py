"""VCTK: 109 speakers of English with many accents, about 400 sentences each, 44 hours, 48 kHz. CC BY 4.0.
https://datashare.ed.ac.uk/handle/10283/3443

Version 0.92 (`wav48_silence_trimmed/p225/p225_001_mic1.flac`, two microphones, the first unless told otherwise) and the older
form (`wav48/p225/p225_001.wav`, one). Texts are in `txt/p225/p225_001.txt`; those of p315 were lost, and p280 and p315 have
no second microphone: such clips are reported. `speaker-info.txt` gives the accent: American and Canadian become en-us, all
others en-gb.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tts.corpus.recording import Recording, Skipped
from tts.corpus.utterance import Utterance
from tts.errors import UserError

NORTH_AMERICAN = {"American", "Canadian"}


def read(folder: Path, skipped: Skipped, *, mic: int | None = None) -> Iterator[Recording]:
    """Recordings by speaker and number; `mic` is 1 (default) or 2, for version 0.92 only."""
    trimmed, older = folder / "wav48_silence_trimmed", folder / "wav48"
    if trimmed.is_dir():
        ending = f"_mic{mic or 1}.flac"
    elif older.is_dir():
        trimmed, ending = older, ".wav"
        if mic:
            raise UserError(f"{folder}: this older VCTK has one microphone; leave --mic out")
    else:
        raise UserError(f"{folder}: no wav48_silence_trimmed/ or wav48/; expected the unpacked VCTK; check the folder")
    accents = _accents(folder / "speaker-info.txt")
    for speaker in sorted(path for path in trimmed.iterdir() if path.is_dir()):
        language = "en-us" if accents.get(speaker.name.lstrip("p")) in NORTH_AMERICAN else "en-gb"
        for name in sorted({path.stem.split("_mic")[0] for path in speaker.iterdir() if path.suffix in (".flac", ".wav")}):
            audio, transcript = speaker / f"{name}{ending}", folder / "txt" / speaker.name / f"{name}.txt"
            if not transcript.is_file():
                skipped.add(name, "audio without a transcript")
            elif not audio.is_file():
                skipped.add(name, f"no {ending[1:]}")
            else:
                text = " ".join(transcript.read_text(encoding="utf-8").split())
                yield Recording(Utterance(name, text, speaker.name, language, "read"), audio)


def _accents(path: Path) -> dict[str, str]:
    """Speaker number (without the p, as older versions print it) to accent; empty if the file is missing."""
    if not path.is_file():
        return {}
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return {row[0].lstrip("p"): row[3] for row in rows if len(row) > 3}
