"""When a converted utterance is good enough to learn from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AugmentationConfig:
    """Thresholds of the rules in rules.py, which say what each looks at."""

    least_f0_correlation: float = 0.8
    least_likeness_margin: float = 0.0
    most_alignment_loss: float = 1.0  # nats a frame
    most_phone_errors: float = 0.4  # share of the text's phones
    least_in_range: float = 0.9  # share of voiced frames
