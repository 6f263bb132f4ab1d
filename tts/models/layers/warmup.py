"""The weight of a loss term rises linearly from 0: that of a KL term so that a latent is listened to before it is made to say little (Bowman et al.
2016), others so that they join when the rest is learned."""

from __future__ import annotations


class Warmup:
    """The share of the final weight that holds now. A model calls `begin_step` before every step of the training."""

    def __init__(self, share: float, begin: float = 0.0):
        """share: of the training, over which the weight rises; begin: the share before that."""
        self.share, self.begin = share, begin
        self._progress = 1.0

    def begin_step(self, step: int, steps: int) -> None:
        self._progress = min(1.0, max(0.0, step + 1 - self.begin * steps) / max(1.0, self.share * steps))

    def weight(self, training: bool) -> float:
        """From 0 to 1 in training; 1 in validation, so that its losses can be compared from the start."""
        return self._progress if training else 1.0
