"""Pre-train a small BERT on the texts of a corpus's training split by masked words (Devlin et al. 2019; whole words are hidden).

Manifest with units → a vocabulary of word pieces, an encoder, and `pretraining.json`, which says on how little it was trained.
Of the words to be guessed 80 % are replaced by [MASK], 10 % by [UNK] (so that a word of unknown letters has a vector that means
"guess from the context") and 10 % are left. On dev every word is hidden once, which needs no chance.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from tts.corpus.manifest import read_manifest
from tts.corpus.utterance import PAUSES, Utterance
from tts.errors import UserError
from tts.text.bert.config import SmallBertConfig
from tts.text.bert.words import PRETRAINING, SILENCE, BertWords, PieceBatch, Pieces, collate, split
from tts.training.batch import frame_batches
from tts.training.distributed import World
from tts.training.loop import fit
from tts.training.system import Losses, System

PADDING, UNKNOWN, BEGIN, END, MASK = SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
DEV_SENTENCES = 300  # more cost time and say no more
RARE = 2  # pairs of pieces that come less often make no piece of their own
ROUNDS = 7  # on dev every seventh word is hidden at a time


def sentences(manifest: Path, split: str) -> Iterator[Utterance]:
    """The utterances of a split, without those that say what another one of the same language said before."""
    seen = set()
    for utterance in read_manifest(manifest):
        if utterance.split == split and utterance.words and sentence_key(utterance) not in seen:
            seen.add(sentence_key(utterance))
            yield utterance


def spoken(utterance: Utterance) -> str:
    """Words and punctuation, blanks between."""
    return " ".join(unit.text for unit in utterance.units if unit.text != SILENCE)


def sentence_key(utterance: Utterance) -> str:
    return f"{utterance.language} {spoken(utterance).lower()}"


def train_tokenizer(counts: Mapping[str, int], vocabulary: int):
    """A WordPiece tokenizer of at most so many pieces, from words and marks and how often each came. Case is ignored, accents are
    not. Rare words are spelled in pieces, and there is no piece that no word of `counts` is spelled with: what training never
    sees would stay as chance made it. Other words are spelled with what there is, or are unknown."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    def tokenizer_of(model) -> Tokenizer:
        tokenizer, lower = Tokenizer(model), normalizers.BertNormalizer(lowercase=True, strip_accents=False)
        tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), lower])
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        return tokenizer

    learner = tokenizer_of(models.WordPiece(unk_token=UNKNOWN))
    firsts, others = set(), set()
    for word in counts:
        for part, _ in learner.pre_tokenizer.pre_tokenize_str(learner.normalizer.normalize_str(word)):
            firsts.add(part[0])
            others.update("##" + letter for letter in part[1:])
    # The trainer numbers letters as it meets them, in no fixed order, and breaks ties by number. So they are numbered here, as if
    # special, and a tokenizer is made of the vocabulary in which they are not.
    letters = [*SPECIAL, *sorted(firsts), *sorted(others)]
    trainer = trainers.WordPieceTrainer(vocab_size=max(vocabulary, len(letters)), special_tokens=letters, min_frequency=RARE,
                                        show_progress=False)
    learner.train_from_iterator((" ".join([word] * times) for word, times in sorted(counts.items())), trainer)
    speller = tokenizer_of(models.WordPiece(learner.get_vocab(), unk_token=UNKNOWN))
    used = {piece for word in counts for piece in speller.encode(word).tokens} - set(SPECIAL)
    kept = [*SPECIAL, *sorted(used, key=speller.token_to_id)]
    tokenizer = tokenizer_of(models.WordPiece({piece: number for number, piece in enumerate(kept)}, unk_token=UNKNOWN))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token=PADDING, unk_token=UNKNOWN, cls_token=BEGIN,
                                   sep_token=END, mask_token=MASK)


def cut(pieces: Pieces, positions: int) -> list[Pieces]:
    """Pieces in parts of at most `positions`, marks included, cut between units where a unit fits at all."""
    room, parts, start, end = positions - 2, [], 1, len(pieces.ids) - 1
    while start < end:
        stop = min(start + room, end)
        if stop < end:
            border = stop
            while border > start and pieces.piece_to_unit[border] == pieces.piece_to_unit[border - 1]:
                border -= 1
            stop = border if border > start else stop
        chosen = [0, *range(start, stop), -1]
        parts.append(Pieces(pieces.ids[chosen], pieces.piece_to_unit[chosen], pieces.unit_count))
        start = stop
    return parts


