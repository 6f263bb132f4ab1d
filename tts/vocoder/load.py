"""Which vocoder speaks: by name or folder, and only if it was made for the mels at hand."""

from __future__ import annotations

import torch

from tts.errors import UserError
from tts.features.fingerprint import Fingerprint, require_same
from tts.vocoder.griffin_lim import GriffinLim
from tts.vocoder.vocoder import Vocoder

NAMES = ("griffin-lim",)


def load_vocoder(
    name: str | None, mels: Fingerprint, device: str | torch.device = "cpu", iterations: int | None = None
) -> Vocoder:
    """The vocoder called `name` (None: griffin-lim) for mels of that fingerprint; one made for other mels is refused."""
    name = name or NAMES[0]
    if name != "griffin-lim":
        raise UserError(f"no vocoder {name!r}; known: {', '.join(NAMES)}")
    vocoder = GriffinLim(mels.config) if iterations is None else GriffinLim(mels.config, iterations)
    require_vocoder_fits(vocoder, mels, "the mels")
    return vocoder.to(device)


def require_vocoder_fits(vocoder: Vocoder, mels: Fingerprint, what: str) -> None:
    """Refuse a vocoder that was made for other mels than `what`; the message names every field that differs, with both values."""
    require_same(mels, vocoder.fingerprint, what, f"the vocoder {type(vocoder).__name__}", mel_only=True)
