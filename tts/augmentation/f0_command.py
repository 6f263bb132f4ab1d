"""`tts f0 predict`: the melody that a voice would give to utterances, as contours on disk:

    OUT/ID.npy            float32 [T] in Hz, 0 where unvoiced
    OUT/fingerprint.json  of the features that the model learned from: hop and rate say when each frame is
"""

from __future__ import annotations

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    predict = verbs.add_parser("predict", help="contours for the utterances of a manifest",
                               formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    predict.add_argument("--model", required=True, type=Path,
                         help="folder of a trained model that predicts F0 from phones and durations")
    predict.add_argument("--manifest", required=True, type=Path,
                         help="utterances with phones; with durations too if it is aligned, else these are "
                         "predicted as well")
    predict.add_argument("--voice", help="whose melody; default: every utterance's own speaker")
    predict.add_argument("--speakers", nargs="+", metavar="NAME", help="only the utterances of these speakers")
    predict.add_argument("--split", help="only this part of the manifest")
    predict.add_argument("--features", type=Path,
                         help="feature store: also say how far the contours are from the recordings', beside the mean of "
                         "every phone over the training part")
    predict.add_argument("--output", required=True, type=Path, help="folder of the contours")


def run(args: argparse.Namespace) -> None:
    from tts.augmentation.f0_many import predict_all

    print(predict_all(args.model, args.manifest, args.output, args.voice, args.split, args.features, args.speakers))