@dataclass
class SentenceBatch:
    """What a step sees; `ids` names the sentences."""

    ids: list[str]
    pieces: PieceBatch

    def to(self, device: torch.device) -> SentenceBatch:
        return dataclasses.replace(self, pieces=self.pieces.to(device))


class SentenceSource:
    """A BatchSource over the pieces of sentences."""

    def __init__(self, utterances: Iterable[Utterance], tokenizer, positions: int, batch_tokens: int, seed: int):
        self.batch_tokens, self.seed = batch_tokens, seed
        self.parts: dict[str, Pieces] = {}
        for utterance in utterances:
            for number, part in enumerate(cut(split(utterance.units, tokenizer), positions)):
                self.parts[f"{utterance.id}/{number}"] = part
        self.lengths = {name: len(part.ids) for name, part in self.parts.items()}

    def batches(self, epoch: int) -> list[list[str]]:
        return frame_batches(self.lengths, self.batch_tokens, self.seed, epoch)

    def frames(self, ids: list[str]) -> int:
        return sum(self.lengths[name] for name in ids)

    def load(self, ids: list[str]) -> SentenceBatch:
        return SentenceBatch(list(ids), collate([self.parts[name] for name in ids]))


@dataclass
class MaskedWordLosses(Losses):
    """Nats per piece of hidden words."""

    total: Tensor


@dataclass(frozen=True)
class Guesses:
    """What became of hidden words: nats summed over their pieces, how many pieces; right and is_word [B, W], True where every
    piece of a hidden unit was guessed, and where a hidden unit is a word and no punctuation."""

    nats: Tensor
    pieces: int
    right: Tensor
    is_word: Tensor


class MaskedWords(System):
    """A BERT and the head that guesses hidden pieces; the table of pieces serves at both ends."""

    def __init__(self, words: BertWords, mask_share: float):
        super().__init__()
        hidden, tokenizer = words.size, words.tokenizer
        self.bert, self.mask_share = words.model, mask_share
        self.dense, self.norm = nn.Linear(hidden, hidden), nn.LayerNorm(hidden)
        self.bias = nn.Parameter(torch.zeros(len(tokenizer)))
        self.mask, self.unknown = tokenizer.mask_token_id, tokenizer.unk_token_id
        vocabulary = tokenizer.get_vocab()
        marks = [vocabulary[symbol] for symbol in PAUSES if symbol in vocabulary]
        self.register_buffer("marks", torch.tensor(marks, dtype=torch.long), persistent=False)

    def losses(self, batch: SentenceBatch) -> MaskedWordLosses:
        pieces = batch.pieces
        if self.training:
            guesses = [self.guess(pieces, *self._by_chance(pieces))]
        else:
            guesses = list(self.guess_all(pieces))
        return MaskedWordLosses(sum(guess.nats for guess in guesses) / max(1, sum(guess.pieces for guess in guesses)))

    def guess_all(self, pieces: PieceBatch) -> Iterator[Guesses]:
        """Every unit hidden once, every seventh at a time."""
        for turn in range(ROUNDS):
            hidden = (pieces.piece_to_unit >= 0) & (pieces.piece_to_unit % ROUNDS == turn)
            yield self.guess(pieces, hidden, pieces.ids.masked_fill(hidden, self.mask))

    def guess(self, pieces: PieceBatch, hidden: Tensor, ids: Tensor) -> Guesses:
        """Guess the pieces that are hidden [B, L], seeing `ids` [B, L]."""
        states = self.bert(input_ids=ids, attention_mask=pieces.piece_mask.long()).last_hidden_state[hidden]
        logits = F.linear(self.norm(F.gelu(self.dense(states))), self.bert.get_input_embeddings().weight, self.bias)
        truth = pieces.ids[hidden]
        right = torch.ones_like(hidden)
        right[hidden] = logits.argmax(-1) == truth
        units = torch.arange(pieces.unit_count, device=ids.device)
        own = (pieces.piece_to_unit[:, None, :] == units[:, None]) & hidden[:, None, :]  # [B, W, L]
        wrong, is_word = own & ~right[:, None, :], own & ~torch.isin(pieces.ids, self.marks)[:, None, :]
        return Guesses(F.cross_entropy(logits, truth, reduction="sum"), len(truth), own.any(-1) & ~wrong.any(-1), is_word.any(-1))

    def _by_chance(self, pieces: PieceBatch) -> tuple[Tensor, Tensor]:
        """Which pieces are to be guessed [B, L] (all of a unit or none), and what is seen instead [B, L]."""
        chance = torch.rand(2, len(pieces.ids), pieces.unit_count).to(pieces.ids.device)  # on the CPU: the same on every device
        chosen, fate = chance.gather(2, pieces.piece_to_unit.clamp(min=0).expand(2, -1, -1))
        hidden = (chosen < self.mask_share) & (pieces.piece_to_unit >= 0)
        ids = pieces.ids.masked_fill(hidden & (fate < 0.8), self.mask)
        return hidden, ids.masked_fill(hidden & (fate >= 0.9), self.unknown)


