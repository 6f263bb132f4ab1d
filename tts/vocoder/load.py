"""Which vocoder speaks: by name or folder, and only if it was made for the mels at hand.

Without a name the first trained one that fits is taken: the model's own (MODEL/vocoder), else `vocoder` beside the installed voices, else
the one that came with the package. Where none fits, Griffin-Lim speaks, and says so once.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import torch

from tts import paths
from tts.errors import UserError
from tts.features.fingerprint import Fingerprint, require_same
from tts.paths import voices_home
from tts.vocoder.folder import is_vocoder, load_generator
from tts.vocoder.griffin_lim import GriffinLim
from tts.vocoder.vocoder import Vocoder

GRIFFIN_LIM = "griffin-lim"
FOLDER = "vocoder"  # of a trained vocoder: in a model's folder, in the voices' home, in the package's data


def load_vocoder(
    name: str | Path | None,
    mels: Fingerprint,
    device: str | torch.device = "cpu",
    iterations: int | None = None,
    model: Path | None = None,
) -> Vocoder:
    """The vocoder called `name`, griffin-lim or a folder, for mels of that fingerprint; one made for other mels is refused. None: whichever fits,
    first of all that of the `model` folder. `iterations` are Griffin-Lim's, or the rounds in which a trained one settles its sound; more is cleaner
    and slower."""
    if iterations is not None and iterations < 0:
        raise UserError(f"--iterations {iterations}; expected 0 (the fastest) or more")
    if name is None:
        name = default_vocoder(mels, model)
    if str(name) != GRIFFIN_LIM:
        if not Path(name).is_dir():
            raise UserError(f"no vocoder {str(name)!r}; expected {GRIFFIN_LIM}, or the folder of a trained one (exp/vocoder of a recipe)")
        generator = load_generator(name, device)
        if iterations is not None:
            generator.settling.rounds = iterations
        vocoder: Vocoder = generator
    else:
        vocoder = GriffinLim(mels.config) if iterations is None else GriffinLim(mels.config, iterations)
    require_vocoder_fits(vocoder, mels, "the mels")
    return vocoder.to(device)


def default_vocoder(mels: Fingerprint, model: Path | None = None) -> str | Path:
    """The folder of the first trained vocoder that fits, else griffin-lim."""
    there = trained_vocoders(model)
    for folder in there:
        if Fingerprint.load(folder / "fingerprint.json").mel_hash == mels.mel_hash:
            return folder
    _say_once("no trained vocoder " + (f"fits these mels (there: {', '.join(map(str, there))})" if there else "is installed")
              + "; Griffin-Lim speaks (tts train --part vocoder trains one, --vocoder FOLDER chooses one)")
    return GRIFFIN_LIM


def trained_vocoders(model: Path | None = None) -> list[Path]:
    """The folders of trained vocoders: a model's own, the installed one, the released one."""
    homes = ([model / FOLDER] if model is not None else []) + [voices_home() / FOLDER, paths.package_data() / FOLDER]
    return [folder for folder in homes if is_vocoder(folder)]


@cache
def _say_once(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def require_vocoder_fits(vocoder: Vocoder, mels: Fingerprint, what: str) -> None:
    """Refuse a vocoder that was made for other mels than `what`; the message names every field that differs, with both values."""
    require_same(mels, vocoder.fingerprint, what, f"the vocoder {vocoder.name}", mel_only=True)
