"""Text → one vector a unit, from any BERT-like model that `transformers` can load by name or from a folder.

Words go in as they are spoken, punctuation by its mark; a word's vector is the mean of its word pieces' last hidden states. A
pause that nobody wrote ("_") is nothing to BERT and takes the vector of the unit before it. Texts longer than the model can read
are read in windows that overlap, each piece where it has most context.

    units        _   Yes   ,   forty        .
    pieces      [CLS]   yes   ,   for ##ty   .   [SEP]
    piece_to_unit  -1   1     2    3    3    4    -1          unit 0 takes the vector of unit 1
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from tts.corpus.manifest import atomic_writer
from tts.corpus.utterance import Unit
from tts.errors import UserError
from tts.text.bert.plain import plain_bert

PRETRAINING = "pretraining.json"  # beside the model: how a small BERT of our own came about
SILENCE = "_"


@dataclass(frozen=True)
class Pieces:
    """The word pieces of one text between two marks: ids [L]; piece_to_unit [L], -1 for the marks; how many units there are."""

    ids: np.ndarray
    piece_to_unit: np.ndarray
    unit_count: int


@dataclass(frozen=True)
class PieceBatch:
    """Padded: ids, piece_mask and piece_to_unit [B, L] (-1 where no unit is); unit_count is the largest number of units, W."""

    ids: Tensor
    piece_mask: Tensor
    piece_to_unit: Tensor
    unit_count: int

    def to(self, device: torch.device) -> PieceBatch:
        return dataclasses.replace(self, ids=self.ids.to(device), piece_mask=self.piece_mask.to(device),
                                   piece_to_unit=self.piece_to_unit.to(device))


def split(units: Sequence[Unit], tokenizer) -> Pieces:
    """The word pieces of a text's units, by a fast tokenizer of `transformers`. A unit that leaves no piece is one unknown piece;
    of a text of silences alone the first is read."""
    spoken = [number for number, unit in enumerate(units) if unit.text != SILENCE] or [0]
    texts = [units[number].text for number in spoken]
    encoded = tokenizer(texts, is_split_into_words=True, add_special_tokens=False, verbose=False)
    found: list[list[int]] = [[] for _ in spoken]
    for place, piece in zip(encoded.word_ids(), encoded["input_ids"]):
        found[place].append(piece)
    ids, owners = [tokenizer.cls_token_id], [-1]
    for number, own in zip(spoken, found):
        own = own or [tokenizer.unk_token_id]
        ids += own
        owners += [number] * len(own)
    return Pieces(np.array([*ids, tokenizer.sep_token_id], np.int64), np.array([*owners, -1], np.int64), len(units))


def collate(texts: Sequence[Pieces]) -> PieceBatch:
    """Pieces of several texts → one padded batch."""
    lengths = torch.tensor([len(text.ids) for text in texts])
    ids = torch.zeros(len(texts), int(lengths.max()), dtype=torch.long)
    piece_to_unit = torch.full_like(ids, -1)
    for row, text in enumerate(texts):
        ids[row, :len(text.ids)] = torch.from_numpy(text.ids)
        piece_to_unit[row, :len(text.ids)] = torch.from_numpy(text.piece_to_unit)
    return PieceBatch(ids, torch.arange(ids.shape[1]) < lengths[:, None], piece_to_unit, max(text.unit_count for text in texts))


def average_to_units(vectors: Tensor, piece_to_unit: Tensor, unit_count: int) -> Tensor:
    """The mean [B, W, H] of each unit's pieces in `vectors` [B, L, H]. A unit without pieces takes what the nearest unit before
    it has, at the start the nearest after it."""
    units = torch.arange(unit_count, device=vectors.device)
    own = piece_to_unit[:, None, :] == units[:, None]  # [B, W, L]
    known = own.any(-1)
    before = torch.where(known, units, -1).cummax(1).values
    first = (known.cumsum(1) == 0).sum(1, keepdim=True).clamp(max=unit_count - 1)
    source = torch.where(before < 0, first, before)
    share = own.gather(1, source[..., None].expand_as(own)).to(vectors.dtype)
    return share @ vectors / share.sum(-1, keepdim=True).clamp(min=1)


def windows(length: int, room: int) -> list[tuple[int, int, int, int]]:
    """(start, end, first, last) of windows of at most `room` over `length` pieces: [start, end) is read, [first, last) is kept.
    They overlap by half; what is kept covers everything once."""
    starts = [*range(0, max(1, length - room), max(1, room // 2)), max(0, length - room)] if length > room else [0]
    ends = [min(start + room, length) for start in starts]
    borders = [0, *((end + start) // 2 for end, start in zip(ends, starts[1:])), length]
    return list(zip(starts, ends, borders, borders[1:]))


class BertWords(nn.Module):
    """A BERT that gives a vector for each word and pause. `size` is H, `name` what it is called on cards. Gradients flow; to keep
    it as it is, `requires_grad_(False)`."""

    def __init__(self, model: nn.Module, tokenizer, name: str, pretraining: dict | None = None):
        super().__init__()
        if getattr(model, "pooler", None) is not None:
            model.pooler = None  # makes one vector of a whole text, which nobody asks for
        self.model, self.tokenizer, self.name, self.pretraining = model, tokenizer, name, pretraining
        self.size: int = model.config.hidden_size
        # RoBERTa and its kind begin to count positions behind the padding's number.
        offset = getattr(getattr(model, "embeddings", None), "padding_idx", None)
        positions = getattr(model.config, "max_position_embeddings", 512) - (0 if offset is None else offset + 1)
        self.positions: int = min(positions, tokenizer.model_max_length)

    @classmethod
    def load(cls, name_or_folder: str | Path, device: str | torch.device = "cpu") -> BertWords:
        """The BERT of a folder, or of a name that is in the Hugging Face cache or (if HF_HUB_OFFLINE is not set) can be fetched.
        Weights must be safetensors; code that comes with a model is never run."""
        from safetensors import SafetensorError

        try:
            from transformers import AutoModel, AutoTokenizer
        except ModuleNotFoundError as error:
            raise UserError(f"word vectors need the package {error.name}; run: pip install 'expressive-tts[train]' (in a checkout: pip install -e "
                            "'.[train]')") from None
        source = _checked(str(name_or_folder))
        _be_quiet()
        try:
            # add_prefix_space: byte-level tokenizers (RoBERTa's) want it for words that come one by one; others do not mind.
            tokenizer = AutoTokenizer.from_pretrained(source, use_fast=True, trust_remote_code=False, add_prefix_space=True)
            model, report = AutoModel.from_pretrained(source, trust_remote_code=False, use_safetensors=True,
                                                      output_loading_info=True)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError, ImportError, SafetensorError) as error:
            raise UserError(f"{source}: cannot be loaded as a BERT ({' '.join(str(error).split())[:300]}); expected config.json, "
                            "model.safetensors and tokenizer.json in a folder, or a name that is in the Hugging Face cache "
                            "(HF_HUB_OFFLINE=0 lets it be fetched)") from None
        _check(source, model, tokenizer, report)
        card = Path(source) / PRETRAINING
        pretraining = json.loads(card.read_text(encoding="utf-8")) if card.is_file() else None
        origin = getattr(model.config, "origin", None) or (Path(source).resolve().name if Path(source).is_dir() else source)
        return cls(model.float().eval(), tokenizer, origin, pretraining).to(device)

    @classmethod
    def for_speaking(cls, folder: Path, device: str | torch.device = "cpu") -> BertWords:
        """The BERT of a folder, as `load` gives it but not to be trained or saved; at once if it is a plain one (plain.py)."""
        found = plain_bert(folder)
        if found is None:
            return cls.load(folder, device)
        model, tokenizer = found
        return cls(model, tokenizer, model.config.origin or folder.resolve().name).to(device)

    def save(self, folder: str | Path) -> None:
        """Write a folder that `load` and `transformers` read, each file whole or not at all."""
        folder = Path(folder)
        temporary = folder.with_name(f".{folder.name}.{os.getpid()}.part")
        _be_quiet()
        self.model.config.origin = self.name  # a copy that travels with a voice still says what it is
        try:
            self.model.save_pretrained(temporary)
            self.tokenizer.save_pretrained(temporary)
            folder.mkdir(parents=True, exist_ok=True)
            for file in sorted(temporary.iterdir()):
                os.replace(file, folder / file.name)
            if self.pretraining is not None:  # last: says that the folder is complete
                with atomic_writer(folder / PRETRAINING) as file:
                    json.dump(self.pretraining, file, indent=1, ensure_ascii=False)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    @property
    def identity(self) -> str:
        """Twelve hexadecimal digits that stand for weights and vocabulary."""
        config = self.model.config
        digest = hashlib.sha256(json.dumps([config.model_type, getattr(config, "num_attention_heads", 0),
                                            sorted(self.tokenizer.get_vocab().items())]).encode())
        for name, tensor in sorted(self.model.state_dict().items()):
            digest.update(f"{name} {tuple(tensor.shape)}".encode())
            digest.update(tensor.detach().cpu().contiguous().numpy())
        return digest.hexdigest()[:12]

    def describe(self) -> dict:
        """What cards say of it."""
        return {"name": self.name, "identity": self.identity, "layers": getattr(self.model.config, "num_hidden_layers", None),
                "hidden": self.size, "parameters": sum(p.numel() for p in self.model.parameters()), "pieces": len(self.tokenizer),
                **({"pretraining": self.pretraining} if self.pretraining else {})}

    def pieces(self, units: Sequence[Unit]) -> Pieces:
        """The word pieces of a text's units (words and pauses), as many as there are."""
        return split(units, self.tokenizer)

    def forward(self, ids: Tensor, piece_mask: Tensor, piece_to_unit: Tensor, unit_count: int) -> Tensor:
        """Vectors [B, W, H] of the units of a batch (`collate`); rows behind a text's own units repeat its last vector."""
        hidden = self._read(ids.masked_fill(~piece_mask, self.tokenizer.pad_token_id), piece_mask)
        return average_to_units(hidden, piece_to_unit, unit_count)

    def vectors(self, units: Sequence[Unit]) -> Tensor:
        """Vectors [W, H] of one text's units."""
        batch = collate([self.pieces(units)]).to(next(self.parameters()).device)
        return self(batch.ids, batch.piece_mask, batch.piece_to_unit, batch.unit_count)[0]

    def train(self, mode: bool = True) -> BertWords:
        """As in nn.Module, but a frozen BERT (no parameter requires a gradient) never trains and gives the same always."""
        return super().train(mode and any(parameter.requires_grad for parameter in self.parameters()))

    def _read(self, ids: Tensor, piece_mask: Tensor) -> Tensor:
        """Last hidden states [B, L, H]; those of the marks around a text that had to be read in windows are zero."""
        if ids.shape[1] <= self.positions:
            return self.model(input_ids=ids, attention_mask=piece_mask.long()).last_hidden_state
        plan = [(row, *window) for row, length in enumerate(piece_mask.sum(1).tolist())
                for window in windows(length - 2, self.positions - 2)]
        parts = [torch.cat([ids[row, :1], ids[row, 1 + start:1 + end], ids.new_tensor([self.tokenizer.sep_token_id])])
                 for row, start, end, *_ in plan]
        lengths = torch.tensor([len(part) for part in parts], device=ids.device)
        padded = nn.utils.rnn.pad_sequence(parts, batch_first=True, padding_value=self.tokenizer.pad_token_id)
        read = self._read(padded, torch.arange(padded.shape[1], device=ids.device) < lengths[:, None])
        hidden = read.new_zeros(*ids.shape, read.shape[-1])
        for (row, start, _, first, last), states in zip(plan, read):
            hidden[row, 1 + first:1 + last] = states[1 + first - start:1 + last - start]
        return hidden


