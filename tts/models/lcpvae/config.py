"""Sizes and switches of LCPVAE and of its style classifier, beside those of the backbone they are built on."""

from __future__ import annotations

from dataclasses import dataclass

from tts.training.config import TrainingConfig

PRIORS = ("learned", "normal")
STYLE_LOSSES = ("none", "cross-entropy", "features")
TAUGHT = ("prosody", "all")


@dataclass(frozen=True)
class LcpvaeConfig:
    """The style latent of an utterance. The backbone's style_latent_dim is its size."""

    encoder_dim: int = 96
    encoder_layers: int = 4
    encoder_f0: bool = True  # the encoder also gets log-F0, voicing and energy, so that it need not find them in the mel
    encoder_style: bool = True  # the encoder is told the style
    prior: str = "learned"  # what is expected of a style's latents; normal: N(0, I) for all of them, a plain VAE
    prior_dim: int = 64
    prior_weight: float = 0.1  # of the cross-entropy with which the secondary VAE tells styles apart
    kl_weight: float = 1e-2  # per nat and utterance, against an L1 of mels in deviations
    kl_warmup: float = 0.2  # share of the training over which it rises linearly from 0
    # The style loss: what the frozen classifier hears in speech that is all predicted. features: distance of its last hidden layer
    # from that of the recording.
    style_loss: str = "none"
    style_weight: float = 0.05
    # What it teaches: prosody, the F0 model and the style latents, which the decoder then has to follow; or all, the decoder too, which learns
    # what pleases the classifier and is no style.
    style_teaches: str = "prosody"
    style_begin: float = 0.3  # share of the training before it; durations and F0 must mean something first
    style_warmup: float = 0.3  # share over which its weight then rises linearly
    style_share: float = 0.5  # of a batch that the style loss hears: it costs as much as the rest
    # Share of these that it hears in another voice and with the style of another utterance, whatever its language.
    swap_share: float = 0.5

    def __post_init__(self):
        for name, known in (("prior", PRIORS), ("style_loss", STYLE_LOSSES), ("style_teaches", TAUGHT)):
            if getattr(self, name) not in known:
                raise ValueError(f"lcpvae: {name} {getattr(self, name)!r}; expected one of {', '.join(known)}")
        for name in ("swap_share", "style_share", "style_begin", "style_warmup", "kl_warmup"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"lcpvae: {name} is a share; expected 0 to 1, found {getattr(self, name)}")


@dataclass(frozen=True)
class StyleClassifierConfig:
    """The network that hears styles, for the style loss."""

    dim: int = 64
    dropout: float = 0.2


def classifier_training() -> TrainingConfig:
    """What suits the classifier, where a recipe says nothing else."""
    return TrainingConfig(steps=400, batch_frames=6000, learning_rate=2e-3, warmup_steps=40, validate_every=100, checkpoint_every=200,
                          ema_decay=0.98, sample_count=0)
