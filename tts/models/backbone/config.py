"""Sizes and switches of the backbone. Sizes small, base and large are the files recipes/conf/sizes/*.yaml."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BackboneConfig:
    """Defaults are the small size: about 2 M parameters."""

    encoder_dim: int = 128  # phone encoder
    encoder_layers: int = 4
    decoder_dim: int = 128  # mel decoder, at frame rate: nearly all of the cost of synthesis
    decoder_layers: int = 6
    kernel: int = 5  # width of every convolution of encoder and decoder
    dropout: float = 0.05
    speaker_dim: int = 64
    language_dim: int = 16
    # "table" learns a vector per speaker; "features" takes the speaker vectors that the features stage measured, so that
    # a voice heard for a few seconds can enter.
    speaker_vectors: str = "table"
    # Duration model.
    duration_dim: int = 128
    duration_layers: int = 2
    duration_weight: float = 0.1
    mel_weight: float = 1.0  # 0 trains durations and F0 alone, on an encoder of their own
    # F0 as a frame-level condition of the decoder, predicted from the text at synthesis; f0_layers 0 leaves it out.
    f0_dim: int = 96
    f0_layers: int = 4
    f0_weight: float = 0.2
    f0_delta_weight: float = 0.0  # L1 of the steps from frame to frame beside that of log-F0: larger is smoother where speech is smooth
    harmonics: bool = True  # the decoder is given the comb of harmonics that F0 has in a mel, and learns its depth only
    # Energy of every word as a condition of the decoder, predicted at synthesis; 0 leaves it out.
    energy_dim: int = 0
    energy_weight: float = 0.1
    # Latents that a system adds as conditions; 0 leaves one out.
    word_latent_dim: int = 0
    frame_latent_dim: int = 0
    style_latent_dim: int = 0
    # Where part of the training data was made by a model: the voice is told which, and always speaks as in recordings.
    synthetic_flag: bool = False

    def __post_init__(self):
        if self.kernel % 2 == 0:
            raise ValueError(f"model: kernel {self.kernel} is even, frames could not be centred; use {self.kernel - 1} or {self.kernel + 1}")
        if self.speaker_vectors not in ("table", "features"):
            raise ValueError(f"model: speaker_vectors {self.speaker_vectors!r}; expected table or features")
        for name in ("encoder_dim", "encoder_layers", "decoder_dim", "decoder_layers", "speaker_dim", "duration_dim", "duration_layers"):
            if getattr(self, name) < 1:
                raise ValueError(f"model: {name} must be at least 1, found {getattr(self, name)}")

    @property
    def voice_dim(self) -> int:
        """Size of the vector per utterance that modulates every block: speaker, language, style latent, whether it is synthetic."""
        return self.speaker_dim + self.language_dim + self.style_latent_dim + self.synthetic_flag

    @property
    def uses_f0(self) -> bool:
        return self.f0_layers > 0
