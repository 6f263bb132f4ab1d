"""Pre-training learns what can be known, gives the same twice and after an interruption, and counts honestly."""

import dataclasses
import json

import pytest
import torch

from tests.text.bert.make import bert, corpus, units
from tts.corpus.manifest import read_manifest, write_manifest
from tts.errors import UserError
from tts.text.bert.config import SmallBertConfig, bert_folder
from tts.text.bert.masked_words import MaskedWords, SentenceSource, cut, pretrain, train_tokenizer
from tts.text.bert.words import BertWords, Pieces, collate

CONFIG = SmallBertConfig(vocabulary=150, hidden=32, layers=1, heads=2, positions=32, steps=200, batch_tokens=200,
                         learning_rate=1e-2)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bert")
    return pretrain(corpus(folder / "manifest.jsonl"), folder / "bert", CONFIG), folder


def test_it_learns_what_the_sentences_have_in_common(trained):
    words, folder = trained
    losses = [json.loads(line) for line in (folder / "bert/training/metrics.jsonl").read_text().splitlines()]
    validation = [row["total"] for row in losses if row["group"] == "validation"]
    facts = words.pretraining
    assert validation[-1] < 0.7 * validation[0]
    assert facts["hidden_words_guessed"] > 2 * facts["commonest_word_instead"] > 0.4  # "the" is every third or fourth word
    assert facts["languages"] == {"en-us": facts["sentences"]} and f"{facts['sentences']} sentences" in words.name


def test_sentences_that_come_twice_count_once_and_dev_has_none_of_training(trained):
    words, folder = trained
    rows = list(read_manifest(folder / "manifest.jsonl"))
    train, dev = ({row.text for row in rows if row.split == split} for split in ("train", "dev"))
    assert words.pretraining["sentences"] == len(train) < sum(row.split == "train" for row in rows)
    assert 0 < words.pretraining["dev_sentences"] == len(dev - train) < len(dev)
    assert words.pretraining["dev_words"] == 7 * len(dev - train)


def test_the_same_twice_also_after_an_interruption_and_finished_is_left_alone(trained, monkeypatch):
    words, folder = trained
    seen = []
    load = SentenceSource.load

    def interrupted(self, ids):
        seen.append(ids)
        if len(seen) == 150:
            raise KeyboardInterrupt
        return load(self, ids)

    monkeypatch.setattr(SentenceSource, "load", interrupted)
    with pytest.raises(KeyboardInterrupt):
        pretrain(folder / "manifest.jsonl", folder / "again", CONFIG)
    assert not (folder / "again/pretraining.json").exists() and (folder / "again/training/checkpoints/latest.json").exists()
    again = pretrain(folder / "manifest.jsonl", folder / "again", CONFIG)
    assert again.identity == words.identity and again.pretraining == words.pretraining
    before = len(seen)
    assert pretrain(folder / "manifest.jsonl", folder / "again", CONFIG).describe() == words.describe() and len(seen) == before
    text = units("_ the red fish sits .")
    assert torch.equal(BertWords.load(folder / "again").vectors(text), words.vectors(text))


