"""Whose prosody every word of a sentence gets: what a recording or a file says of it, else what the text suggests, else the voice's mean."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from tts.corpus.utterance import Unit
from tts.errors import UserError
from tts.models.copycat2.latents import WordEdits, WordLatents
from tts.models.load import LoadedModel
from tts.prosody.prosody import WordProsody, UnitEdit, describe, unit_edit, unit_labels
from tts.training.batch import PhoneRow


def choose_latents(loaded: LoadedModel, row: PhoneRow, units: Sequence[Unit], words: Sequence[WordProsody | None] | None,
                   temperature: float, style_latent: torch.Tensor | None = None) -> WordLatents:
    """Latents of the units [W] of one sentence; `words` are what a source says, None where it says nothing. `style_latent` [S]: the style that
    is asked for, of a model with styles."""
    if words and all(word is not None and word.acoustic is not None and word.timing is not None for word in words):
        like = {"dtype": torch.float32, "device": loaded.model.acoustic_centroid.device}
        return WordLatents(*(torch.tensor([getattr(word, name) for word in words], **like) for name in ("acoustic", "timing")))
    if loaded.text_prosody is not None:
        bert = loaded.text_prosody.words
        latents = loaded.text_prosody.predict(row, bert.pieces(units) if bert is not None else None, temperature, style_latent)
    else:
        latents = loaded.model.centroid(row)
    acoustic, timing = latents.acoustic.clone(), latents.timing.clone()
    for place, word in enumerate(words or ()):
        if word is not None and word.acoustic is not None:
            acoustic[place] = torch.tensor(word.acoustic)
        if word is not None and word.timing is not None:
            timing[place] = torch.tensor(word.timing)
    return WordLatents(acoustic, timing)


def choose_edits(loaded: LoadedModel, units: Sequence[Unit], words: Sequence[WordProsody | None] | None) -> WordEdits | None:
    """The edits of one sentence's units; None if there are none."""
    if words is None:
        return None
    none = UnitEdit()
    found = [none if word is None else unit_edit(word, describe(unit, label)) for word, unit, label in zip(words, units, unit_labels(units))]
    if all(edit == none for edit in found):
        return None
    if loaded.model.f0_model is None and any((e.semitones, e.f0_range, e.slope) != (0.0, 1.0, 0.0) for e in found):
        raise UserError(f"{loaded.folder}: this model draws F0 inside its decoder, so F0 cannot be edited in numbers; expected one with "
                        "model.f0_layers above 0; durations and energy can be edited")
    frame_ms = 1000 * loaded.features.frame_seconds

    def column(name: str) -> torch.Tensor:
        return torch.tensor([getattr(edit, name) for edit in found])

    return WordEdits(column("semitones"), column("f0_range"), column("slope"), column("gain_db"), column("stretch"),
                     torch.tensor([-1 if edit.pause_ms is None else round(edit.pause_ms / frame_ms) for edit in found]))
