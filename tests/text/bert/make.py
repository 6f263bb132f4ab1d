"""Texts and BERTs small enough for tests."""

from __future__ import annotations

import random
from pathlib import Path

import torch

from tts.corpus.manifest import write_manifest
from tts.corpus.utterance import PAUSES, Phone, Unit, Utterance

WORDS = "the dog sees a cat and runs Schön niño straße autobús because yellow harbour , . ?".lower().split()


def units(text: str) -> list[Unit]:
    """Words and pauses of a text in which blanks stand between them."""
    return [Unit(word, (0, 0), [Phone(word if word in PAUSES else "a")]) for word in text.split()]


def tokenizer(words=WORDS, vocabulary: int = 120):
    from tts.text.bert.masked_words import train_tokenizer

    return train_tokenizer(dict.fromkeys(words, 3), vocabulary)


def bert(positions: int = 32, seed: int = 0):
    """An untrained BertWords of a few thousand parameters."""
    from transformers import BertConfig, BertModel

    from tts.text.bert.words import BertWords

    torch.manual_seed(seed)
    pieces = tokenizer()
    config = BertConfig(vocab_size=len(pieces), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
                        max_position_embeddings=positions, initializer_range=0.5)
    return BertWords(BertModel(config), pieces, "tiny").eval()


def corpus(path: Path, count: int = 60) -> Path:
    """A manifest of sentences of which half of the words follow from the others; every fifth is for dev."""
    chance, rows = random.Random(0), []
    for number in range(count):
        animal, place = chance.choice([("dog", "garden"), ("cat", "house"), ("fish", "river")])
        kind, does = chance.choice(["old", "young", "red", "blue", "big"]), chance.choice(["lives", "sleeps", "sits"])
        text = f"_ the {kind} {animal} {does} in the {place} ."
        rows.append(Utterance(f"u{number}", text, "ada", "en-us", split="dev" if number % 5 == 0 else "train", units=units(text)))
    write_manifest(path, rows)
    return path
