"""What every kind of measurement is, so that one runner (evaluate.py) serves all.

In the processes that read sound, `of_pair` scores a system's sound beside the reference, `of_sound` scores one sound by itself
(the reference too, as a column of its own, where `of_reference` says so). Afterwards, in one process, `whole` turns what
utterances brought along as `material` into scores of all of them together, and `finish` adds what needs all of them first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tts.evaluation.figure import Figure
from tts.evaluation.sound import Pair, Settings, Sound

if TYPE_CHECKING:
    from tts.evaluation.results import Results

REFERENCE = "reference"  # the column of the reference's own scores


@dataclass(frozen=True)
class Scored:
    """scores by metric; weights as in `Row`; words: word and scores, in order; partly: why some scores are undefined."""

    scores: dict[str, float] = field(default_factory=dict)
    weights: dict[str, int] = field(default_factory=dict)
    words: list[tuple[str, dict[str, float]]] = field(default_factory=list)
    material: Any = None
    partly: str = ""


class Measure:
    """A kind of measurement; each overrides what it has. Instances travel to other processes, so they hold options only."""

    name: str
    of_reference = False
    pairs_frames = False
    for_plots = False  # scores nothing

    def check(self, settings: Settings) -> None:
        """A UserError if nothing at all could be measured (something is not installed, say)."""

    def of_sound(self, sound: Sound) -> Scored:
        return Scored()

    def of_pair(self, pair: Pair) -> Scored:
        return Scored()

    def whole(self, materials: Mapping[str, Any], speakers: Mapping[str, str]) -> dict[str, Figure]:
        """Scores of a set from one system's materials by id; `speakers` by id."""
        return {}

    def finish(self, results: Results, materials: Mapping[str, Mapping[str, Any]]) -> None:
        """Change results, given every system's materials by id."""

    def notes(self, settings: Settings) -> list[str]:
        """Sentences that say how it was measured."""
        return []
