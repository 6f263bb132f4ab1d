"""Which words a BERT finds alike: the words of a text beside those of its vocabulary, by the table with which it begins to read.
The table knows no context, but a word's row shows what it has learned of it, in any BERT and at once."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F

from tts.corpus.utterance import Unit
from tts.text.bert.words import BertWords, average_to_units, collate, split


@torch.inference_mode()
def nearest_words(words: BertWords, units: Sequence[Unit], count: int) -> tuple[int, list[list[tuple[str, float]]]]:
    """How many words were compared, and for each unit the most similar (word, cosine). The mean of the vocabulary is taken away
    first, for all vectors point much the same way."""
    names, rows = whole_words(words.tokenizer)
    table, pieces = words.model.get_input_embeddings().weight, collate([split(units, words.tokenizer)])
    vocabulary, text = table[rows], average_to_units(table[pieces.ids], pieces.piece_to_unit, len(units))[0]
    mean = vocabulary.mean(0)
    cosines = F.normalize(text - mean, dim=-1) @ F.normalize(vocabulary - mean, dim=-1).T
    found = []
    for unit, row in zip(units, cosines):
        order = [place for place in row.argsort(descending=True).tolist() if names[place].lower() != unit.text.lower()][:count]
        found.append([(names[place], float(row[place])) for place in order])
    return len(names), found


def whole_words(tokenizer) -> tuple[list[str], list[int]]:
    """The pieces that are words or their beginnings, and their numbers."""
    vocabulary = tokenizer.get_vocab()
    marked = any(piece.startswith(("Ġ", "▁")) for piece in vocabulary)  # how two families of tokenizers mark a word's beginning
    starts = [piece for piece in vocabulary if (piece[0] in "Ġ▁" if marked else not piece.startswith("##"))]
    names = {piece: piece.lstrip("Ġ▁") for piece in sorted(starts)}
    kept = [piece for piece, name in names.items() if len(name) > 1 and name.isalpha()]
    return [names[piece] for piece in kept], [vocabulary[piece] for piece in kept]
