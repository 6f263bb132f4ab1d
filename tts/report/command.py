"""`tts report`: everything that was measured of an experiment, as one page to read and listen to and as RESULTS.md; or the results of all
recipes on one page."""

from __future__ import annotations

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", nargs="?", type=Path, help="exp/NAME, evaluated; run in the recipe's folder")
    parser.add_argument("--all", type=Path, metavar="FOLDER",
                        help="in place of a model: gather every FOLDER/CORPUS/SYSTEM/RESULTS.md in FOLDER/RESULTS.md")
    parser.add_argument("--listening", action="append", default=[], type=Path, metavar="TEST",
                        help="an analysed listening test to include; may be repeated; default: those in EXP/listening")
    parser.add_argument("--about", type=Path, default=Path("conf/about.yaml"), help="data, licence, intended use, limits of the voices")
    parser.add_argument("--publish", action="store_true", help="write RESULTS.md here too, beside run.sh")
    parser.add_argument("-o", "--output", type=Path, help="the page; default: EXP/page.html")
    parser.add_argument("--utterances", type=int, default=12, help="how many to listen to at most, every voice in turn")
    parser.add_argument("--manifest", type=Path, default=Path("data/alignment/manifest.jsonl"), help="aligned manifest")
    parser.add_argument("--audio-root", type=Path, default=Path("data/corpus"), help="what its audio is relative to")
    parser.add_argument("--split", default="test", help="which part was spoken")
    parser.add_argument("--spoken", type=Path, help="what the model said; default: EXP/wav/SPLIT")


def run(args: argparse.Namespace) -> int:
    import time

    from tts.errors import UserError
    from tts.evaluation.recipe import Places
    from tts.recipe.history import provenance
    from tts.report.gather import gather
    from tts.report.page import write_page
    from tts.report.results_file import write_claims_alone, write_results

    if (args.model is None) == (args.all is None):
        raise UserError("report what: a model's folder (exp/NAME), or --all FOLDER for the results of all recipes in it")
    if args.all is not None:
        return _all(args.all)
    started = time.monotonic()
    spoken = args.spoken or args.model / "wav" / args.split
    files = [args.model / "RESULTS.md"] + ([Path("RESULTS.md")] if args.publish else [])
    if (args.model / "claims" / "claims.md").is_file() and not (args.model / "evaluation" / "results.json").is_file():
        for path in files:
            write_claims_alone(args.model, f"{Path.cwd().parent.name}/{Path.cwd().name}", path, provenance()["command"])
        print(f"{', '.join(map(str, files))}: claims alone, for {args.model} is no model that was evaluated; {time.monotonic() - started:.1f} s")
        return 0
    places = Places(args.model, args.manifest, args.audio_root, spoken, args.model / "evaluation")
    gathered = gather(places, args.about, args.listening)
    page = args.output or args.model / "page.html"
    cards, size = write_page(gathered, places, page, args.utterances)
    for path in files:
        write_results(gathered, path)
    print(f"{page}: {cards} utterances, {size / 1e6:.1f} MB; {', '.join(map(str, files))}; {len(gathered.listening)} listening tests; "
          f"{time.monotonic() - started:.1f} s")
    return 0


def _all(folder: Path) -> int:
    from tts.corpus.manifest import atomic_writer
    from tts.recipe.history import provenance
    from tts.report.evidence import NAME, evidence_page, gather_evidence

    found = gather_evidence(folder)
    with atomic_writer(folder / NAME) as file:
        file.write(evidence_page(found, provenance()["command"]))
    print(f"{folder / NAME}: {len(found.findings)} claims, {len(found.tables)} tables of {len(found.recipes) - len(found.unmeasured)} recipes; "
          f"{len(found.unmeasured)} without results")
    return 0