def write_card(words: BertWords, place: str, folder: Path) -> None:
    """`bert.json` in a folder: the BERT that a recipe uses, where it is (`model`), and the identity that results depend on."""
    with atomic_writer(folder / "bert.json") as file:
        json.dump({"model": place, **words.describe()}, file, indent=1, ensure_ascii=False)


def _checked(source: str) -> str:
    """The name or folder, if there is hope that it can be loaded."""
    place = Path(source)
    if place.is_dir():
        if not list(place.glob("*.safetensors")):
            pickled = sorted(file.name for pattern in ("*.bin", "*.pt", "*.pth", "*.ckpt") for file in place.glob(pattern))
            raise UserError(f"{source}: no weights in *.safetensors" + (
                f", only {', '.join(pickled)}; pickled weights can run code and are never loaded: save them as safetensors with "
                "transformers" if pickled else "; expected a folder with config.json, model.safetensors and tokenizer.json"))
    elif not re.fullmatch(r"[\w-][\w.-]*(/[\w.-]+)?", source) or ("/" in source and place.parent.is_dir()):
        raise UserError(f"{source}: no such folder; expected a BERT's folder, or a name of the Hugging Face hub; "
                        "tts bert train pre-trains a small one")
    return source


def _check(source: str, model: nn.Module, tokenizer, report: dict) -> None:
    """Refuse what loads but would give nonsense."""
    missing = sorted(name for name in report["missing_keys"] if "pooler" not in name)
    if missing:
        raise UserError(f"{source}: its weights lack {missing[0]} and {len(missing) - 1} more; expected all that config.json "
                        f"asks for ({model.config.model_type}); the two do not belong together")
    if not tokenizer.is_fast:
        raise UserError(f"{source}: its tokenizer ({type(tokenizer).__name__}) cannot tell which word a piece belongs to; "
                        "expected a fast one (tokenizer.json)")
    if getattr(model.config, "is_encoder_decoder", False) or None in (
            tokenizer.cls_token_id, tokenizer.sep_token_id, tokenizer.unk_token_id, tokenizer.pad_token_id):
        raise UserError(f"{source}: {model.config.model_type} is not read like BERT; expected an encoder whose tokenizer has "
                        "tokens for beginning, end, padding and unknown")


def _be_quiet() -> None:
    """No progress bars and reports of `transformers` between our own lines."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()
