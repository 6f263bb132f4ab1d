"""Claims on conversion: it sounds like the target, keeps the source's melody and words; told F0 and voicing, it is as good as said from noise; and
it reaches people whom the flow never heard."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable

import numpy as np

from tts.corpus.utterance import Utterance
from tts.evaluation.claims.claims import Check, Rule, above_zero, at_least, at_most, stated
from tts.evaluation.claims.flow_work import CONVERSION, COPY, FULL, TEXT, WITHOUT_F0, JudgedRecording, Sound
from tts.evaluation.claims.likeness import nearest_other
from tts.evaluation.figure import Figure, combine, mean_of
from tts.features.speaker import centroid

F0_KEPT = 0.9
MOST_ERRORS = 0.05  # share of phones by which a conversion may be worse understood than copy-synthesis of its source
# Within these, conversion and text mode count as the same: correlation of F0, share of phones misheard, likeness.
MARGINS = {"f0 correlation": 0.05, "phone errors": 0.03, "likeness": 0.02}

Voices = dict[str, np.ndarray]


def conversion_checks(judged: list[JudgedRecording], voices: Voices, genders: dict[str, str]) -> list[Check]:
    """Whose voice, whose melody, which words."""
    group, heard = "conversion", [one for one in judged if one.target in voices and one.utterance.speaker in voices]
    like = mean_of((one.id, likeness(one, one.sounds[CONVERSION, FULL], voices)) for one in heard)
    to_source = mean_of((one.id, float(one.sounds[CONVERSION,
                                                  FULL].vector @ (voices[one.target] - voices[one.utterance.speaker])))
                                                  for one in heard)
    kept = mean_of((one.id, one.sounds[CONVERSION, FULL].f0_correlation) for one in judged)
    copies = mean_of((one.id, one.sounds[COPY, FULL].f0_correlation) for one in judged)
    errors = {kind: mean_of((one.id, one.sounds[kind, FULL].phone_errors) for one in judged) for kind in (CONVERSION, TEXT, COPY)}
    measured = bool(errors[COPY].ids)
    return [
        Check(group, "likeness to the target", "cosine of converted speech with the target's real recordings", "cos", stated(),
              like, "",
              anchors(heard, voices, genders)),
        Check(group, "more like the target than the source", "likeness to the target minus that to the source's speaker", "cos",
              above_zero(), to_source),
        Check(group, "F0 of the source", "correlation of log-F0 with the source's, frame by frame, on the sound", "r",
              at_least(F0_KEPT), kept, "",
              {"copy-synthesis": copies}),
        Check(group, "words", "share of phones misheard beyond that of the source's copy-synthesis", "%",
              at_most(MOST_ERRORS, "≤ 5 %"),
              errors[CONVERSION] - errors[COPY] if measured else None, ""
              if measured else "no recogniser is trained (exp/recogniser)",
              {"conversion": errors[CONVERSION], "said from noise": errors[TEXT], "copy-synthesis": errors[COPY]}
              if measured else {}),
    ]


def anchors(heard: list[JudgedRecording], voices: Voices, genders: dict[str, str]) -> dict[str, Figure]:
    """What the likeness of real sounds is."""
    others = {name: nearest_other(name, voices, genders) for name in voices}
    return {
        "real, same speaker": mean_of((one.id, float(one.real.vector @ voices[one.utterance.speaker])) for one in heard),
        "real, nearest other of the gender": mean_of(
            (one.id, float(one.real.vector @ voices[others[one.utterance.speaker]])) for one in heard
            if others[one.utterance.speaker]),
        "the source": mean_of((one.id, float(one.real.vector @ voices[one.target])) for one in heard),
        "said from noise": mean_of((one.id, likeness(one, one.sounds[TEXT, FULL], voices)) for one in heard),
    }


def likeness(one: JudgedRecording, sound: Sound, voices: Voices) -> float:
    return float(sound.vector @ voices[one.target]) if one.target in voices else math.nan


# -- conversion and text mode ------------------------------------------------------------------------------------------


def within(margin: float) -> Rule:
    return Rule(f"all of the interval within ±{margin:g}", lambda found: -margin < found.low and found.high < margin)


def not_within(margin: float) -> Rule:
    return Rule(f"not all of the interval within ±{margin:g}", lambda found: not (-margin < found.low and found.high < margin))


def interchange_checks(judged: list[JudgedRecording], voices: Voices) -> list[Check]:
    """The difference of conversion and text mode, with F0 and voicing told to the flow and without."""
    measures: dict[str, tuple[str, Callable[[JudgedRecording, Sound], float]]] = {
        "f0 correlation": ("r", lambda one, sound: sound.f0_correlation),
        "phone errors": ("%", lambda one, sound: sound.phone_errors),
        "likeness": ("cos", lambda one, sound: likeness(one, sound, voices)),
    }
    checks = []
    for name, (unit, measure) in measures.items():
        margin = MARGINS[name]
        told, untold = (_difference(judged, variant, measure) for variant in (FULL, WITHOUT_F0))
        missing = "" if untold else f"no variant without F0 was given (--baseline exp/{WITHOUT_F0})"
        if told is None:
            checks.append(Check("interchangeable", name, "", unit, within(margin), None, "not measured on any recording"))
            continue
        checks += [
            Check("interchangeable", f"{name}, F0 and voicing told", "conversion minus text mode", unit, within(margin), told),
            Check("interchangeable", f"{name}, not told", "conversion minus text mode, of the flow without F0 and voicing", unit,
                  not_within(margin), untold, missing),
            Check("interchangeable", f"{name}, shrinks", "size of the difference without, minus with", unit, above_zero(),
                  combine(lambda a, b: np.abs(a) - np.abs(b), untold, told) if untold else None, missing),
        ]
    return checks


def _difference(judged: list[JudgedRecording], variant: str, measure: Callable[[JudgedRecording, Sound], float]) -> Figure | None:
    rows = [(one.id, measure(one, one.sounds[CONVERSION, variant]) - measure(one, one.sounds[TEXT, variant])) for one in judged
            if (CONVERSION, variant) in one.sounds]
    return mean_of(rows) if any(math.isfinite(value) for _, value in rows) else None


# -- people whom the flow never heard ----------------------------------------------------------------------------------


def zero_shot_checks(heard: list[JudgedRecording], recorded: list[tuple[Utterance, np.ndarray]], voices: Voices) -> list[Check]:
    """Conversion to unseen speakers, by the judge's vector of recordings that the flow was not given."""
    rows = defaultdict(list)
    for utterance, vector in recorded:
        rows[utterance.speaker].append(vector)
    unseen = {name: centroid(vectors) for name, vectors in rows.items()}
    found = [one for one in heard if one.target in unseen and one.utterance.speaker in voices]
    if not found:
        return [Check("zero-shot", "likeness to unseen speakers", "", "cos", above_zero(), None,
                      "no recordings of unseen speakers (split 'unseen')")]
    nearest = {name: max(voices, key=lambda voice: float(voices[voice] @ vector)) for name, vector in unseen.items()}
    real = {
        "real, same speaker": mean_of((f"{u.speaker} {u.id}", float(_without(rows[u.speaker], vector) @ vector)) for u,
                                      vector in recorded if len(rows[u.speaker]) > 1),
        "real, nearest known speaker": mean_of((u.id, float(voices[nearest[u.speaker]] @ vector)) for u, vector in recorded),
        "the source": mean_of((f"{one.id} {one.target}", float(one.real.vector @ unseen[one.target])) for one in found),
        "said from noise": mean_of((f"{one.id} {one.target}", float(one.sounds[TEXT, FULL].vector @ unseen[one.target]))
                                   for one in found),
    }
    like = mean_of((f"{one.id} {one.target}", float(one.sounds[CONVERSION, FULL].vector @ unseen[one.target])) for one in found)
    gain = mean_of((f"{one.id} {one.target}", float(one.sounds[CONVERSION, FULL].vector @ direction)) for one in found
                   for direction in [unseen[one.target] - voices[one.utterance.speaker]])
    return [
        Check("zero-shot", "likeness to unseen speakers",
              f"cosine of converted speech with other recordings of {len(unseen)} speakers, known by 3 recordings", "cos", stated(), like, "", real),
        Check("zero-shot", "more like the unseen target than the source",
              "likeness to the target minus that to the source's speaker", "cos", above_zero(), gain),
    ]


def _without(vectors: list[np.ndarray], vector: np.ndarray) -> np.ndarray:
    return centroid([other for other in vectors if other is not vector])
