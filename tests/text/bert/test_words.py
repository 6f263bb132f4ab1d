"""Vectors of units: known answers of the averaging and of the windows, and BERTs of all kinds from folders."""

import json
import subprocess
import sys

import pytest
import torch

from tests.text.bert.make import bert, tokenizer, units
from tts.errors import UserError
from tts.text.bert.words import BertWords, average_to_units, collate, split, windows


def test_pieces_are_averaged_and_silences_take_their_neighbour():
    vectors = torch.tensor([[9.0, 1, 2, 4, 8, 9, 7]])[..., None]  # mark, unit 1, unit 2 (two pieces), unit 4, mark, padding
    owners = torch.tensor([[-1, 1, 2, 2, 4, -1, -1]])
    assert average_to_units(vectors, owners, 7)[0, :, 0].tolist() == [1, 1, 3, 3, 8, 8, 8]


def test_units_become_pieces():
    pieces = split(units("_ Straße , _ zzz because \u200b ?"), tokenizer())
    names = tokenizer().convert_ids_to_tokens(pieces.ids)
    of = [[name for name, owner in zip(names, pieces.piece_to_unit) if owner == unit] for unit in range(-1, 8)]
    assert of == [["[CLS]", "[SEP]"], [], ["straße"], [","], [], ["[UNK]"], ["because"], ["[UNK]"], ["?"]]
    assert pieces.unit_count == 8 and split(units("_ _"), tokenizer()).piece_to_unit.tolist() == [-1, 0, -1]


def test_composed_and_decomposed_letters_are_the_same():
    assert split(units("nin\u0303o"), tokenizer()).ids.tolist() == split(units("NIÑO"), tokenizer()).ids.tolist()


@pytest.mark.parametrize("positions", [32, 8])
def test_padded_is_unpadded(positions):
    """With 8 positions, the longer texts are read in windows."""
    words = bert(positions)
    texts = [units("_ the dog ."), units("_ the yellow dog sees a cat because the cat runs _"), units("_ runs")]
    batch = collate([words.pieces(text) for text in texts])
    together = words(batch.ids, batch.piece_mask, batch.piece_to_unit, batch.unit_count)
    assert together.shape == (3, len(texts[1]), words.size) and batch.ids.shape[1] > 8
    for text, vectors in zip(texts, together):
        assert torch.allclose(words.vectors(text), vectors[:len(text)], atol=1e-5)


