"""Long texts are spoken sentence by sentence, as the voices were trained, and the sentences joined with their own pauses.

units      _ | Yes | . | Go | on | ! |          sentences   _ | Yes | .      _ | Go | on | !
joined     _ | Yes | . | Go | on | ! |          the pause between is both sentences' silence in one unit
"""

from __future__ import annotations

from tts.corpus.utterance import Phone, Unit

ENDS = (".", "?", "!", "…")
LONG, LONGEST = 200, 400  # units of a sentence


def split_sentences(units: list[Unit], carried: list | None = None) -> tuple[list[list[Unit]], list[list]]:
    """The units of each sentence; every one begins and ends with a pause, as an utterance does. One of more than LONG units ends at its next pause
    already, or without one after LONGEST, so that memory does not grow with it. `carried` [W], one entry a unit, is split along; pauses that
    are put in carry None."""
    carried = carried or [None] * len(units)
    sentences, begun = [], ([units[0]], [carried[0]])
    for index in range(1, len(units)):
        unit = units[index]
        begun[0].append(unit)
        begun[1].append(carried[index])
        if index >= len(units) - 2:  # a sentence has a word
            continue
        length = len(begun[0])
        if unit.is_pause and (unit.text in ENDS or length > LONG) or length > LONGEST:
            between = Unit("_", (unit.span[1], unit.span[1]), [Phone("_")])
            if not unit.is_pause:
                begun[0].append(between)
                begun[1].append(None)
            sentences.append(begun)
            begun = ([between], [None])
    sentences.append(begun)
    return [units for units, _ in sentences], [entries for _, entries in sentences]


def join_sentences(sentences: list[list[Unit]]) -> list[Unit]:
    """The units of the whole, timed: a sentence's last pause takes the frames of the next one's first."""
    joined = list(sentences[0])
    for sentence in sentences[1:]:
        last, first = joined[-1], sentence[0]
        joined[-1] = Unit(last.text, last.span, [Phone(last.phones[0].symbol, 0, last.frames + first.frames)])
        joined += sentence[1:]
    return joined


def with_frames(units: list[Unit], durations) -> list[Unit]:
    """The same units with the frames [P] of their phones."""
    frames = iter(int(d) for d in durations)
    return [Unit(u.text, u.span, [Phone(p.symbol, p.stress, next(frames)) for p in u.phones]) for u in units]
