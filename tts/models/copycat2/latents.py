"""What goes in and out of CopyCat2 beside phones: one latent per word and pause for prosody and one for timing, and edits of single words
in numbers that a person understands."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class WordLatents:
    """Latents of one utterance's units (words and pauses): acoustic [W, Z], timing [W, Y]."""

    acoustic: Tensor
    timing: Tensor


@dataclass(frozen=True)
class WordEdits:
    """Changes of one utterance's units, on top of what the latents say; each [W].

    semitones  added to F0
    f0_range   factor of F0's distance from the word's own mean, in semitones
    slope      semitones per second added, turning the contour about the word's middle
    gain_db    added to the level
    stretch    factor of the duration; larger is slower; 0 takes a pause away
    frames     the length itself of a pause that has nothing to stretch; -1 where it is not set
    """

    semitones: Tensor
    f0_range: Tensor
    slope: Tensor
    gain_db: Tensor
    stretch: Tensor
    frames: Tensor

    @classmethod
    def none(cls, units: int) -> WordEdits:
        """Edits that change nothing."""
        zero, one = torch.zeros(units), torch.ones(units)
        return cls(zero, one, zero, zero, one, torch.full((units,), -1))
