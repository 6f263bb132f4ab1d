"""The BERT that voices speak with against that of `transformers`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import torch

from tests.text.bert.make import bert, units
from tts.text.bert.plain import PlainBert, plain_bert
from tts.text.bert.words import BertWords, collate

TEXTS = ["_ the dog sees a Schön cat , because niño .", "the autobús", "_", "qwertz 🙂 . .", " ".join(["the dog runs ,"] * 30)]


@pytest.fixture
def folder(tmp_path):
    bert().save(tmp_path)
    return tmp_path


def test_vectors_pieces_and_identity_are_those_of_transformers(folder):
    theirs, ours = BertWords.load(folder), BertWords.for_speaking(folder)
    assert isinstance(ours.model, PlainBert) and not isinstance(theirs.model, PlainBert)
    assert ours.identity == theirs.identity and ours.describe() == theirs.describe() and ours.positions == theirs.positions
    with torch.inference_mode():
        for text in TEXTS:
            assert ours.pieces(units(text)).ids.tolist() == theirs.pieces(units(text)).ids.tolist()
            torch.testing.assert_close(ours.vectors(units(text)), theirs.vectors(units(text)), rtol=1e-4, atol=1e-5)
        batch = collate([ours.pieces(units(text)) for text in TEXTS])
        args = (batch.ids, batch.piece_mask, batch.piece_to_unit, batch.unit_count)
        torch.testing.assert_close(ours(*args), theirs(*args), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("change", [{"hidden_act": "relu"}, {"model_type": "roberta"}, {"position_embedding_type": "relative_key"}, {"hidden_size": 32},
                                    {"vocab_size": "many"}])
def test_what_is_no_plain_bert_is_left_to_transformers(folder, change):
    config = folder / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), **change}))
    assert plain_bert(folder) is None


def test_what_is_broken_is_left_to_transformers_to_say(folder):
    (folder / "tokenizer.json").write_text("{")
    assert plain_bert(folder) is None


def test_reading_words_to_speak_does_not_start_transformers(folder):
    code = ("import sys; from pathlib import Path; from tts.text.bert.words import BertWords; "
            f"BertWords.for_speaking(Path({str(folder)!r})); sys.exit('transformers' in sys.modules)")
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
