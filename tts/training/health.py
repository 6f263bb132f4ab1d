"""Is the training well? A report for losses that are not finite, and a panel for latents that die.

A latent is called active when the variance of its posterior mean over the data exceeds 0.01 (Burda et al.); with no active dimension it
has collapsed: the decoder ignores it and every utterance gets the same prosody.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from tts.errors import UserError

ACTIVE_VARIANCE = 0.01


@dataclass(frozen=True)
class LatentHealth:
    """kl_nats: mean KL to N(0, I) per vector; active_units of `size`; sentence: what it means."""

    name: str
    size: int
    kl_nats: float
    active_units: int
    sentence: str

    @property
    def collapsed(self) -> bool:
        return self.active_units == 0


def latent_health(name: str, mean: Tensor, log_variance: Tensor) -> LatentHealth:
    """The state of a latent from posterior means and log-variances [.., Z] of a validation set."""
    mean, log_variance = mean.flatten(0, -2).double(), log_variance.flatten(0, -2).double()
    kl = 0.5 * (mean.square() + log_variance.exp() - log_variance - 1).sum(1).mean().item()
    size = mean.shape[1]
    active = int((mean.var(0) > ACTIVE_VARIANCE).sum()) if len(mean) > 1 else size
    if active == 0:
        sentence = (f"The latent '{name}' has collapsed: its posterior is the same for every input (KL {kl:.4f} nats), so it carries "
                    "nothing. Lower the KL weight or raise it more slowly.")
    elif active < size / 4:
        sentence = f"The latent '{name}' uses {active} of {size} dimensions (KL {kl:.2f} nats): close to collapse."
    else:
        sentence = f"The latent '{name}' is alive: {active} of {size} dimensions, KL {kl:.2f} nats."
    return LatentHealth(name, size, kl, active, sentence)


class NanWatch:
    """Counts batches without a finite loss, writes each down, and stops the run when they come in a row."""

    def __init__(self, file: Path, patience: int):
        self.file, self.patience, self.in_a_row = file, patience, 0

    def good(self) -> None:
        self.in_a_row = 0

    def bad(self, step: int, ids: list[str], terms: dict[str, float]) -> None:
        """Record one bad batch; raises UserError after `patience` of them in a row."""
        self.in_a_row += 1
        broken = [name for name, value in terms.items() if not torch.isfinite(torch.tensor(value))]
        with open(self.file, "a", encoding="utf-8") as file:
            file.write(json.dumps({"step": step, "utterances": ids, "terms": {k: repr(v) for k, v in terms.items()}}) + "\n")
        if self.in_a_row >= self.patience:
            shown = ", ".join(ids[:8]) + (f" and {len(ids) - 8} more" if len(ids) > 8 else "")
            raise UserError(f"step {step}: {self.in_a_row} batches in a row without a finite loss (term: {', '.join(broken) or 'gradient'}); "
                            f"the last held {shown}; all are listed in {self.file}. Look at these utterances, lower "
                            "training.learning_rate, or use training.precision=float32")
