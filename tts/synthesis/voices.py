"""Installed models and the voices in them.

A model folder (what `tts train` writes) is installed under a name in `tts.paths.voices_home()`; its speakers are the voices:
"ada", or "mini/ada" where two installed models know an ada.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tts.errors import UserError
from tts.models.load import FILES, load_names, read_card
from tts.paths import voices_home
from tts.speakers.voice import MadeVoice
from tts.vocoder.folder import FILES as VOCODER_FILES
from tts.vocoder.folder import is_vocoder
from tts.vocoder.load import FOLDER as VOCODER

PARTS = ("prosody", "aligner", "vocoder", "speaker_encoder")  # folders in a model's folder that some have
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True)
class InstalledModel:
    """A model folder and what its card says."""

    name: str
    folder: Path
    speakers: list[str]
    languages: list[str]
    card: dict


@dataclass(frozen=True)
class Voice:
    """Which model speaks, and as whom (None: whoever fits)."""

    folder: Path
    speaker: str | None


def installed_models() -> list[InstalledModel]:
    """All installed models by name. A folder that holds no whole model is left out."""
    home = voices_home()
    folders = sorted(path for path in home.iterdir() if path.is_dir()) if home.is_dir() else []
    return [describe(path, path.name) for path in folders if is_model(path) and NAME.fullmatch(path.name)]


def is_model(folder: Path) -> bool:
    return all((folder / name).is_file() for name in FILES)


def describe(folder: Path, name: str) -> InstalledModel:
    names = load_names(folder)
    return InstalledModel(name, folder, list(names.speakers), list(names.languages), read_card(folder))


def find_voice(voice: str | None = None, model: str | Path | None = None) -> Voice:
    """Where a voice lives. `model` is a folder or the name of an installed model; without it all installed ones are searched."""
    if model is not None:
        return Voice(find_model(model), voice)
    models = installed_models()
    if not models:
        raise UserError(
            "no voice is installed; run `make demo` (it trains voices in minutes), then "
            "`tts voices add egs/mini/copycat2/exp/copycat2 --name mini`, or name a trained model's folder with --model"
        )
    if voice is None:
        if len(models) > 1:
            raise UserError(
                f"several models are installed: choose one with --model ({', '.join(m.name for m in models)}), "
                "or a voice with --voice"
            )
        return Voice(models[0].folder, None)
    if "/" in voice:
        name, speaker = voice.split("/", 1)
        return Voice(find_model(name), speaker)
    homes = [m for m in models if voice in m.speakers]
    if len(homes) == 1:
        return Voice(homes[0].folder, voice)
    if homes:
        raise UserError(f"voice {voice!r} is in several models; say which: {', '.join(f'{m.name}/{voice}' for m in homes)}")
    if (kept := voices_home() / "made" / f"{voice}.json").is_file():
        encoder = MadeVoice.load(kept).encoder
        fitting = [m for m in models if m.card.get("speaker_encoder") == encoder]
        if len(fitting) == 1:
            return Voice(fitting[0].folder, voice)
        raise UserError(f"voice {voice!r} speaks through a model whose speaker encoder is {encoder}; " + (
            f"several are installed, choose one with --model: {', '.join(m.name for m in fitting)}" if fitting
            else "none is installed, name its folder with --model"))
    everyone = sorted({s for m in models for s in m.speakers})
    raise UserError(
        f"no voice {voice!r}{nearest(voice, everyone)}; installed: {shorten(everyone)} (`tts voices list` tells more)"
    )


def find_model(model: str | Path) -> Path:
    """The folder of a model given by folder or by installed name."""
    folder = Path(model)
    if is_model(folder):
        return folder
    if NAME.fullmatch(str(model)) and is_model(voices_home() / str(model)):
        return voices_home() / str(model)
    if folder.is_dir():
        missing = [name for name in FILES if not (folder / name).is_file()]
        raise UserError(
            f"{folder}: not a trained model, {', '.join(missing)} missing; "
            "expected the folder that `tts train` wrote (exp/NAME of a recipe)"
        )
    names = [m.name for m in installed_models()]
    raise UserError(
        f"no model {str(model)!r}{nearest(str(model), names)}; neither a folder nor installed"
        + (f" ({shorten(names)})" if names else " (nothing is installed; `make demo` trains one)")
    )


def add_model(folder: Path, name: str) -> InstalledModel:
    """Install a copy of the model in `folder` as `name`; it appears only when whole, and never over another."""
    check_name(name)
    source = find_model(folder)
    return describe(_install(source, name, FILES, [part for part in PARTS if (source / part).is_dir()]), name)


def add_vocoder(folder: Path) -> Path:
    """Install a copy of the trained vocoder in `folder` as the one that speaks wherever it fits."""
    return _install(folder, VOCODER, VOCODER_FILES, [])


def _install(source: Path, name: str, files: Iterable[str], parts: Iterable[str]) -> Path:
    target = voices_home() / name
    if target.exists():
        raise UserError(
            f"{name!r} is already installed in {target}; " + ("" if name == VOCODER else "choose another name, or ") + f"`tts voices remove {name}` first"
        )
    partial = target.with_name(f".{name}.{os.getpid()}.part")
    partial.mkdir(parents=True)
    try:
        for file in files:
            shutil.copyfile(source / file, partial / file)
        for part in parts:
            shutil.copytree(source / part, partial / part, ignore=shutil.ignore_patterns("checkpoints", "tensorboard", "*.jsonl"))
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return target


def remove_model(name: str) -> Path:
    """Remove an installed model or the vocoder; only ever such a folder directly under the voices' home."""
    check_name(name)
    target = voices_home() / name
    if target.is_symlink() or not (is_model(target) or is_vocoder(target)):
        raise UserError(f"no model {name!r} is installed in {voices_home()}{nearest(name, [m.name for m in installed_models()])}")
    shutil.rmtree(target)
    return target


def check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise UserError(
            f"model name {name!r}: expected letters, digits, '_', '-', '.', at most 64, beginning with a letter or digit"
        )


def nearest(name: str, known: list[str]) -> str:
    """ " (did you mean …?)", or nothing."""
    near = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def shorten(names: list[str], most: int = 30) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def speakers_of(language: str, voices: Iterable[str], language_of: Callable[[str], str]) -> list[str]:
    """The voices of a language; where there is none, those of its family (en-gb for en-us), and where there are none of these, all."""
    voices, family = list(voices), language.split("-")[0]
    same = [name for name in voices if language_of(name) == language]
    return same or [name for name in voices if language_of(name).split("-")[0] == family] or voices