def test_a_vocabulary_is_the_same_from_counts_in_any_order():
    counts = {"".join(chr(97 + (7 * a + b * b) % 26) for b in range(2 + a % 5)): 1 + a % 3 for a in range(120)}
    first, second = train_tokenizer(counts, 150), train_tokenizer(dict(reversed(counts.items())), 150)
    assert first.get_vocab() == second.get_vocab() and 100 < len(first) <= 150
    assert first.convert_ids_to_tokens(range(5)) == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def test_no_piece_is_there_that_training_never_sees():
    counts = {"lighthouse": 9, "light": 5, "house": 5, "harbour": 1, ".": 9}
    tokenizer = train_tokenizer(counts, 200)
    assert {piece for word in counts for piece in tokenizer.tokenize(word)} == set(tokenizer.get_vocab()) - {
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
    assert tokenizer.tokenize("lighthouse house;") == ["lighthouse", "house", "[UNK]"] and len(tokenizer.tokenize("harbour")) > 1


def test_whole_words_are_hidden():
    words = bert()
    system = MaskedWords(words, 0.4).train()
    batch = collate([words.pieces(units("_ autobúses harbours , catsees"))] * 50)
    torch.manual_seed(0)
    hidden, ids = system._by_chance(batch)
    own = batch.piece_to_unit >= 0
    assert 0.3 < hidden[own].float().mean() < 0.5 and not hidden[~own].any() and torch.equal(ids[~hidden], batch.ids[~hidden])
    for unit in range(1, batch.unit_count):
        pieces = hidden[batch.piece_to_unit == unit].view(50, -1)
        assert (pieces.all(1) | ~pieces.any(1)).all()
    mask, unknown = ((ids[hidden] == number).float().mean() for number in (system.mask, system.unknown))
    assert mask > 0.7 and 0.02 < unknown < 0.2


def test_on_dev_every_unit_is_hidden_once_and_padding_does_not_count():
    words = bert()
    system = MaskedWords(words, 0.15).eval()
    source = SentenceSource([], words.tokenizer, 32, 200, 0)
    long, short = words.pieces(units("_ the dog sees a cat , and a harbour .")), words.pieces(units("_ the dog ."))
    source.parts = {"long": long, "short": short}
    guesses = list(system.guess_all(source.load(["long", "short"]).pieces))
    assert sum(g.pieces for g in guesses) == len(long.ids) + len(short.ids) - 4
    assert sum(int(g.is_word.sum()) for g in guesses) == 8 + 2
    with torch.no_grad():
        both, one, other = (float(system.losses(source.load(ids)).total) for ids in (["long", "short"], ["long"], ["short"]))
    sizes = len(long.ids) - 2, len(short.ids) - 2
    assert both == pytest.approx((one * sizes[0] + other * sizes[1]) / sum(sizes), rel=1e-5)


def test_long_sentences_are_cut_between_words():
    owners = [-1, 0, 0, 0, 1, 1, 2, 3, 3, 3, 3, 3, 3, 3, -1]
    pieces = Pieces(torch.arange(15).numpy(), torch.tensor(owners).numpy(), 4)
    assert [part.piece_to_unit.tolist() for part in cut(pieces, 7)] == [
        [-1, 0, 0, 0, 1, 1, -1], [-1, 2, -1], [-1, 3, 3, 3, 3, 3, -1], [-1, 3, 3, -1]]
    assert [part.ids.tolist() for part in cut(pieces, 15)] == [pieces.ids.tolist()]


def test_without_training_texts_it_says_what_to_do(tmp_path):
    rows = [dataclasses.replace(row, split="recogniser") for row in read_manifest(corpus(tmp_path / "all.jsonl", 5))]
    write_manifest(tmp_path / "none.jsonl", rows)
    with pytest.raises(UserError, match="no utterance with words has split 'train'"):
        pretrain(tmp_path / "none.jsonl", tmp_path / "bert", CONFIG)


def test_without_dev_it_is_not_judged(tmp_path):
    rows = [dataclasses.replace(row, split="train") for row in read_manifest(corpus(tmp_path / "all.jsonl", 8))]
    write_manifest(tmp_path / "train.jsonl", rows)
    words = pretrain(tmp_path / "train.jsonl", tmp_path / "bert", dataclasses.replace(CONFIG, steps=2, passes=1))
    assert "dev_words" not in words.pretraining


def test_which_bert_a_recipe_uses():
    assert bert_folder(SmallBertConfig(), "exp/bert") == "exp/bert"
    assert bert_folder(SmallBertConfig(model="bert-base-cased"), "exp/bert") == "bert-base-cased"
    with pytest.raises(ValueError, match="heads"):
        SmallBertConfig(hidden=30)
