"""The learning rate as a function of the step alone, so that there is nothing to save and nothing to lose."""

from __future__ import annotations

import math

from tts.training.config import TrainingConfig


def learning_rate(step: int, config: TrainingConfig) -> float:
    """Rate of step 0, 1, …: a linear rise over `warmup_steps`, then a cosine fall to the final share."""
    if step < config.warmup_steps:
        return config.learning_rate * (step + 1) / config.warmup_steps
    progress = (step - config.warmup_steps) / max(1, config.steps - config.warmup_steps)
    final = config.final_learning_rate
    return config.learning_rate * (final + (1 - final) * 0.5 * (1 + math.cos(math.pi * min(1.0, progress))))
