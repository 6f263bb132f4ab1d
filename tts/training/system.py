"""The contract between the training loop and what it trains: a `System` turns a batch into named losses, a `BatchSource` turns
names of utterances into batches. The aligner, the recogniser, every acoustic model and the vocoder are Systems; there is one loop."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from torch import Tensor, nn


@dataclass(frozen=True)
class Sample:
    """Something to see and hear in TensorBoard: predicted and reference mel [T, M] of a named utterance."""

    name: str
    predicted: np.ndarray
    reference: np.ndarray


class Losses:
    """Base of the dataclasses that `System.losses` returns: one scalar tensor per term, and `total`, their weighted sum."""

    total: Tensor

    def terms(self) -> dict[str, float]:
        return {field.name: float(getattr(self, field.name).detach()) for field in dataclasses.fields(self)}


class System(nn.Module, ABC):
    """A network that can be trained by `tts.training.loop.fit`."""

    @abstractmethod
    def losses(self, batch) -> Losses:
        """Named losses of one batch, each a mean that does not depend on padding."""

    def prepare(self, source: BatchSource) -> None:
        """Called once before the first step, never on resume: set statistics from the training data."""

    def begin_step(self, step: int, steps: int) -> None:
        """Called before every step (counted from 0 of `steps`): the place for weights that change while training."""

    def learning_rates(self) -> dict[str, float]:
        """Shares of the learning rate for parameters whose name begins so; 1 for all others."""
        return {}

    def conclude(self, source: BatchSource) -> None:
        """Called once after the last step, with the final weights: set what can only be measured then."""

    def measures(self, batch) -> dict[str, float]:
        """Further figures of a validation batch, means over it."""
        return {}

    def remarks(self, figures: dict[str, float]) -> Iterable[str]:
        """Sentences on a validation's figures (losses and measures by name); warnings begin with WARNING."""
        return ()

    def latents(self, batch) -> dict[str, tuple[Tensor, Tensor]]:
        """Posterior mean and log-variance [.., Z] of every latent of a validation batch, watched for collapse."""
        return {}

    def samples(self, batch) -> Iterable[Sample]:
        """What to show at validation; the first utterances of the batch."""
        return ()


class BatchSource(Protocol):
    """Where batches come from. Both methods must be pure: the same arguments, the same answer."""

    def batches(self, epoch: int) -> list[list[str]]:
        """The batches of an epoch as lists of utterance ids; in epoch 0 the largest comes first."""

    def frames(self, ids: list[str]) -> int:
        """Real frames of a batch: the weight of its gradient."""

    def load(self, ids: list[str]):
        """The batch itself: an object with `ids` and `to(device)`."""
