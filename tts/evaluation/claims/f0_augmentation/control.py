"""Does the voice follow the contour that is asked for, and is the predicted one near to what the target does?

Contours are compared in log-F0 over frames voiced in both, each relative to the target's mean, so that voices of different
height do not make a correlation by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tts.augmentation.contours import DETAILED, NONE, ORIGINAL, PREDICTED
from tts.evaluation.claims.claims import Check, Rule, above_zero, at_least, stated
from tts.evaluation.claims.f0_augmentation.work import FLAT, RISING, WAVE, Converted, Predicted
from tts.evaluation.figure import Figure, add_rows, correlation_of, pooled

GROUP, FOLLOWS = "F0 control", 0.9
THE_PAPER = "The paper: 0.94 predicted, 0.86 sinusoid, 0 rising line."
SEMITONES = 12 / np.log(2)


def both_voiced(one_hz: np.ndarray, other_hz: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """log-F0 of two contours [T] at the frames where both are voiced."""
    both = (one_hz > 0) & (other_hz > 0)
    return np.log(one_hz[both].astype(np.float64)), np.log(other_hz[both].astype(np.float64))


def correlation(items: Iterable[tuple[str, float, np.ndarray, np.ndarray]]) -> Figure:
    """Pearson's r over (name, the voice's mean log-F0, contour, contour)."""
    rows = []
    for name, mean, one, other in items:
        x, y = both_voiced(one, other)
        rows.append((name, x - mean, y - mean))
    return correlation_of(rows)


def rmse(items: Iterable[tuple[str, np.ndarray, np.ndarray]], scale: float = SEMITONES, hz: bool = False) -> Figure:
    """Root mean square difference, in semitones or in Hz."""
    rows = []
    for name, one, other in items:
        x, y = both_voiced(one, other)
        difference = np.exp(x) - np.exp(y) if hz else scale * (x - y)
        rows.append((name, np.array([np.square(difference).sum(), len(difference)])))
    return pooled(add_rows(rows), lambda s: np.sqrt(s[..., 0] / s[..., 1]))


def control_checks(heard: list[Converted]) -> list[Check]:
    """Asked against measured, contour by contour; and what a model without F0 does."""
    checks = []
    for kind in (PREDICTED, DETAILED, ORIGINAL, WAVE, RISING, FLAT):
        sounds = [h for h in heard if h.task.kind == kind and h.task.stage == "tuned"]
        items = [(h.name, _mean(h), h.asked_hz, h.measured_hz) for h in sounds]
        rule = at_least(FOLLOWS) if kind in (PREDICTED, DETAILED) else stated()
        checks += follow_checks(kind, items, "unseen utterances of the supporters", rule, THE_PAPER if kind == PREDICTED else "")
    return checks + _without_f0(heard)


def follow_checks(kind: str, items: list[tuple[str, float, np.ndarray, np.ndarray]], of: str, rule: Rule, note: str) -> list[Check]:
    """How well a kind of contour is followed, on (name, the voice's mean log-F0, contour asked for, contour measured) of sounds; of: what was said."""
    checks = []
    if kind != FLAT:  # a line without movement correlates with nothing
        checks.append(Check(GROUP, f"{kind} contour followed", f"asked log-F0 against that of the sound, {of}", "r", rule, correlation(items), note=note))
    errors = [(name, asked, measured) for name, _, asked, measured in items]
    return [*checks, Check(GROUP, f"{kind} contour, error", "root mean square of asked minus measured", "st", stated(), rmse(errors), "",
                           {"in Hz": rmse(errors, hz=True)}, "Hz")]


def _without_f0(heard: list[Converted]) -> list[Check]:
    """The model that hears no F0: whose melody is it?"""
    sounds = [h for h in heard if h.task.kind == NONE and h.task.stage == "tuned"]
    predicted = {h.name: h for h in heard if h.task.kind == PREDICTED and h.task.stage == "tuned"}
    source = correlation((h.name, _mean(h), _moved(h), h.measured_hz) for h in sounds)
    asked = correlation((h.name, _mean(h), predicted[h.name].asked_hz, h.measured_hz) for h in sounds if h.name in predicted)
    theirs = correlation((h.name, _mean(h), _moved(h), h.measured_hz) for h in predicted.values())
    departures = correlation((h.name, 0.0, departure(h.source_hz, h.expected_hz[0]), departure(h.measured_hz, h.expected_hz[1])) for h in sounds
                             if h.expected_hz is not None)
    return [Check(GROUP, "without F0, the source's departures are heard",
                  "r of how source and sound depart from what the F0 model expects of their speakers: what the text says of both is left out",
                  "r", above_zero(), departures),
            Check(GROUP, "without F0, the source is followed",
                  "r with the source's contour minus r with the predicted one, for the model without F0",
                  "r", above_zero(), source - asked, "", {"with the source": source, "with the predicted contour": asked,
                                                         "model with F0, with the source": theirs})]


def departure(contour_hz: np.ndarray, expected_hz: np.ndarray) -> np.ndarray:
    """A contour [T] over the one expected, about 1; 0 where either is unvoiced."""
    frames = min(len(contour_hz), len(expected_hz))
    one, other = contour_hz[:frames].astype(np.float64), expected_hz[:frames]
    both = (one > 0) & (other > 0)
    ratio = np.where(both, one / np.where(other > 0, other, 1.0), 0.0)
    return ratio / np.exp(np.log(ratio[both]).mean()) if both.any() else ratio


def _mean(h: Converted) -> float:
    return h.task.pair.contours(PREDICTED).wanted.mean


def _moved(h: Converted) -> np.ndarray:
    """The source's contour, shifted to the target's mean."""
    found = h.task.pair.contours(ORIGINAL).found.mean
    return np.where(h.source_hz > 0, h.source_hz * np.exp(_mean(h) - found), 0.0)


def prediction_checks(predicted: list[Predicted], means: dict[str, float]) -> list[Check]:
    """The F0 model on unseen recordings of the targets; `means`: log-F0 of each target."""
    def r(of: str) -> Figure:
        return correlation((p.name, means[p.name.split("/")[0]], p.measured_hz, getattr(p, f"{of}_hz")) for p in predicted)

    def error(of: str, hz: bool = False) -> Figure:
        return rmse(((p.name, p.measured_hz, getattr(p, f"{of}_hz")) for p in predicted), hz=hz)

    tuned, both, plain = (error(of) for of in ("tuned", "both", "means"))
    compared = "predicted from phones and durations against the recording, unseen utterances of the targets"
    return [
        Check("F0 model", "correlation above phone means", f"{compared}: r minus that of every phone's mean", "r", above_zero(),
              r("tuned") - r("means"), "", {"tuned": r("tuned"), "before fine-tuning": r("both"), "phone means": r("means")}),
        Check("F0 model", "error below phone means", f"{compared}: error of every phone's mean minus the model's", "st",
              above_zero(), plain - tuned, "",
              {"tuned": tuned, "before fine-tuning": both, "phone means": plain}),
        Check("F0 model", "fine-tuning helps", f"{compared}: error before minus after fine-tuning on the target", "st",
              above_zero(), both - tuned),
        Check("F0 model", "error in Hz", compared, "Hz", stated("the paper: 49.6"), error("tuned", hz=True), "",
              {"phone means": error("means", hz=True)}),
    ]
