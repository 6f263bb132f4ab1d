"""Installed and released models, and the voices in them.

A model folder (what `tts train` writes) is installed under a name in `tts.paths.voices_home()`; its speakers are the voices:
"ada", or "mini/ada" where two installed models know an ada. Released models come with the package, in `tts/data/voices/NAME`; they speak where no
installed one does what is asked for.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from tts import paths
from tts.errors import UserError
from tts.models.load import FILES, read_card
from tts.paths import voices_home
from tts.speakers.voice import MadeVoice
from tts.text.languages import canonical
from tts.training.batch import Names
from tts.vocoder.folder import FILES as VOCODER_FILES
from tts.vocoder.folder import is_vocoder
from tts.vocoder.load import FOLDER as VOCODER

PARTS = ("prosody", "aligner", "vocoder", "speaker_encoder")  # folders in a model's folder that some have
DEFAULT_LANGUAGE = "en-us"  # of released models, where neither a voice nor a language is asked for and they know it
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True)
class InstalledModel:
    """A model folder, installed or released, and what its card says."""

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
    """All installed models by name."""
    return _models_in(voices_home())


def released_models() -> list[InstalledModel]:
    """Those that come with the package, by name."""
    return _models_in(released_home())


def released_home() -> Path:
    return paths.package_data() / "voices"


def _models_in(home: Path) -> list[InstalledModel]:
    """A folder that holds no whole model is left out."""
    folders = sorted(path for path in home.iterdir() if path.is_dir()) if home.is_dir() else []
    return [describe(path, path.name) for path in folders if is_model(path) and NAME.fullmatch(path.name)]


def is_model(folder: Path) -> bool:
    return all((folder / name).is_file() for name in FILES)


def describe(folder: Path, name: str) -> InstalledModel:
    names = Names.load(folder)
    return InstalledModel(name, folder, list(names.speakers), list(names.languages), read_card(folder))


def find_voice(voice: str | None = None, model: str | Path | None = None, language: str | None = None) -> Voice:
    """Where a voice lives. `model` is a folder or the name of an installed or released model; without it all installed ones are searched, then the
    released ones. Of these the first that knows `language` speaks, where no voice is asked for and none is installed."""
    if model is not None:
        return Voice(find_model(model), voice)
    installed, released = installed_models(), released_models()
    if not installed and not released:
        raise UserError(
            "no voice is installed; run `make demo` (it trains voices in minutes), then "
            "`tts voices add egs/mini/copycat2/exp/copycat2 --name mini`, or name a trained model's folder with --model"
        )
    if voice is None:
        if len(installed) > 1:
            raise UserError(
                f"several models are installed: choose one with --model ({', '.join(m.name for m in installed)}), "
                "or a voice with --voice"
            )
        return Voice(installed[0].folder if installed else _of_language(released, language).folder, None)
    if "/" in voice:
        name, speaker = voice.split("/", 1)
        return Voice(find_model(name), speaker)
    homes = _first_some(lambda m: voice in m.speakers, installed, released)
    if len(homes) == 1:
        return Voice(homes[0].folder, voice)
    if homes:
        raise UserError(f"voice {voice!r} is in several models; say which: {', '.join(f'{m.name}/{voice}' for m in homes)}")
    if (kept := voices_home() / "made" / f"{voice}.json").is_file():
        encoder = MadeVoice.load(kept).encoder
        fitting = _first_some(lambda m: m.card.get("speaker_encoder") == encoder, installed, released)
        if len(fitting) == 1:
            return Voice(fitting[0].folder, voice)
        raise UserError(f"voice {voice!r} speaks through a model whose speaker encoder is {encoder}; " + (
            f"several are installed, choose one with --model: {', '.join(m.name for m in fitting)}" if fitting
            else "none is installed, name its folder with --model"))
    everyone = sorted({s for m in installed + released for s in m.speakers})
    raise UserError(
        f"no voice {voice!r}{nearest(voice, everyone)}; installed: {shorten(everyone)} (`tts voices list` tells more)"
    )


def _first_some(wanted: Callable[[InstalledModel], bool], *places: list[InstalledModel]) -> list[InstalledModel]:
    """The wanted ones of the first place that has any."""
    return next((found for place in places if (found := [m for m in place if wanted(m)])), [])


def _of_language(models: list[InstalledModel], language: str | None) -> InstalledModel:
    """The first that knows the language, else the first that knows one of its family, else the first."""
    wanted = canonical(language or DEFAULT_LANGUAGE)
    family = [m for m in models if wanted.split("-")[0] in {known.split("-")[0] for known in m.languages}]
    return next(iter([m for m in family if wanted in m.languages] or family or models))


def find_model(model: str | Path) -> Path:
    """The folder of a model given by folder, or by the name under which it is installed or released."""
    folder = Path(model)
    if is_model(folder):
        return folder
    for home in (voices_home(), released_home()):
        if NAME.fullmatch(str(model)) and is_model(home / str(model)):
            return home / str(model)
    if folder.is_dir():
        missing = [name for name in FILES if not (folder / name).is_file()]
        raise UserError(
            f"{folder}: not a trained model, {', '.join(missing)} missing; "
            "expected the folder that `tts train` wrote (exp/NAME of a recipe)"
        )
    names = [m.name for m in installed_models() + released_models()]
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
    try:
        copy_what_speaks(source, partial, files, parts)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return target


def copy_what_speaks(source: Path, target: Path, files: Iterable[str], parts: Iterable[str], copy: Callable = shutil.copyfile) -> None:
    """Copy these files and folders of a model or vocoder, each file by `copy(source, target)`, without what only its training needs."""
    target.mkdir(parents=True)
    for file in files:
        copy(source / file, target / file)
    for part in parts:
        shutil.copytree(source / part, target / part, ignore=shutil.ignore_patterns("checkpoints", "tensorboard", "*.jsonl"), copy_function=copy)


def remove_model(name: str) -> Path:
    """Remove an installed model or the vocoder; only ever such a folder directly under the voices' home."""
    check_name(name)
    target = voices_home() / name
    if target.is_symlink() or not (is_model(target) or is_vocoder(target)):
        if is_model(released_home() / name):
            raise UserError(f"model {name!r} is not installed, it comes with the package; an installed one goes before it (tts voices add)")
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