@pytest.mark.parametrize("length, room", [(1, 6), (6, 6), (7, 6), (30, 6), (100, 7), (5, 1), (9, 2)])
def test_windows_keep_everything_once_with_context(length, room):
    plan = windows(length, room)
    assert [place for *_, first, last in plan for place in range(first, last)] == list(range(length))
    for start, end, first, last in plan:
        assert 0 <= start <= first < last <= end <= length and end - start <= room
        assert (first - start >= room // 4 or first == 0) and (end - last >= room // 4 or last == length)


def test_windows_read_like_one_where_nothing_depends_on_position_or_neighbours():
    """Without attention and positions, a piece's vector is its own: every piece of a long text must have got its own."""
    words = bert(8)
    with torch.no_grad():
        words.model.embeddings.position_embeddings.weight.zero_()
        for layer in words.model.encoder.layer:
            layer.attention.output.dense.weight.zero_()
    text = units(" ".join(["the dog sees a yellow cat and runs"] * 4))
    expected = torch.stack([words.vectors([unit])[0] for unit in text])
    assert torch.allclose(words.vectors(text), expected, atol=1e-5)


def test_gradients_flow_and_a_frozen_one_does_not_train():
    words = bert()
    words.vectors(units("_ the dog ."))[3, 0].backward()
    assert words.model.embeddings.word_embeddings.weight.grad.abs().sum() > 0
    assert words.train().model.training
    words.requires_grad_(False)
    assert not torch.nn.ModuleList([words]).train()[0].model.training


def test_saved_and_loaded_gives_the_same_vectors_under_the_same_name(tmp_path):
    words = bert()
    words.pretraining = {"sentences": 3}
    words.save(tmp_path / "one")
    BertWords.load(tmp_path / "one").save(tmp_path / "two")
    again = BertWords.load(tmp_path / "two")
    text = units("_ niño , the harbour _ straße ?")
    assert torch.equal(again.vectors(text), words.vectors(text))
    assert again.describe() == words.describe() and again.name == "tiny" and again.pretraining == {"sentences": 3}
    assert again.identity == words.identity != bert(seed=1).identity and not list(tmp_path.glob(".*"))


def foreign(folder, model, pieces):
    model.save_pretrained(folder)
    pieces.save_pretrained(folder)
    return folder


def test_a_foreign_bert_with_pooler_and_half_precision(tmp_path):
    from transformers import BertConfig, BertForMaskedLM

    pieces = tokenizer()
    config = BertConfig(vocab_size=len(pieces), hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8)
    foreign(tmp_path / "their-bert", BertForMaskedLM(config).half(), pieces)
    words = BertWords.load(tmp_path / "their-bert")
    assert words.size == 8 and words.name == "their-bert" and words.pretraining is None and words.positions == 512
    assert torch.isfinite(words.vectors(units("_ the dog ."))).all()
    assert BertWords.load(tmp_path / "their-bert").identity == words.identity


def test_a_foreign_roberta_of_bytes(tmp_path):
    """Positions begin behind the padding's number, and single words want a blank before them."""
    import tokenizers
    from transformers import PreTrainedTokenizerFast, RobertaConfig, RobertaModel

    bytes_ = tokenizers.ByteLevelBPETokenizer(add_prefix_space=True)
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    bytes_.train_from_iterator(["the dog sees a cat"], 290, special_tokens=special, show_progress=False)
    pieces = PreTrainedTokenizerFast(tokenizer_object=bytes_._tokenizer, cls_token="<s>", sep_token="</s>", unk_token="<unk>",
                                     pad_token="<pad>")
    torch.manual_seed(0)
    config = RobertaConfig(vocab_size=len(pieces), hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8,
                           max_position_embeddings=18, pad_token_id=1)
    words = BertWords.load(foreign(tmp_path / "roberta", RobertaModel(config), pieces))
    texts = [units("_ the dog sees ñ _ a"), units("_ a cat")]
    batch = collate([words.pieces(text) for text in texts])
    together = words(batch.ids, batch.piece_mask, batch.piece_to_unit, batch.unit_count)
    assert words.positions == 16 and torch.allclose(words.vectors(texts[1]), together[1, :3], atol=1e-5)
    assert torch.isfinite(words.vectors(units("the dog " * 30))).all()


def test_what_cannot_be_used_is_said(tmp_path):
    words = bert()
    words.save(tmp_path / "pickled")
    (tmp_path / "pickled/model.safetensors").unlink()
    torch.save(words.model.state_dict(), tmp_path / "pickled/pytorch_model.bin")
    with pytest.raises(UserError, match="only pytorch_model.bin; pickled weights can run code"):
        BertWords.load(tmp_path / "pickled")
    with pytest.raises(UserError, match="no such folder"):
        BertWords.load(tmp_path / "nowhere")
    with pytest.raises(UserError, match="cannot be loaded as a BERT"):
        BertWords.load("nobody-has-this")
    words.save(tmp_path / "deeper")
    config = json.loads((tmp_path / "deeper/config.json").read_text())
    (tmp_path / "deeper/config.json").write_text(json.dumps({**config, "num_hidden_layers": 3}))
    with pytest.raises(UserError, match="weights lack encoder.layer.2"):
        BertWords.load(tmp_path / "deeper")
    words.save(tmp_path / "broken")
    (tmp_path / "broken/model.safetensors").write_bytes(b"nothing of use")
    with pytest.raises(UserError, match="broken: cannot be loaded"):
        BertWords.load(tmp_path / "broken")


def test_transformers_is_imported_only_when_used():
    code = "import sys, tts.text.bert.words, tts.text.bert.command, tts.config.recipe; sys.exit('transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
