"""BERT as Devlin et al. (2019) describe it, to speak with: `transformers` takes seconds to start, and speaking needs none of the rest of it. Parameters
have the names that they have there, so both read the same folders and give the same vectors. Training, and whatever is not a plain BERT, is its business.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.documents import read_json
from tts.training.checkpoint import load_tensors

SIZES = ("vocab_size", "hidden_size", "num_hidden_layers", "intermediate_size", "max_position_embeddings", "type_vocab_size")
MARKS = ("cls_token", "sep_token", "unk_token", "pad_token")


@dataclass(frozen=True)
class PlainConfig:
    """What config.json says of a plain BERT."""

    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    intermediate_size: int
    max_position_embeddings: int
    type_vocab_size: int
    num_attention_heads: int
    layer_norm_eps: float
    origin: str | None
    model_type: str = "bert"


@dataclass(frozen=True)
class LastStates:
    last_hidden_state: Tensor


class PlainBert(nn.Module):
    """Word pieces [B, L] and their mask → last hidden states [B, L, H]. Not for training: nothing is dropped out."""

    def __init__(self, config: PlainConfig):
        super().__init__()
        self.config, dim = config, config.hidden_size
        self.embeddings = nn.ModuleDict({
            "word_embeddings": nn.Embedding(config.vocab_size, dim), "position_embeddings": nn.Embedding(config.max_position_embeddings, dim),
            "token_type_embeddings": nn.Embedding(config.type_vocab_size, dim), "LayerNorm": nn.LayerNorm(dim, config.layer_norm_eps)})
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(PlainLayer(config) for _ in range(config.num_hidden_layers))})

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> LastStates:
        at = self.embeddings
        places = torch.arange(input_ids.shape[1], device=input_ids.device)
        x = at["word_embeddings"](input_ids) + at["position_embeddings"](places) + at["token_type_embeddings"].weight[0]
        x = at["LayerNorm"](x)
        for layer in self.encoder["layer"]:
            x = layer(x, attention_mask.bool()[:, None, None])
        return LastStates(x)


class PlainLayer(nn.Module):
    """Attention, then two dense layers; each is added to what it was given, and then normalised."""

    def __init__(self, config: PlainConfig):
        super().__init__()
        dim, self.heads = config.hidden_size, config.num_attention_heads

        def into(size: int) -> nn.ModuleDict:
            return nn.ModuleDict({"dense": nn.Linear(size, dim), "LayerNorm": nn.LayerNorm(dim, config.layer_norm_eps)})

        self.attention = nn.ModuleDict({"self": nn.ModuleDict({name: nn.Linear(dim, dim) for name in ("query", "key", "value")}), "output": into(dim)})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(dim, config.intermediate_size)})
        self.output = into(config.intermediate_size)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        query, key, value = (self.attention["self"][name](x).unflatten(2, (self.heads, -1)).transpose(1, 2) for name in ("query", "key", "value"))
        heard = functional.scaled_dot_product_attention(query, key, value, mask).transpose(1, 2).flatten(2)
        x = _added(x, heard, self.attention["output"])
        return _added(x, functional.gelu(self.intermediate["dense"](x)), self.output)


def _added(x: Tensor, change: Tensor, layer: nn.ModuleDict) -> Tensor:
    return layer["LayerNorm"](x + layer["dense"](change))


class PlainTokenizer:
    """A tokenizer.json with the marks that tokenizer_config.json names; as much of a `transformers` tokenizer as reading words needs."""

    is_fast = True

    def __init__(self, folder: Path):
        from tokenizers import Tokenizer

        self.pieces = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.pieces.no_truncation()
        self.pieces.no_padding()
        described = read_json(folder / "tokenizer_config.json", "expected a tokenizer's marks")
        self.model_max_length = int(described["model_max_length"])
        for mark in MARKS:
            setattr(self, f"{mark}_id", self.pieces.token_to_id(described[mark]))

    def __call__(self, texts: list[str], **_) -> PlainPieces:
        return PlainPieces(self.pieces.encode(texts, is_pretokenized=True, add_special_tokens=False))

    def __len__(self) -> int:
        return self.pieces.get_vocab_size(with_added_tokens=True)

    def get_vocab(self) -> dict[str, int]:
        return self.pieces.get_vocab(with_added_tokens=True)


class PlainPieces(dict):
    """input_ids, and which word each piece is of."""

    def __init__(self, encoding):
        super().__init__(input_ids=encoding.ids)
        self._words = encoding.word_ids

    def word_ids(self) -> list[int]:
        return self._words


def plain_bert(folder: Path) -> tuple[PlainBert, PlainTokenizer] | None:
    """Model and tokenizer of a folder that holds a plain BERT, whole and in the form that `BertWords.save` writes; else None, and `transformers` may know
    more, or say what is wrong."""
    try:
        said = read_json(folder / "config.json", "expected a BERT's sizes")
        tokenizer, tensors = PlainTokenizer(folder), load_tensors(folder / "model.safetensors")
        config = PlainConfig(*_sizes(tensors), int(said["num_attention_heads"]), float(said["layer_norm_eps"]), said.get("origin"))
        plain = (said["model_type"] == "bert" and said["hidden_act"] == "gelu" and not said.get("is_decoder")
                 and said.get("position_embedding_type", "absolute") == "absolute" and None not in [getattr(tokenizer, f"{mark}_id") for mark in MARKS]
                 and all(said[name] == getattr(config, name) for name in SIZES))
        if not plain:
            return None
        model = PlainBert(config)
        model.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
    except Exception:  # of a file that is broken or of another form; what tokenizers raises is no class of its own
        return None
    return model.eval(), tokenizer


def _sizes(tensors: dict[str, Tensor]) -> tuple[int, ...]:
    """Those of SIZES, as the weights have them: nothing larger than the file is ever made, whatever config.json says."""
    at = "embeddings.{}_embeddings.weight"
    words, dim = tensors[at.format("word")].shape
    layers = len({name.split(".")[2] for name in tensors if name.startswith("encoder.layer.")})
    return (words, dim, layers, len(tensors["encoder.layer.0.intermediate.dense.bias"]), len(tensors[at.format("position")]),
            len(tensors[at.format("token_type")]))
