"""Is this what was said? A text against its own phones in another order.

The aligner's score alone says little of somebody it never heard: it is low for right texts too. But a right text fits better than the same
phones mirrored or exchanged by halves, whoever speaks, and a wrong one does not. `benchmarks/prosody.py` measures where the line is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tts.alignment.aligner import Aligner, Alignment, too_short
from tts.alignment.source import listen, row_of
from tts.corpus.utterance import Phone, Unit

FEWEST_PHONES = 6  # below, another order may be nearly the same
LEAST_MARGIN = 0.45  # a text that was said fits better by this than the best other order, in nats a frame


@dataclass(frozen=True)
class Match:
    """An alignment and by how much it fits better than the best of other orders of its phones; None for a text too short to tell."""

    alignment: Alignment
    margin: float | None

    @property
    def doubtful(self) -> bool:
        return self.margin is not None and self.margin < LEAST_MARGIN


def match(aligner: Aligner, samples: np.ndarray, units: list[Unit], who: str) -> Match:
    """Align units with samples at LISTENING.sample_rate, and with the same phones in other orders. `who` names the utterance in errors."""
    mel = listen(samples)
    heard, row = aligner.hear(mel), row_of(units, aligner.numbers, who)
    try:
        found = aligner.find(heard, row)
        if sum(len(unit.phones) for unit in units if not unit.is_pause) < FEWEST_PHONES:
            return Match(found, None)
        others = [aligner.find(heard, row_of(other, aligner.numbers, who)).score for other in other_orders(units)]
    except ValueError:
        raise too_short(who, row, len(mel)) from None
    return Match(found, found.score - max(others))


def other_orders(units: list[Unit]) -> list[list[Unit]]:
    """The same words and pauses with their phones mirrored, exchanged by halves, and both."""
    phones = [phone for unit in units if not unit.is_pause for phone in unit.phones]
    exchanged = phones[len(phones) // 2:] + phones[:len(phones) // 2]
    return [_with_phones(units, order) for order in (phones[::-1], exchanged, exchanged[::-1])]


def _with_phones(units: list[Unit], phones: list[Phone]) -> list[Unit]:
    left = iter(phones)
    return [unit if unit.is_pause else Unit(unit.text, unit.span, [next(left) for _ in unit.phones]) for unit in units]
