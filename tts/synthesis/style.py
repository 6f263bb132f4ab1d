"""In which style something is said: names, blends and strength → the style latent of a model that has styles.

    excited                       one style
    excited=0.6,newscaster=0.4    a blend, by shares
    strength                      0 is neutral, 1 as recorded, more is more: z = neutral + strength · (style − neutral)
    source                        all: the centre of the style's recordings in all languages; a language: of those in it; prior: what the
                                  model expects of the style

Neutral is the style of that name, or the middle of all styles where there is none. Where no style is asked for, a model speaks neutrally, or, if it has
been trained without a style too (the studio), as it does where none is given.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from tts.errors import UserError
from tts.models.load import LoadedModel
from tts.synthesis.voices import nearest
from tts.text.languages import canonical

NEUTRAL, ALL, PRIOR = "neutral", "all", "prior"
STRONGEST = 2.0


def styles_of(loaded: LoadedModel) -> list[str]:
    """The styles that a model can be asked for; none if it has no styles."""
    return list(loaded.names.styles) if loaded.model.controls.style else []


def style_latent(loaded: LoadedModel, style: str | None, strength: float = 1.0, source: str | None = None) -> Tensor | None:
    """The latent [Z] of a style, None for a model without styles, which must not be asked for one."""
    if not loaded.model.controls.style:
        if style is not None or source is not None or strength != 1.0:
            raise UserError(f"{loaded.folder}: a model of system {loaded.card['system']!r} has no styles to choose from; expected an lcpvae or a studio, or no style")
        return None
    unasked = loaded.model.unasked_style()
    if style is None and unasked is not None:
        if source is not None or strength != 1.0:
            raise UserError("a style's strength or source is given, but no style; name one with --style")
        return unasked
    if not 0 <= strength <= STRONGEST:
        raise UserError(f"style strength {strength:g}: expected 0 (neutral) to {STRONGEST:g}; 1 is as recorded, 0.5 half as strong")
    centres, neutral = style_centres(loaded, source or ALL)
    wanted = sum(share * (neutral if name == NEUTRAL else centres[loaded.names.styles.index(name)])
                 for name, share in read_style(style or NEUTRAL, loaded.names.styles).items())
    if bool(torch.isnan(wanted).any()):
        raise UserError(f"{loaded.folder}: there were no recordings of {style} in {source}; expected another --style-source, such as {ALL}")
    return neutral + strength * (wanted - neutral)


def read_style(text: str, known: tuple[str, ...]) -> dict[str, float]:
    """Names with their shares, which sum to 1. `neutral` is always known."""
    shares: dict[str, float] = {}
    for part in text.split(","):
        name, given, number = (piece.strip() for piece in part.partition("="))
        try:
            share = float(number) if given else 1.0
        except ValueError:
            share = math.nan
        if not 0 <= share < math.inf:
            raise UserError(f"style {text!r}: expected NAME, or NAME=SHARE,NAME=SHARE with shares of 0 or more")
        if name not in (*known, NEUTRAL):
            raise UserError(f"no style {name!r}{nearest(name, list(known))}; the model knows: {', '.join(known)}")
        shares[name] = shares.get(name, 0.0) + share
    if not sum(shares.values()):
        raise UserError(f"style {text!r}: all shares are 0; expected at least one above")
    return {name: share / sum(shares.values()) for name, share in shares.items()}


def style_centres(loaded: LoadedModel, source: str) -> tuple[Tensor, Tensor]:
    """(centres [S, Z] of all styles, neutral [Z]) from a source; NaN where it has none."""
    model, names = loaded.model, loaded.names
    if source == PRIOR:
        if model.prior is None:
            raise UserError(f"{loaded.folder}: a plain VAE expects the same of every style, so its prior tells none; expected another style source")
        centres = model.prior.centres()
    elif source == ALL:
        centres = model.centres()
    else:
        language = canonical(source)
        if language not in names.languages:
            raise UserError(f"style source {source!r}: expected {ALL}, {PRIOR}, or a language of the model ({', '.join(names.languages)})")
        centres = model.centres(names.languages.index(language))
    if NEUTRAL in names.styles:
        return centres, centres[names.styles.index(NEUTRAL)]
    return centres, centres.nanmean(0)
