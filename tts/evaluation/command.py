"""`tts evaluate f0` and its like: any sounds against a reference. `tts evaluate recipe`: the table of a recipe. `tts evaluate
claims`: what a system claims, checked one by one."""

from __future__ import annotations

import argparse
from pathlib import Path

VERBS = {
    "f0": "F0 against a reference: RMSE, correlation, gross pitch, voicing and frame errors; by utterance, speaker, style, word",
    "mcd": "mel-cepstral distortion against a reference",
    "distribution": "distances of F0 distributions from the reference's, with the noise floor; ratio of spreads",
    "durations": "durations of phones against a reference's, articulation rate, pauses",
    "speaker": "likeness to the reference's speakers",
    "intelligibility": "word and letter errors, of the reference too",
    "loudness": "loudness, peak and clipping, of the reference too",
    "mos": "a listener's score as a model predicts it, of the reference too",
    "copy": "how far copies of the reference (by a vocoder, say) are from it: mel, spectrum, periodicity; with --alignment none",
    "all": "all of these that can be measured here",
}
NOT_SCORED = 3  # exit status: something was not scored


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    style = argparse.ArgumentDefaultsHelpFormatter
    for verb, what in VERBS.items():
        _configure_measure(verbs.add_parser(verb, help=what, description=what, formatter_class=style), verb)

    recipe = verbs.add_parser(
        "recipe", help="judge a trained model on its test sentences; run in the recipe's folder", formatter_class=style
    )
    recipe.add_argument("--model", required=True, type=Path, help="exp/NAME")
    recipe.add_argument("--manifest", type=Path, default=Path("data/alignment/manifest.jsonl"), help="aligned manifest")
    recipe.add_argument("--audio-root", type=Path, default=Path("data/corpus"), help="what its audio is relative to")
    recipe.add_argument("--phones", type=Path, default=Path("data/text/phones.json"), help="inventory, for the recogniser")
    recipe.add_argument(
        "--recogniser", type=Path, default=Path("exp/recogniser"), help="its folder; trained if it is not there"
    )
    recipe.add_argument("--split", default="test", help="the utterances to judge")
    recipe.add_argument("--spoken", type=Path, help="what the model said of them; default: MODEL/wav/SPLIT")
    recipe.add_argument("--vocoder", help="that makes the copies: griffin-lim, or the folder of a trained one; default: the one with which the model speaks")
    recipe.add_argument("-o", "--output", type=Path, help="folder for results.json, utterances.csv and copy/; default: evaluation in the model")
    recipe.add_argument("--jobs", type=int, default=1, help="processes")

    claims = verbs.add_parser(
        "claims", help="check a system's claims on its test sentences; run in the recipe's folder", formatter_class=style
    )
    claims.add_argument("--system", required=True, help="whose claims: copycat2, copycat (F0-conditioned conversion by itself), f0_augmentation, lcpvae, flowtts, studio; or sharing: a studio's beside those of "
        "the systems that it is made of")
    claims.add_argument(
        "--model", required=True, action="append", type=Path, help="exp/NAME; repeated for several training seeds"
    )
    claims.add_argument(
        "--baseline",
        action="append",
        default=[],
        type=Path,
        help="exp/NAME of a model to compare with, frame-level for copycat2, of other settings for lcpvae, a flow that is told less for "
             "flowtts, a system trained alone for sharing; may be repeated",
    )
    claims.add_argument("--base", type=Path,
                        help="exp/NAME to compare with: the base model; of flowtts a copycat that knows speakers by the same vectors")
    claims.add_argument("--manifest", type=Path, default=Path("data/alignment/manifest.jsonl"), help="aligned manifest")
    claims.add_argument("--audio-root", type=Path, default=Path("data/corpus"), help="what its audio is relative to")
    claims.add_argument("--features", type=Path, default=Path("data/features"), help="features of the manifest's recordings")
    claims.add_argument("--recogniser", type=Path, default=Path("exp/recogniser"), help="lcpvae, studio: folder of the recogniser of phones")
    claims.add_argument("--style-classifier", type=Path, default=Path("exp/style_classifier"), help="lcpvae: what the style loss asked")
    claims.add_argument("--split", default="test", help="the utterances to judge")
    claims.add_argument("--limit", type=int, help="judge at most so many, speakers in turn; default: all")
    claims.add_argument(
        "-o", "--output", type=Path, help="folder for claims.json, .csv, .md; default: claims in the first model"
    )
    claims.add_argument("--jobs", type=int, default=1, help="processes")


