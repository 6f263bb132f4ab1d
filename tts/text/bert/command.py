"""`tts bert`: two uses.

    tts bert train MANIFEST --folder exp/bert   pre-train a small BERT on a corpus's texts, or check the one that bert.model names
    tts bert show FOLDER "some text"            what a BERT makes of words
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    from tts.config.arguments import add_config_arguments

    verbs = parser.add_subparsers(dest="verb", required=True, metavar="train|show")
    options = {"formatter_class": parser.formatter_class}
    train = verbs.add_parser("train", **options,
                             help="pre-train a small BERT by masked words; a finished one is kept, an interrupted one continued")
    train.add_argument("manifest", type=Path, help="manifest with units and splits (text stage)")
    train.add_argument("--folder", type=Path, required=True,
                       help="where it is written; bert.json there says which BERT the recipe uses")
    train.add_argument("--device", help="cpu, cuda, cuda:1; default: a GPU if there is one")
    add_config_arguments(train)
    show = verbs.add_parser("show", **options, help="for each word of a text, the words that it finds most alike")
    show.add_argument("folder", help="a BERT's folder or name")
    show.add_argument("text")
    show.add_argument("--language", default="en-us", help="of the text")
    show.add_argument("--neighbours", type=int, default=5, help="similar words shown for each")


def run(args: argparse.Namespace) -> int:
    return {"train": _train, "show": _show}[args.verb](args)


def _train(args: argparse.Namespace) -> int:
    from tts.config.arguments import recipe_from
    from tts.text.bert.config import bert_folder
    from tts.text.bert.masked_words import pretrain
    from tts.text.bert.words import BertWords, write_card
    from tts.training import distributed

    began, config = time.monotonic(), recipe_from(args).config.bert
    if config.model:
        words, end = BertWords.load(config.model), "used as it is, nothing trained"
    else:
        words = pretrain(args.manifest, args.folder, config, distributed.join(args.device))
        end = f"{_schooling(words.pretraining)}, {time.monotonic() - began:.0f} s"
    write_card(words, bert_folder(config, args.folder), args.folder)
    print(f"bert: {_size(words)}; {end}")
    return 0


def _show(args: argparse.Namespace) -> int:
    from tts.text.bert.neighbours import nearest_words
    from tts.text.bert.words import BertWords
    from tts.text.frontend import TextFrontend

    words = BertWords.load(args.folder)
    units = TextFrontend(args.language).process(args.text).units
    vocabulary, found = nearest_words(words, units, args.neighbours)
    for unit, near in (pair for pair in zip(units, found) if not pair[0].is_pause):
        print(f"{unit.text:16} " + ", ".join(f"{word} {cosine:.2f}" for word, cosine in near))
    print(f"bert: {_size(words)}; compared with {vocabulary} words of its vocabulary"
          + (f"; {_schooling(words.pretraining)}" if words.pretraining else ""))
    return 0


def _size(words) -> str:
    card = words.describe()
    return (f"{card['name']} ({card['identity']}), {card['layers']} layers of {card['hidden']}, "
            f"{card['parameters'] / 1e6:.2f} M parameters, {card['pieces']} pieces")


def _schooling(facts: dict) -> str:
    text = (f"saw {facts['words']} words ({facts['distinct_words']} distinct) in {', '.join(facts['languages'])}, "
            f"{facts['steps']} steps")
    if "dev_words" not in facts:
        return f"{text}; not judged: no text of its own has split 'dev'"
    return (f"{text}; guesses {100 * facts['hidden_words_guessed']:.1f} % of the {facts['dev_words']} words of "
            f"{facts['dev_sentences']} unseen sentences, each hidden in turn (the commonest word: "
            f"{100 * facts['commonest_word_instead']:.1f} %)")
