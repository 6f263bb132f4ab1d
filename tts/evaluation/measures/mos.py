"""A listener's score as some model predicts it: a plug-in, for we ship none.

A predictor is a function `(samples [N] float32, rate) -> float`. It is named as `module:function`, or by the name under which an
installed package offers it in the entry-point group `tts.mos`. Only what Python can import is run, never a file that lies with
data.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from tts.errors import UserError
from tts.evaluation.measures.base import Measure, Scored
from tts.evaluation.sound import Settings, Sound

GROUP = "tts.mos"


@dataclass(frozen=True)
class MosMeasure(Measure):
    name = "mos"
    of_reference = True
    predictor: str | None = None

    def check(self, settings: Settings) -> None:
        load_predictor(self.predictor)

    def of_sound(self, sound: Sound) -> Scored:
        samples, rate = sound.as_in_file
        predict = load_predictor(self.predictor)
        try:
            found = float(predict(samples, rate))
        except Exception as error:  # whatever somebody else's code may raise is a reason, not the end of the run
            raise UserError(f"the predictor {self.predictor} failed: {type(error).__name__}: {error}") from None
        if not math.isfinite(found):
            raise UserError(f"the predictor {self.predictor} gave {found}")
        return Scored({"predicted_mos": found})

    def notes(self, settings: Settings) -> list[str]:
        return [f"Predicted MOS: {self.predictor}. A prediction ranks what it was trained on; it replaces no listeners."]


@cache
def load_predictor(name: str | None) -> Callable:
    """The function of that name."""
    offered = {entry.name: entry for entry in entry_points(group=GROUP)}
    if name is None:
        known = (
            f"; installed: {', '.join(sorted(offered))}" if offered else f"; no installed package offers one (group {GROUP})"
        )
        raise UserError(f"predicted MOS: no predictor is named (--predictor module:function){known}")
    try:
        if ":" not in name:
            if name not in offered:
                known = ", ".join(sorted(offered)) or "none there"
                raise UserError(f"--predictor {name}: expected module:function, or one of the group {GROUP} ({known})")
            found = offered[name].load()
        else:
            module, _, function = name.partition(":")
            found = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise UserError(f"--predictor {name}: cannot be imported ({error}); is the package installed?") from None
    if not callable(found):
        raise UserError(f"--predictor {name}: is {type(found).__name__}, no function of samples and rate")
    return found
