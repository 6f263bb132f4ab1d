"""`tts align`: three uses, told apart by the first word.

    tts align MANIFEST OUT --audio-root DIR --phones phones.json --folder exp/aligner      train if needed, then align
    tts align evaluate MANIFEST --truth truth.jsonl | --emodb DIR                          boundaries against the truth
    tts align recogniser MANIFEST --audio-root DIR --phones phones.json --folder exp/recogniser     train a phone recogniser
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tts.errors import UserError


def configure(parser: argparse.ArgumentParser) -> None:
    from tts.config.arguments import add_config_arguments

    parser.usage = ("tts align MANIFEST OUT [options] | tts align evaluate MANIFEST [options] | "
                    "tts align recogniser MANIFEST [options]")
    parser.add_argument("what", metavar="MANIFEST|evaluate|recogniser",
                        help="manifest with units (text stage), or what to do instead")
    parser.add_argument("path", type=Path, metavar="OUT|MANIFEST",
                        help="aligned manifest to write; after a verb: the manifest to read")
    add_config_arguments(parser)
    work = parser.add_argument_group("aligning, and training a recogniser")
    work.add_argument("--audio-root", type=Path,
                      help="folder that the manifest's audio paths are relative to; default: the manifest's own")
    work.add_argument("--phones", type=Path, help="phones.json of the text stage")
    work.add_argument("--folder", type=Path, help="where the aligner or recogniser lies, or will")
    work.add_argument("--jobs", type=int, default=0, help="processes that align; 0: as many as there are cores")
    work.add_argument("--from-textgrid", type=Path, metavar="DIR",
                      help="read times from DIR/ID.TextGrid (or DIR/SPEAKER/ID.TextGrid) and train nothing")
    work.add_argument("--write-textgrids", type=Path, metavar="DIR", help="also write DIR/ID.TextGrid for Praat")
    judging = parser.add_argument_group("evaluate")
    judging.add_argument("--truth", type=Path, help="truth.jsonl of the generated corpus")
    judging.add_argument("--emodb", type=Path, help="folder of EmoDB with its hand-made marks")


def run(args: argparse.Namespace) -> int:
    return {"evaluate": _evaluate, "recogniser": _recogniser}.get(args.what, _align)(args)


def _align(args: argparse.Namespace) -> int:
    from tts.alignment.align import align_manifest
    from tts.alignment.textgrid import align_from_textgrids, write_textgrids
    from tts.config.arguments import recipe_from
    from tts.corpus.parallel import default_jobs

    recipe, manifest, jobs = recipe_from(args).config, Path(args.what), args.jobs or default_jobs()
    audio_root = args.audio_root or manifest.parent
    if args.from_textgrid:
        facts = align_from_textgrids(manifest, args.path, audio_root, args.from_textgrid, recipe.features, recipe.aligner, jobs)
    else:
        _need(args, "phones", "folder")
        facts = align_manifest(manifest, args.path, audio_root, args.phones, args.folder, recipe.features, recipe.aligner, jobs)
    if args.write_textgrids:
        facts.notes.append(f"wrote {write_textgrids(args.path, args.write_textgrids, recipe.features)} TextGrids")
    print(facts)
    return 0


def _evaluate(args: argparse.Namespace) -> int:
    from tts.alignment.evaluation import evaluate
    from tts.config.arguments import recipe_from

    if bool(args.truth) == bool(args.emodb):
        raise UserError("tts align evaluate needs one of --truth truth.jsonl (generated corpus) and --emodb DIR")
    for line in evaluate(args.path, recipe_from(args).config.features, args.truth, args.emodb):
        print(line)
    return 0


def _recogniser(args: argparse.Namespace) -> int:
    from tts.alignment.recogniser import train_recogniser
    from tts.config.arguments import recipe_from

    _need(args, "phones", "folder")
    config = recipe_from(args).config.recogniser
    print(train_recogniser(args.path, args.audio_root or args.path.parent, args.phones, args.folder, config))
    return 0


def _need(args: argparse.Namespace, *names: str) -> None:
    missing = [f"--{name}" for name in names if getattr(args, name) is None]
    if missing:
        raise UserError(f"{' and '.join(missing)} missing; see tts align --help")
