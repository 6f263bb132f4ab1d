"""What the studio's model goes without in training, beside the sizes of CopyCat2 and LCPVAE that it is built of."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class StudioConfig:
    """Shares of the utterances of a batch that are trained without a control, each drawn by itself, so that any of them can be given alone. What is
    not given is replaced by a learned latent that says so."""

    drop_words: float = 0.3  # all of an utterance's prosody latents; and, drawn apart, all of its timing latents
    drop_word: float = 0.1  # share of the words of the others: a prosody may leave single words to the text
    drop_style: float = 0.2

    def __post_init__(self):
        for field in fields(self):
            if not 0 <= getattr(self, field.name) < 1:
                raise ValueError(f"studio: {field.name} is a share; expected 0 up to 1, 1 left out, found {getattr(self, field.name)}")