def pretrain(manifest: Path, folder: Path, config: SmallBertConfig, world: World | None = None) -> BertWords:
    """The small BERT of `folder`: as it is there, or trained on the manifest's texts; an interrupted training is continued."""
    if (folder / PRETRAINING).is_file():
        return BertWords.load(folder)
    languages, words_met, marks_met = Counter(), Counter(), Counter()
    for utterance in sentences(manifest, "train"):
        languages[utterance.language] += 1
        words_met.update(word.text.lower() for word in utterance.words)
        marks_met.update(unit.text for unit in utterance.units if unit.is_pause and unit.text != SILENCE)
    if not words_met:
        raise UserError(f"{manifest}: no utterance with words has split 'train'; expected the text stage's manifest of a corpus "
                        "with splits (tts text, tts corpus split), or bert.model, the name of a BERT that exists")
    tokenizer = train_tokenizer(words_met + marks_met, config.vocabulary)
    sizes = (tokenizer, config.positions, config.batch_tokens, config.seed)
    train = SentenceSource(sentences(manifest, "train"), *sizes)
    longest = max(train.lengths.values())  # positions beyond would stay as chance made them
    known = {sentence_key(utterance) for utterance in sentences(manifest, "train")}
    dev_texts = list(islice((u for u in sentences(manifest, "dev") if sentence_key(u) not in known), DEV_SENTENCES))
    dev = SentenceSource(dev_texts, tokenizer, longest, *sizes[2:]) if dev_texts else None
    torch.manual_seed(config.seed)
    words = BertWords(new_encoder(config, len(tokenizer), longest), tokenizer,
                      f"small BERT pre-trained on {sum(languages.values())} sentences of a recipe's corpus")
    system, training = MaskedWords(words, config.mask_share), config.training(len(train.batches(0)))
    fit(system, train, dev, training, folder / "training", world)
    words.pretraining = {"sentences": sum(languages.values()), "words": sum(words_met.values()), "distinct_words": len(words_met),
                         "languages": dict(sorted(languages.items())), "pieces": len(tokenizer), "steps": training.steps,
                         "seed": config.seed, **(judge(system, dev, dev_texts, words_met.most_common(1)[0][0]) if dev else {})}
    words.eval().save(folder)
    return words


def new_encoder(config: SmallBertConfig, pieces: int, positions: int) -> nn.Module:
    """An untrained BERT."""
    from transformers import BertConfig, BertModel

    theirs = BertConfig(vocab_size=pieces, hidden_size=config.hidden, num_hidden_layers=config.layers,
                        intermediate_size=4 * config.hidden, num_attention_heads=config.heads, max_position_embeddings=positions,
                        hidden_dropout_prob=config.dropout, attention_probs_dropout_prob=config.dropout)
    return BertModel(theirs, add_pooling_layer=False)


@torch.inference_mode()
def judge(system: MaskedWords, dev: SentenceSource, texts: list[Utterance], commonest: str) -> dict:
    """How often a hidden word of dev is guessed, beside always guessing training's commonest word. Punctuation does not count."""
    system.eval()
    device, right, words = system.marks.device, 0, 0
    for ids in dev.batches(0):
        for guesses in system.guess_all(dev.load(ids).to(device).pieces):
            right += int((guesses.right & guesses.is_word).sum())
            words += int(guesses.is_word.sum())
    spoken_words = [word.text.lower() for utterance in texts for word in utterance.words]
    return {"dev_sentences": len(texts), "dev_words": words, "hidden_words_guessed": round(right / words, 4),
            "commonest_word_instead": round(spoken_words.count(commonest) / len(spoken_words), 4)}
