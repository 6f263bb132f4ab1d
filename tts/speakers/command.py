"""`tts speakers`: train an encoder of speakers, measure the vectors of a corpus's speakers with one."""

from __future__ import annotations

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    from tts.config.arguments import add_config_arguments

    verbs = parser.add_subparsers(dest="verb", required=True)
    train = verbs.add_parser("train", help="learn to tell a corpus's speakers apart")
    train.add_argument("--manifest", required=True, type=Path, help="manifest with splits")
    train.add_argument("--features", required=True, type=Path, help="feature store")
    train.add_argument("--folder", required=True, type=Path,
                       help="where the encoder is written; an unfinished run there is continued")
    train.add_argument("--device", help="cpu, cuda, cuda:1; default: a GPU if there is one")
    add_config_arguments(train)
    vectors = verbs.add_parser("vectors", help="the vector of every speaker of a manifest, and how well speakers are told apart")
    vectors.add_argument("encoder", help="folder of a trained encoder, or of a pretrained one in the form of transformers (WavLMForXVector); or "
                         "statistics, which is built in")
    vectors.add_argument("--manifest", required=True, type=Path, help="manifest with splits")
    vectors.add_argument("--features", required=True, type=Path, help="feature store")
    vectors.add_argument("--audio-root", type=Path, help="what the manifest's audio is relative to; our own encoder needs no sound")
    vectors.add_argument("--output", required=True, type=Path, help="folder for `tts train --speaker-vectors`")


def run(args: argparse.Namespace) -> int:
    import time

    started = time.monotonic()
    if args.verb == "train":
        from tts.config.arguments import recipe_from
        from tts.speakers.train import train_encoder
        from tts.training import distributed

        world = distributed.join(args.device)
        try:
            facts = train_encoder(recipe_from(args).config, args.manifest, args.features, args.folder, world)
        finally:
            distributed.leave()
        print(f"{args.folder}: an encoder of {facts['parameters'] / 1e6:.2f} M parameters, trained on {facts['utterances']} utterances of "
              f"{facts['speakers']} speakers for {facts['steps']} steps; {time.monotonic() - started:.0f} s")
        return 0
    from tts.speakers.vectors import measure_vectors

    found = measure_vectors(args.encoder, args.manifest, args.features, args.output, args.audio_root)
    rates = [f"{100 * rate:.1f} % of {count} speakers {what}" for rate, count, what in
             ((found.heard, found.speakers_heard, "that training knows"),
              (found.unheard, found.speakers_unheard, "it never heard")) if count > 1]
    print(f"{args.output}: vectors by {args.encoder}; equal error rate {', '.join(rates) or 'not measured'}; {time.monotonic() - started:.0f} s")
    return 0
