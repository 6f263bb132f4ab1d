"""Where things lie: what comes with the package, installed voices, and the real recordings that some recipes and tests use when present."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from tts.errors import UserError


def repository_root() -> Path:
    """The folder that holds `tts/`."""
    return Path(__file__).resolve().parent.parent


def real_speech() -> Path | None:
    """The folder with `cc0-voices/` and `real-speech/`: $TTS_REAL_SPEECH, else `shared/data` beside the checkout; None if absent."""
    folder = Path(os.environ.get("TTS_REAL_SPEECH") or repository_root().parent / "shared" / "data")
    return folder if folder.is_dir() else None


def voices_home() -> Path:
    """Where `tts voices add` installs: $TTS_HOME, else `~/.local/share/tts`."""
    return Path(os.environ.get("TTS_HOME") or Path.home() / ".local" / "share" / "tts")


def package_data() -> Path:
    """What comes with the package; among it the released voices, in `voices/NAME/`, and the released vocoder, in `vocoder/`, where there are any.
    $TTS_RELEASED is another folder with these."""
    return Path(os.environ.get("TTS_RELEASED") or Path(__file__).resolve().parent / "data")


def file_in(folder: Path, name: str, suffix: str) -> Path:
    """`folder/name.suffix` for a name that comes from data: one that is no plain file name, and so could lead elsewhere, is refused."""
    if name != Path(name).name or name in ("", ".", ".."):
        raise UserError(f"{name!r} cannot name a file in {folder}; expected letters, digits, '_', '-', '.'; change the utterance's id")
    return folder / f"{name}{suffix}"


def file_digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
