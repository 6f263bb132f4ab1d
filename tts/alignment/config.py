"""What the aligner and the phone recogniser may be told; the defaults were measured on the mini corpus and on EmoDB."""

from __future__ import annotations

from dataclasses import dataclass, field

from tts.features.config import FeatureConfig
from tts.training.config import TrainingConfig

# Finer than the corpus's own frames, so that rounding to those costs little: 25 ms windows every 6.25 ms.
LISTENING = FeatureConfig(sample_rate=16000, hop_samples=100, window_samples=400, mel_bands=40, mel_low_hz=50.0,
                          mel_high_hz=8000.0, log_floor=1e-4)


@dataclass(frozen=True)
class NetworkConfig:
    """The network that hears phones; see network.py."""

    dim: int = 160
    dilations: tuple[int, ...] = (1, 2, 4, 8)
    dropout: float = 0.1


@dataclass(frozen=True)
class AlignerConfig:
    """How the aligner is trained and how its paths become durations."""

    network: NetworkConfig = field(default_factory=NetworkConfig)
    # Folder of a trained aligner to go on from, or `released`: that of the voices that come with the package. For corpora too small, or of too many
    # people, to learn their phones from; CTC is left out then. Phones that it does not know start from nothing.
    start: str = ""
    steps: int = 400  # at least; a step takes 0.15 s on one core
    passes: float = 3.0  # at least so many times through the training data
    batch_frames: int = 8000  # of 6.25 ms; small batches learn faster here than large ones
    learning_rate: float = 3e-3
    ctc_share: float = 0.55  # of the steps: first CTC finds out which phone is where, then full-sum training sets the borders
    alone_steps: int = 20  # of the second part, in which the short-sighted network has no vote yet
    training_hours: float = 20.0  # larger corpora are sampled for training; all of them are aligned
    pause_seconds: float = 0.05  # a silence between words, not written as punctuation, becomes a pause from this length on
    outlier_z: float = 5.0  # an utterance whose score lies so many robust deviations below its speaker's median is named
    textgrid_words: str = "words"  # names of the tiers when TextGrids are read
    textgrid_phones: str = "phones"
    textgrid_coverage: float = 0.95  # share of the utterances that must have a usable TextGrid
    seed: int = 0

    def training(self, batches: int) -> TrainingConfig:
        """The loop's configuration when an epoch has so many batches."""
        return loop_config(max(self.steps, round(self.passes * batches)), self.learning_rate, self.batch_frames, self.seed)


@dataclass(frozen=True)
class RecogniserConfig:
    """How the phone recogniser is trained."""

    network: NetworkConfig = field(default_factory=NetworkConfig)
    steps: int = 800
    passes: float = 4.0
    batch_frames: int = 5000
    learning_rate: float = 3e-3
    seed: int = 0

    def training(self, batches: int) -> TrainingConfig:
        return loop_config(max(self.steps, round(self.passes * batches)), self.learning_rate, self.batch_frames, self.seed)


def loop_config(steps: int, learning_rate: float, batch_frames: int, seed: int) -> TrainingConfig:
    """Short runs without validation whose last weights are the result: the learning rate ends at nearly nothing."""
    return TrainingConfig(steps=steps, seed=seed, batch_frames=batch_frames, learning_rate=learning_rate,
                          warmup_steps=min(30, steps - 1), ema_decay=0.0, log_every=20, validate_every=steps,
                          checkpoint_every=200, keep_best=0)
