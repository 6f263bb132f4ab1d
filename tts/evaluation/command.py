"""`tts evaluate pairs`: any sounds against a reference. `tts evaluate recipe`: the table of a recipe. `tts evaluate claims`:
what a system claims, checked one by one."""

from __future__ import annotations

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    from tts.config.arguments import add_config_arguments

    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    style = argparse.ArgumentDefaultsHelpFormatter
    pairs = verbs.add_parser(
        "pairs", help="folders or manifests of sounds against a reference, matched by exact id", formatter_class=style
    )
    pairs.add_argument("reference", type=Path, help="folder or manifest")
    pairs.add_argument("hypothesis", nargs="+", type=Path, help="folders or manifests; each is a column of the table")
    pairs.add_argument(
        "--alignment", choices=("dtw", "none"), default="dtw", help="none: frame belongs to frame, for copies of equal length"
    )
    pairs.add_argument(
        "-o", "--output", action="append", default=[], type=Path, help="also write here; .json, .csv or .md; may be repeated"
    )
    pairs.add_argument("--jobs", type=int, default=1, help="processes")
    add_config_arguments(pairs)

    recipe = verbs.add_parser(
        "recipe", help="judge a trained model on its test sentences; run in the recipe's folder", formatter_class=style
    )
    recipe.add_argument("--model", required=True, type=Path, help="exp/NAME")
    recipe.add_argument("--manifest", type=Path, default=Path("data/alignment/manifest.jsonl"), help="aligned manifest")
    recipe.add_argument("--audio-root", type=Path, default=Path("data/corpus"), help="what its audio is relative to")
    recipe.add_argument("--phones", type=Path, default=Path("data/text/phones.json"), help="inventory, for the recogniser")
    recipe.add_argument("--recogniser", type=Path, default=Path("exp/recogniser"), help="its folder; trained if it is not there")
    recipe.add_argument("--split", default="test", help="the utterances to judge")
    recipe.add_argument("--spoken", type=Path, help="what the model said of them; default: MODEL/wav/SPLIT")
    recipe.add_argument("--jobs", type=int, default=1, help="processes")

    claims = verbs.add_parser(
        "claims", help="check a system's claims on its test sentences; run in the recipe's folder", formatter_class=style
    )
    claims.add_argument("--system", required=True, help="whose claims: copycat2")
    claims.add_argument(
        "--model", required=True, action="append", type=Path, help="exp/NAME; repeated for several training seeds"
    )
    claims.add_argument(
        "--baseline", action="append", default=[], type=Path, help="exp/NAME of a frame-level model to compare with; may be repeated"
    )
    claims.add_argument("--base", type=Path, help="exp/NAME of the base model to compare with")
    claims.add_argument("--manifest", type=Path, default=Path("data/alignment/manifest.jsonl"), help="aligned manifest")
    claims.add_argument("--audio-root", type=Path, default=Path("data/corpus"), help="what its audio is relative to")
    claims.add_argument("--features", type=Path, default=Path("data/features"), help="features of the manifest's recordings")
    claims.add_argument("--split", default="test", help="the utterances to judge")
    claims.add_argument("--limit", type=int, help="judge at most so many, speakers in turn; default: all")
    claims.add_argument("-o", "--output", type=Path, help="folder for claims.json, .csv, .md; default: claims in the first model")
    claims.add_argument("--jobs", type=int, default=1, help="processes")


def run(args: argparse.Namespace) -> int:
    import time

    started = time.monotonic()
    if args.verb == "claims":
        return _claims(args, started)
    if args.verb == "pairs":
        results = _pairs(args)
        print(results.markdown())
        where = ", ".join(map(str, args.output)) or "nothing written (-o)"
    else:
        from tts.evaluation.recipe import Places, evaluate_recipe

        places = Places(
            args.model,
            args.manifest,
            args.audio_root,
            args.spoken or args.model / "wav" / args.split,
            args.model / "evaluation",
            args.recogniser,
            args.phones,
        )
        results = evaluate_recipe(places, args.split, args.jobs)
        print(results.markdown())
        where = str(args.model / "RESULTS.md")
    print(
        f"evaluated {len(results.rows)} sounds of {', '.join(results.systems)}; not scored {len(results.not_scored)}; {where}; "
        f"{time.monotonic() - started:.0f} s"
    )
    return 0


def _claims(args: argparse.Namespace, started: float) -> int:
    import time

    from tts.evaluation.claims.claims import MISSED, NOT_MEASURED, REACHED, Places
    from tts.evaluation.claims.evaluate import evaluate_claims

    corpus = args.manifest, args.audio_root, args.features
    places = Places(tuple(args.model), *corpus, tuple(args.baseline), args.base, args.split, args.limit, args.jobs)
    output = args.output or args.model[0] / "claims"
    claims = evaluate_claims(args.system, places, output)
    print((output / "claims.md").read_text(encoding="utf-8"))
    counts = ", ".join(f"{sum(c.verdict == v for c in claims)} {v}" for v in (REACHED, MISSED, NOT_MEASURED))
    seconds = time.monotonic() - started
    print(f"claims of {args.system} on {len(args.model)} models: {counts}; {output / 'claims.json'}; {seconds:.0f} s")
    return 0


def _pairs(args: argparse.Namespace):
    from tts.config.arguments import recipe_from
    from tts.errors import UserError
    from tts.evaluation.pairs import evaluate_pairs

    names = [str(path) for path in args.hypothesis]
    if len(set(names)) < len(names):
        raise UserError(f"a hypothesis is named twice: {', '.join(names)}")
    results = evaluate_pairs(
        args.reference, dict(zip(names, args.hypothesis)), recipe_from(args).config.features, args.alignment == "dtw", args.jobs
    )
    for path in args.output:
        results.save(path)
    return results
