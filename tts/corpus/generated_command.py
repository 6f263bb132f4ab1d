"""`tts corpus generate OUT`: make the mini corpus."""

from __future__ import annotations

import argparse
import time


def configure_generate(parser: argparse.ArgumentParser) -> None:
    """The options of `tts corpus generate`; what is not given keeps MiniCorpusConfig's default."""
    parser.add_argument("out", metavar="OUT", help="folder of the corpus; made, continued or left alone if it is there already")
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--cast", metavar="FILE", help="the speakers one by one: language, F0 range, styles, utterances (YAML; "
                     "tts/corpus/generated_cast.py says what can stand there)")
    who.add_argument("--speakers", nargs="+", metavar="LANGUAGE", default=argparse.SUPPRESS,
                     help="one language code a speaker, e.g. en-us en-us es de (eight speakers if not given)")
    parser.add_argument("--utterances-per-speaker", type=int, metavar="N", default=argparse.SUPPRESS,
                        help="all splits together (136 if not given)")
    parser.add_argument("--seed", type=int, metavar="N", default=argparse.SUPPRESS,
                        help="another seed makes other speakers and sentences (1 if not given)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes; the corpus is the same for any number")


def run_generate(args: argparse.Namespace) -> None:
    from tts.corpus.generated import MiniCorpusConfig, generate
    from tts.corpus.generated_cast import read_cast

    given = {name: value for name, value in vars(args).items() if name in ("speakers", "utterances_per_speaker", "seed")}
    if "speakers" in given:
        given["speakers"] = tuple(given["speakers"])
    if args.cast:
        given["cast"] = read_cast(args.cast)
    started = time.perf_counter()
    facts = generate(MiniCorpusConfig(**given), args.out, args.jobs)
    print(f"{args.out}: {facts.utterances} utterances, {facts.seconds / 60:.1f} min, {facts.words} words, {facts.phones} phones "
          f"({facts.shared_phones} share their neighbour's sound), {facts.clipped_samples} clipped samples, none dropped; "
          f"{time.perf_counter() - started:.1f} s")
