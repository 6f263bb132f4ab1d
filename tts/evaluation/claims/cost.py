"""What it costs: speaking beside the base system, text by text in turn in one process, and reading the prosody from a recording
beside the recording's own length.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.evaluation.claims.claims import Check, at_least, at_most, stated
from tts.evaluation.claims.system import Rendered, Systems
from tts.evaluation.figure import Figure, combine, ratio_of

MOST_TIMES_BASE, LEAST_REAL_TIME = 1.3, 50
TIMED, ROUNDS = 12, 3  # utterances; the fastest of the rounds counts, for what slows a round down is not the system


@dataclass(frozen=True)
class Timed:
    """Seconds that something took; of these, the vocoder's (NaN if it is not known) and BERT's."""

    whole: float
    vocoder: float = math.nan
    bert: float = 0.0


def cost_checks(systems: Systems, utterances: list[Utterance]) -> list[Check]:
    """Time to speak a text over the base system's; extraction in times real time."""
    ours, base, timed = systems.ours, systems.base, utterances[:TIMED]
    known = "" if timed else "no test utterance is of one of the model's voices"
    why = known or ("" if base else "no base model was given (--base)")
    pairs = (
        {} if why else {u.id: (fastest(lambda: ours.say(u, u.speaker)), fastest(lambda: base.say(u, u.speaker))) for u in timed}
    )

    def ratio(part: Callable[[Timed], float]) -> Figure | None:
        return ratio_of((name, part(mine), part(theirs)) for name, (mine, theirs) in pairs.items()) if pairs else None

    spent, refused = extraction(systems, timed)
    return [
        Check(
            "cost",
            "synthesis",
            "time to speak a text over the base system's, vocoder included, BERT apart",
            "x",
            at_most(MOST_TIMES_BASE),
            ratio(lambda t: t.whole - t.bert),
            why,
        ),
        Check("cost", "synthesis with BERT", "the same with BERT's time", "x", stated(), ratio(lambda t: t.whole), why),
        Check(
            "cost",
            "synthesis without vocoder",
            "the same without the vocoder's and BERT's time",
            "x",
            stated(),
            ratio(lambda t: t.whole - t.bert - t.vocoder),
            why or "the vocoder's time is not known",
        ),
        Check(
            "cost",
            "extraction",
            "seconds of recording whose prosody is read in a second, alignment included",
            "x real time",
            at_least(LEAST_REAL_TIME),
            combine(lambda share: 1 / share, spent) if spent else None,
            known or refused,
        ),
    ]


def extraction(systems: Systems, timed: list[Utterance]) -> tuple[Figure | None, str]:
    """Time to read recordings over their length, and why any was refused."""
    found, refused = [], ""
    for u in timed:
        try:
            spent = fastest(lambda: systems.ours.extract(u)).whole
        except UserError as error:
            refused = str(error)
            continue
        found.append((u.id, spent, sum(unit.frames for unit in u.units) * systems.ours.features.frame_seconds))
    return ratio_of(found) if found else None, refused


def fastest(work: Callable[[], Rendered | None]) -> Timed:
    """The fastest of a few rounds."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        made = work()
        whole = time.perf_counter() - started
        rounds.append(Timed(whole) if made is None else Timed(whole, made.vocoder_seconds, made.bert_seconds))
    return min(rounds, key=lambda t: t.whole)
