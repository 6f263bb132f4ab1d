"""Sizes and switches of CopyCat2, beside those of the backbone it is built on."""

from __future__ import annotations

from dataclasses import dataclass

POOLINGS = ("boundary", "middle", "mean")  # see tts/models/layers/pooling.py


@dataclass(frozen=True)
class CopyCat2Config:
    """The two word-level conditional VAEs and the predictor from text."""

    # Acoustic latents: mel (and F0) + speaker → one Gaussian per unit. The backbone's word_latent_dim is their size.
    encoder_dim: int = 96
    encoder_layers: int = 3
    recurrent_dim: int = 64  # of each direction
    pooling: str = "boundary"  # or middle, mean: what of a word's frames makes its latent
    # The encoder also gets measured F0 and energy, relative to the speaker's own, so that it need not find them in the mel.
    encoder_f0: bool = True
    kl_weight: float = 1e-3  # per nat and unit, against an L1 of mels in deviations
    # Timing latents: durations + phones + speaker → one Gaussian per unit.
    timing_dim: int = 3
    timing_encoder_dim: int = 64
    timing_encoder_layers: int = 2
    timing_kl_weight: float = 5e-4
    kl_warmup: float = 0.2  # share of the training over which both weights rise linearly from 0
    train: str = "all"  # or acoustic, or timing: which of the two is trained; the other one keeps its weights

    def __post_init__(self):
        if self.pooling not in POOLINGS:
            raise ValueError(f"copycat2: pooling {self.pooling!r}; expected one of {', '.join(POOLINGS)}")
        if self.train not in ("all", "acoustic", "timing"):
            raise ValueError(f"copycat2: train {self.train!r}; expected all, acoustic or timing")
        if self.timing_dim < 1:
            raise ValueError(f"copycat2: timing_dim must be at least 1, found {self.timing_dim}")


@dataclass(frozen=True)
class PredictorConfig:
    """Prosody from text: BERT words + phones + speaker → the parameters of both latents' distributions."""

    loss: str = "kl"  # KL(predicted ‖ posterior); or l2-mean; or flow, the likelihood of posterior draws
    # A posterior narrower than this share of the latents' own deviation counts as so wide: sharp ones would otherwise drown what the
    # others say, and are learned by heart.
    least_spread: float = 0.8
    bert: str = "frozen"  # or fine-tuned, or none
    bert_learning_rate: float = 0.05  # share of the learning rate, when fine-tuned
    phones: bool = True  # whether the predictor hears the phones beside the words
    dim: int = 128
    phone_layers: int = 3
    word_layers: int = 2
    recurrent_dim: int = 96
    dropout: float = 0.4
    flow_steps: int = 4

    def __post_init__(self):
        if self.loss not in ("kl", "l2-mean", "flow"):
            raise ValueError(f"predictor: loss {self.loss!r}; expected kl, l2-mean or flow")
        if self.least_spread < 0:
            raise ValueError(f"predictor: least_spread must be 0 or more, found {self.least_spread}")
        if self.bert not in ("frozen", "fine-tuned", "none"):
            raise ValueError(f"predictor: bert {self.bert!r}; expected frozen, fine-tuned or off")
        if self.bert == "none" and not self.phones:
            raise ValueError("predictor: bert is none and phones is false, nothing is left to predict from; switch one on")