def _configure_measure(parser: argparse.ArgumentParser, verb: str) -> None:
    from tts.config.arguments import add_config_arguments

    parser.add_argument("reference", type=Path, help="folder, manifest or sound file")
    parser.add_argument(
        "system", nargs="+", help="folders, manifests or sound files, PATH or NAME=PATH; each is a column of the table"
    )
    parser.add_argument(
        "--against", metavar="SYSTEM", help="another system, with which each is compared on the same utterances"
    )
    parser.add_argument("--manifest", type=Path, help="tells text, speaker, style and alignment of the reference's sounds")
    parser.add_argument("--split", help="only this part of the reference's manifest")
    parser.add_argument(
        "--audio-root", type=Path, help="what the reference manifest's audio is relative to; default: its folder"
    )
    parser.add_argument(
        "-o",
        "--output",
        action="append",
        default=[],
        type=Path,
        help="also write here; .json, .csv, .md or .tex; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="everything as JSON on standard output, instead of the table")
    parser.add_argument(
        "--allow-missing", action="store_true", help=f"exit with 0, not {NOT_SCORED}, though something was not scored"
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    if verb in ("f0", "mcd", "copy", "all"):
        parser.add_argument(
            "--alignment",
            choices=("dtw", "none", "durations"),
            default="dtw",
            help="which frames belong together: dtw on cepstra; none: frame by frame, for equal lengths; durations: by both "
            "sides' alignments",
        )
    if verb in ("f0", "distribution", "all"):
        parser.add_argument("--plots", type=Path, metavar="DIR", help="draw contours of some utterances, and histograms")
        parser.add_argument("--speakers", type=Path, help="speakers.json of extracted features: each speaker's own range of F0")
    if verb in ("f0", "all"):
        parser.add_argument("--per-word", action="store_true", help="every word's scores, where the reference has an alignment")
    if verb in ("durations", "all"):
        parser.add_argument("--pauses", choices=("energy", "alignment"), default="energy", help="how pauses are found")
    if verb in ("speaker", "all"):
        parser.add_argument("--encoder", default="statistics", help="whose ears: statistics, resemblyzer")
    if verb in ("intelligibility", "all"):
        parser.add_argument(
            "--recogniser", type=Path, help="folder of a transformers recogniser; default: pocketsphinx, English"
        )
    if verb in ("mos", "all"):
        parser.add_argument(
            "--predictor", help="module:function of (samples, rate), or a name of the entry-point group tts.mos"
        )
    add_config_arguments(parser)


def run(args: argparse.Namespace) -> int:
    import time

    started = time.monotonic()
    if args.verb == "claims":
        return _claims(args, started)
    if args.verb in VERBS:
        return _measure(args, started)
    from tts.evaluation.recipe import Places, evaluate_recipe

    places = Places(
        args.model,
        args.manifest,
        args.audio_root,
        args.spoken or args.model / "wav" / args.split,
        args.output or args.model / "evaluation",
        args.recogniser,
        args.phones,
        args.vocoder,
    )
    results = evaluate_recipe(places, args.split, args.jobs)
    print(results.markdown())
    print(
        f"evaluated {len(results.rows)} sounds of {', '.join(results.systems)}; not scored {len(results.not_scored)}; "
        f"{places.output}; {time.monotonic() - started:.0f} s"
    )
    return 0


def _claims(args: argparse.Namespace, started: float) -> int:
    import time

    from tts.evaluation.claims.claims import MISSED, NOT_MEASURED, REACHED, Places
    from tts.evaluation.claims.evaluate import evaluate_claims

    corpus = args.manifest, args.audio_root, args.features
    places = Places(tuple(args.model), *corpus, tuple(args.baseline), args.base, args.split, args.limit, args.jobs, args.recogniser,
                    args.style_classifier)
    output = args.output or args.model[0] / "claims"
    claims = evaluate_claims(args.system, places, output)
    print((output / "claims.md").read_text(encoding="utf-8"))
    counts = ", ".join(f"{sum(c.verdict == v for c in claims)} {v}" for v in (REACHED, MISSED, NOT_MEASURED))
    seconds = time.monotonic() - started
    print(f"claims of {args.system} on {len(args.model)} models: {counts}; {output / 'claims.json'}; {seconds:.0f} s")
    return 0


def _measure(args: argparse.Namespace, started: float) -> int:
    import sys
    import time

    from tts.config.arguments import recipe_from
    from tts.evaluation.ask import Question, answer

    question = Question(**{name: value for name, value in vars(args).items() if name in Question.__dataclass_fields__})
    results, files = answer(question, recipe_from(args).config.features)
    print(results.json() if args.json else results.markdown())
    where = ", ".join(map(str, files)) or "nothing written (-o)"
    print(
        f"evaluated {len(results.rows)} sounds of {', '.join(results.systems)}; not scored {len(results.not_scored)}, partly "
        f"scored {len(results.partly_scored)}; {where}; {time.monotonic() - started:.0f} s",
        file=sys.stderr if args.json else sys.stdout,
    )
    incomplete = results.not_scored or results.partly_scored
    return NOT_SCORED if incomplete and not args.allow_missing else 0
