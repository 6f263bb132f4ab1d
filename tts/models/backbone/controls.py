"""What a model can be given beside a text, a language and one of its voices. Every model says so itself (`AcousticModel.controls`), and whoever
speaks with it asks for a control, never for a class."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Controls:
    """Each True where the model takes it.

    text            it speaks texts; a frame-level CopyCat only says again what a recording says
    words           a latent per word and pause for prosody and one for timing, and edits of single words
    style           a style latent for the whole utterance
    f0              a contour of F0 and voicing, in place of the one it predicts
    speaker_vector  voices that it was not trained on, as vectors of its speaker encoder
    noise           what the sound leaves open is drawn, so that a temperature is its deviation
    recording       a recording itself, said in another voice: by a flow with nothing lost, by the studio with its words, style, timing and F0
    """

    text: bool = True
    words: bool = False
    style: bool = False
    f0: bool = False
    speaker_vector: bool = False
    noise: bool = False
    recording: bool = False
