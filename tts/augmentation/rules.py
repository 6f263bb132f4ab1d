"""Accept or reject: the rules that a converted utterance must pass before anything learns from it, each with its threshold and
its reason. All scores are measured on the sound, vocoded from the converted mel."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from tts.augmentation.config import AugmentationConfig


@dataclass(frozen=True)
class Rule:
    """`score` must be at least (or, with `at_most`, at most) `threshold`; `reason` is what a breach means. A score that was not
    measured (None) breaks no rule: no contour was asked for, or there is no judge."""

    score: str
    threshold: float
    reason: str
    at_most: bool = False

    def broken(self, scores: Mapping[str, float | None]) -> bool:
        value = scores[self.score]
        if value is None:
            return False
        return not math.isfinite(value) or (value > self.threshold if self.at_most else value < self.threshold)


def rules_of(config: AugmentationConfig) -> list[Rule]:
    """All rules, in the order in which a report lists them."""
    return [
        Rule("f0_correlation", config.least_f0_correlation,
             "the voice does not follow the contour that was asked for (Pearson's r of log-F0)"),
        Rule("likeness_margin", config.least_likeness_margin,
             "it sounds less like the target than like the supporter (difference of cosines)"),
        Rule("alignment_loss", config.most_alignment_loss,
             "the phones are not where they should be (nats a frame below the recording's score)",
             at_most=True),
        Rule("phone_errors", config.most_phone_errors,
             "a recogniser of phones does not understand the text (share of wrong phones)", at_most=True),
        Rule("in_range", config.least_in_range, "F0 leaves the target's range (share of voiced frames within it)"),
    ]


def breaches(rules: list[Rule], scores: Mapping[str, float | None]) -> list[str]:
    """The names of the rules that the scores break; empty: accepted."""
    return [rule.score for rule in rules if rule.broken(scores)]
