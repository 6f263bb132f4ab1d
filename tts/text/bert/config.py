"""Which BERT a recipe uses, and the size and schooling of the small one that it can pre-train by itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tts.training.config import TrainingConfig


@dataclass(frozen=True)
class SmallBertConfig:
    """`model` names a BERT that exists; everything else is for the small one that is pre-trained where none is named."""

    model: str = ""  # a folder, or a name of the Hugging Face hub such as bert-base-multilingual-cased; empty: pre-train our own
    vocabulary: int = 2000  # word pieces, at most
    hidden: int = 128
    layers: int = 3
    heads: int = 4
    positions: int = 256  # longer sentences are cut; a corpus of shorter ones gets a BERT with just as many as it needs
    dropout: float = 0.1
    mask_share: float = 0.15  # of the words of a sentence, hidden at each step
    steps: int = 800  # at least
    passes: float = 5.0  # at least so many times through the sentences
    batch_tokens: int = 600  # word pieces of a batch, padding included
    learning_rate: float = 2e-3
    seed: int = 0

    def __post_init__(self):
        if self.hidden % self.heads:
            raise ValueError(f"bert: hidden {self.hidden} does not divide into {self.heads} heads")
        if not 0 < self.mask_share < 1:
            raise ValueError(f"bert: mask_share {self.mask_share}; expected a share between 0 and 1")
        if not 8 <= self.positions <= self.batch_tokens:
            raise ValueError(f"bert: positions {self.positions}; expected 8 or more, and no more than batch_tokens "
                             f"({self.batch_tokens})")
        if self.steps < 2 or self.vocabulary < 100:
            raise ValueError(f"bert: steps {self.steps}, vocabulary {self.vocabulary}; expected at least 2 and 100")

    def training(self, batches: int) -> TrainingConfig:
        """The loop's configuration when an epoch has so many batches; the weights that do best on dev are kept."""
        steps = max(self.steps, round(self.passes * batches))
        every = max(1, steps // 8)
        return TrainingConfig(steps=steps, seed=self.seed, batch_frames=self.batch_tokens, learning_rate=self.learning_rate,
                              warmup_steps=steps // 10, ema_decay=0.0, validate_every=every, checkpoint_every=every, keep_best=2)


def bert_folder(config: SmallBertConfig, default: str | Path) -> str:
    """What `BertWords.load` is to be given: the BERT that the recipe names, or else the folder of the pre-trained small one."""
    return config.model or str(default)
