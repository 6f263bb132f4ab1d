"""Does augmentation help the voice that learns from it? Four voices for every target, on its unseen texts: trained on its
recordings alone, with what was made without F0, with predicted F0 and with detailed F0, then all fine-tuned on the recordings,
for as many steps; those with predicted F0 and without also before that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional

import numpy as np

from tts.evaluation.claims.claims import Check, Rule, above_zero, stated
from tts.evaluation.claims.f0_augmentation.control import correlation, rmse
from tts.evaluation.claims.f0_augmentation.work import Melody, Spoken
from tts.evaluation.distribution import distances, spread_ratio
from tts.evaluation.figure import Figure, combine, mean_of, ratio_of

GROUP = "voices"
ALONE, NONE, PREDICTED, DETAILED = "alone", "none", "predicted", "detailed"
BEFORE = {"none, before fine-tuning": "none.both", "predicted, before fine-tuning": "predicted.both"}
VOICES = (ALONE, NONE, PREDICTED, DETAILED, *BEFORE.values())
GAIN = Rule("> 0", lambda found: found.mean > 0)
COMPARED = (  # name, voice, the voice that it is held against; detailed F0 is an alternative, not a claim: which is better is only stated
    ("against recordings alone", PREDICTED, ALONE, above_zero()),
    ("against none", PREDICTED, NONE, GAIN),
    ("detailed against recordings alone", DETAILED, ALONE, stated()),
    ("detailed against predicted", DETAILED, PREDICTED, stated()),
)
Part = tuple[str, str, str, Callable[[str], Figure], int, Optional[Figure]]  # arguments of _gains


def voice_checks(spoken: dict[str | None, dict[str, Spoken]], vectors: dict[str, np.ndarray],
                 frame_seconds: float) -> list[Check]:
    """`spoken`: sounds by voice and name; None are the recordings."""
    recordings = spoken[None]

    def f0(measure: str) -> Callable[[str], Figure]:
        return lambda voice: _mean_over_targets(spoken[voice], recordings, measure, frame_seconds)

    def off(voice: str) -> Figure:
        return combine(lambda ratio: np.abs(np.log(ratio)), ratio(voice))

    def ratio(voice: str) -> Figure:
        return spread_ratio({name: (recordings[name].f0.moments, one.f0.moments) for name, one in spoken[voice].items()},
                            {name: name.split("/")[0] for name in spoken[voice]})

    def likeness(voice: str | None) -> Figure:
        return mean_of((name, float(one.vector @ vectors[one.task.pair.target])) for name, one in spoken[voice].items())

    def errors(voice: str | None) -> Figure:
        return ratio_of((name, one.phone_errors, float(one.phones)) for name, one in spoken[voice].items())

    def mcd(voice: str) -> Figure:
        return mean_of((name, one.mcd) for name, one in spoken[voice].items())

    parts: list[Part] = [
        ("F0 distance", "Wasserstein distance of F0 to the target's recordings of the same texts, mean over targets", "st",
         f0("f0_wasserstein_st"), -1, None),
        ("F0 divergence", "Jensen-Shannon divergence of F0 from the target's recordings, mean over targets", "bits",
         f0("f0_jsd_bits"), -1, None),
        ("delta-F0 distance", "Wasserstein distance of delta-F0, mean over targets", "st/s", f0("delta_f0_wasserstein_st_per_s"),
         -1, None),
        ("F0 spread", "distance of the ratio of standard deviations (synthesis over recording) from 1, as |ln ratio|", "ln", off,
         -1, None),
        ("likeness", "cosine with the target's training recordings", "cos", likeness, 1, likeness(None)),
        ("phone errors", "by the recogniser of phones", "%", errors, -1, errors(None)),
        ("cepstral distortion", "MCD, warped in time, to the recordings", "dB", mcd, -1, None),
    ]
    checks = [check for part in parts for check in _gains(*part)]
    checks.append(Check(GROUP, "ratio of F0 spread",
                        "standard deviation of log-F0 within voices over that of the recordings, with predicted F0", "x",
                        stated("1"),
                        ratio(PREDICTED), "", {ALONE: ratio(ALONE), NONE: ratio(NONE), DETAILED: ratio(DETAILED)}))
    return checks


def melody_checks(melodies: list[Melody], means: dict[str, float], why: str = "") -> list[Check]:
    """Is the voice's melody more like the target's? Given phones and durations, frame by frame; `means`: log-F0 of each target; `why`: it cannot
    be asked."""
    compared = "melody for the phones and durations of the target's unseen recordings, by each voice's F0 model"
    if why:
        return [Check(GROUP, f"melody, {name}, {label}", compared, unit, rule, None, why) for name, unit in (("correlation", "r"), ("error", "st"))
                for label, _, _, rule in COMPARED]

    def r(voice: str) -> Figure:
        return correlation((m.name, means[m.name.split("/")[0]], m.measured_hz, m.voices_hz[voice]) for m in melodies)

    def error(voice: str) -> Figure:
        return rmse((m.name, m.measured_hz, m.voices_hz[voice]) for m in melodies)

    return [*_gains("melody, correlation", f"{compared}: Pearson's r of log-F0", "r", r, 1, None),
            *_gains("melody, error", f"{compared}: root mean square difference", "st", error, -1, None)]


def _gains(name: str, compared: str, unit: str, figure: Callable[[str], Figure], sign: int, recorded: Figure | None) -> list[Check]:
    """What augmentation does to a figure of voices, pair by pair of COMPARED. `sign`: 1 where larger is better."""
    found = {voice: figure(voice) for voice in (ALONE, NONE, PREDICTED, DETAILED)}
    beside = {**found, **{label: figure(voice) for label, voice in BEFORE.items()}}
    if recorded is not None:
        beside["recordings"] = recorded
    what = {ALONE: "for the voice that has the recordings alone", NONE: "for the voice augmented without F0", PREDICTED: "with predicted F0"}
    better = "larger" if sign > 0 else "smaller"
    return [Check(GROUP, f"{name}, {label}", f"{compared}; how much {better} with {mine} F0 than {what[other]}", unit, rule,
                  combine(lambda a, b: sign * (a - b), found[mine], found[other]), "", beside) for label, mine, other, rule in COMPARED]


def _mean_over_targets(made: dict[str, Spoken], recordings: dict[str, Spoken], measure: str, frame_seconds: float) -> Figure:
    targets: dict[str, dict] = {}
    for name, one in made.items():
        targets.setdefault(one.task.pair.target, {})[name] = (recordings[name].f0, one.f0)
    return combine(lambda *values: np.mean(values, axis=0), *(distances(some, frame_seconds)[measure]
                                                              for some in targets.values()))
