"""`tts corpus`: generate, import, split, validate, fix, info, plan, to-kaldi,
from-kaldi. Thin; each ends with one line of facts."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import time
from functools import partial
from pathlib import Path

from tts.corpus.parallel import default_jobs
from tts.corpus.readers import READERS
from tts.errors import UserError


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name: str, help: str, run) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=help, description=help, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
        sub.set_defaults(run=run)
        return sub

    from tts.config.arguments import add_config_arguments
    from tts.corpus.generated_command import configure_generate, run_generate

    configure_generate(verb("generate", "make the mini corpus with espeak-ng", run_generate))

    sub = verb("import", "read a corpus as it was downloaded, or a folder of audio with a table, into a manifest and FLACs",
               run_import)
    sub.add_argument("reader", choices=READERS, help="the corpus's form; tsv is for your own data")
    sub.add_argument("folders", nargs="+", type=Path, help="where it was unpacked (several of one form make one corpus)")
    _conversion(sub)
    sub.add_argument("--speaker", help="tsv: for a table without that column")
    sub.add_argument("--language", help="tsv: for a table without that column; css10: the folder's; esd: en or zh only")
    sub.add_argument("--style", help="tsv: for a table without that column")
    sub.add_argument("--audio-root", help="tsv: what the audio column is relative to, if not the table's folder")
    sub.add_argument("--keep", nargs="+", metavar="SPEAKER[:STYLE]", help="only these speakers' utterances, of that style if one is named "
                     "(everything if not given)")
    sub.add_argument("--per-speaker", type=int, metavar="COUNT", help="only the first COUNT utterances of each speaker, to try things out "
                     "(all if not given)")
    sub.add_argument("--mic", type=int, choices=(1, 2), help="vctk 0.92: which microphone (1 if not given)")
    sub.add_argument("--subsets", nargs="+", help="libritts_r: such as train-clean-100 (all if not given)")

    sub = verb("from-kaldi", "read a Kaldi data folder into a manifest and FLACs", run_from_kaldi)
    sub.add_argument("folders", nargs=1, type=Path, metavar="folder", help="with wav.scp, text, utt2spk, spk2utt")
    _conversion(sub)
    sub.add_argument("--language", help="for a folder without utt2lang")
    sub.add_argument("--style", help="for a folder without utt2style")
    sub.add_argument("--audio-root", help="what relative paths in wav.scp start from (the current folder if not given)")

    sub = verb("to-kaldi", "write a manifest as a Kaldi data folder", run_to_kaldi)
    sub.add_argument("manifest", type=Path)
    sub.add_argument("--output", type=Path, required=True, help="the folder to write")
    sub.add_argument("--audio-root", type=Path, help="what the manifest's audio paths are relative to, if not its own folder")

    sub = verb("split", "divide a corpus into train, dev and test", run_split)
    sub.add_argument("manifest", type=Path)
    sub.add_argument("--dev", type=int, required=True, help="utterances (speakers, with --by speaker) for dev")
    sub.add_argument("--test", type=int, required=True, help="and for test")
    sub.add_argument("--unseen", type=int, default=0, help="so many whole speakers are set apart, as a part `unseen` that nothing is trained on")
    sub.add_argument("--by", choices=("text", "utterance", "speaker"), default="text", help="what may not be in two parts")
    sub.add_argument("--seed", type=int, default=0, help="another one gives another division")
    sub.add_argument("--output", type=Path, help="another manifest in the same folder, instead of changing this one")

    sub = verb("validate", "find what is wrong with a corpus; fails if there are errors", run_validate)
    sub.add_argument("manifest", type=Path)
    sub.add_argument("--audio-root", type=Path, help="what the manifest's audio paths are relative to, if not its own folder")
    sub.add_argument("--text-only", action="store_true", help="leave the sound alone")
    sub.add_argument("--examples", type=int, default=3, help="findings shown per rule")
    sub.add_argument("--json", action="store_true", help="every finding as a JSON line instead, then one line with the counts")
    _limits(sub)

    sub = verb("fix", "write a mended copy of a corpus: what is safe to mend is mended, the rest dropped, "
                      "each counted and named", run_fix)
    sub.add_argument("manifest", type=Path)
    sub.add_argument("--output", type=Path, required=True, help="the folder of the mended corpus")
    sub.add_argument("--drop", nargs="+", default=[], metavar="RULE", help="warnings whose utterances shall be dropped too")
    _limits(sub)

    sub = verb("info", "count utterances and hours by speaker, language, style and split", run_info)
    sub.add_argument("manifest", type=Path)
    sub.add_argument("--json", action="store_true", help="the same as JSON")

    sub = verb("plan", "what a corpus of so many hours takes on disk, in time and in workers, by rates that are measured here on a sample",
               run_plan)
    sub.add_argument("--hours", type=float, required=True, help="of speech")
    sub.add_argument("--days", type=float, default=1.0, help="in which the features shall be extracted")
    sub.add_argument("--manifest", type=Path, help="measure on utterances of this one, as they will be (made-up ones if not given)")
    sub.add_argument("--audio-root", type=Path, help="what the manifest's audio paths are relative to, if not its own folder")
    sub.add_argument("--sample", type=int, default=32, help="utterances to measure on")
    sub.add_argument("--json", action="store_true", help="the same as JSON")
    add_config_arguments(sub)


def _conversion(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", type=Path, required=True,
                        help="folder for manifest.jsonl and wav/; go on with the same one if interrupted")
    parser.add_argument("--sample-rate", type=int, help="Hz of the FLACs (each recording's own if not given)")
    parser.add_argument("--jobs", type=int, default=default_jobs(), help="processes")


def _limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sample-rate", type=int, help="Hz that all recordings must have (the commonest one if not given)")
    parser.add_argument("--limit", action="append", default=[], metavar="NAME=VALUE",
                        help="change a limit of tts/corpus/rules.py, such as long_seconds=20; may be given several times")
    parser.add_argument("--jobs", type=int, default=default_jobs(), help="processes")


def run(args: argparse.Namespace) -> int | None:
    return args.run(args)


def run_import(args: argparse.Namespace) -> None:
    from tts.corpus.importing import wanted
    from tts.corpus.readers import read_corpus

    options = {name: getattr(args, name) for name in ("speaker", "language", "style", "audio_root", "mic", "subsets")}
    choice = {name: getattr(args, name) for name in ("keep", "per_speaker") if getattr(args, name) is not None}
    if args.per_speaker is not None and args.per_speaker < 1:
        raise UserError(f"--per-speaker {args.per_speaker}; expected at least 1")

    def read(skipped):
        found = (recording for folder in args.folders for recording in read_corpus(args.reader, folder, skipped, **options))
        return wanted(found, **choice)

    _import(args, read, {"reader": args.reader} | options | choice)


def run_from_kaldi(args: argparse.Namespace) -> None:
    from tts.corpus.kaldi import read_kaldi

    options = {name: getattr(args, name) for name in ("language", "style", "audio_root")}
    _import(args, partial(read_kaldi, args.folders[0], **options), {"reader": "kaldi"} | options)


def _import(args: argparse.Namespace, read, asked: dict) -> None:
    from tts.corpus.importing import import_recordings

    start = time.monotonic()
    asked = asked | {"folders": [str(folder.resolve()) for folder in args.folders]}
    facts = import_recordings(read, args.output, asked, args.sample_rate, args.jobs)
    print(f"import: {facts}; {time.monotonic() - start:.1f} s → {args.output / 'manifest.jsonl'}")


def run_to_kaldi(args: argparse.Namespace) -> None:
    from tts.corpus.kaldi import write_kaldi

    count, prefixed = write_kaldi(args.manifest, args.output, args.audio_root)
    note = "; every id became SPEAKER-ID, for Kaldi's order" if prefixed else ""
    print(f"to-kaldi: {count} utterances → {args.output}{note}")


def run_split(args: argparse.Namespace) -> None:
    from tts.corpus.split import split_manifest

    facts = split_manifest(args.manifest, args.output or args.manifest, args.dev, args.test, args.by, args.seed, args.unseen)
    print(f"split: {facts}; by {args.by}, seed {args.seed} → {args.output or args.manifest}")


def run_validate(args: argparse.Namespace) -> int:
    from tts.corpus.validate import Summary, validate

    start, summary = time.monotonic(), Summary()
    for finding in validate(args.manifest, _read_limits(args), summary, args.audio_root, not args.text_only, args.jobs):
        if args.json:
            print(json.dumps(finding.to_dict(), ensure_ascii=False))
        elif summary.counts[finding.rule] <= args.examples:
            print(finding)
    if args.json:
        print(json.dumps({"utterances": summary.utterances, "seconds": round(summary.seconds, 3), "errors": summary.errors,
                          "warnings": summary.warnings, "rules": dict(sorted(summary.counts.items()))}))
    elif summary.counts:
        print(summary.table())
    print(f"validate: {summary.utterances} utterances, {summary.seconds / 3600:.2f} h, {summary.errors} errors, "
          f"{summary.warnings} warnings; "
          f"{time.monotonic() - start:.1f} s", file=sys.stderr if args.json else sys.stdout)
    return 1 if summary.errors else 0


def run_fix(args: argparse.Namespace) -> None:
    from tts.corpus.fix import fix_manifest

    start = time.monotonic()
    facts = fix_manifest(args.manifest, args.output, _read_limits(args), args.drop, args.jobs)
    print(f"fix: {facts}; names in {args.output / 'fixed.tsv'}; {time.monotonic() - start:.1f} s → "
          f"{args.output / 'manifest.jsonl'}")


def run_info(args: argparse.Namespace) -> None:
    from tts.corpus.info import corpus_info

    info = corpus_info(args.manifest)
    print(json.dumps(info.to_dict(), ensure_ascii=False) if args.json else f"{info.table()}\ninfo: {info}")


def run_plan(args: argparse.Namespace) -> None:
    from tts.config.arguments import recipe_from
    from tts.corpus.plan import Plan, measure_rates

    if args.hours <= 0 or args.days <= 0 or args.sample < 1:
        raise UserError(f"--hours {args.hours:g}, --days {args.days:g}, --sample {args.sample}: expected more than nothing of each")
    rates = measure_rates(recipe_from(args).config.features, args.manifest, args.audio_root, args.sample)
    plan = Plan(args.hours, args.days, rates)
    if args.json:
        print(json.dumps({"hours": plan.hours, "days": plan.days, "utterances": plan.utterances, "shards": plan.shards, "workers": plan.workers,
                          "feature_core_hours": plan.feature_core_hours, "rates": dataclasses.asdict(rates)}))
        return
    print(f"{plan.table()}\nplan: {args.hours:,.0f} h, by rates of {rates.sample_hours * 60:.1f} min "
          f"of {args.manifest or 'made-up speech'} on this machine")


def _read_limits(args: argparse.Namespace):
    """The Limits with the changes that were asked for."""
    import difflib

    from tts.corpus.rules import Limits

    changes = {"sample_rate": args.sample_rate}
    names = [field.name for field in dataclasses.fields(Limits)]
    for text in args.limit:
        name, _, value = text.partition("=")
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            raise UserError(f"no limit {name!r}; " + (f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"))
        try:
            changes[name] = type(getattr(Limits(), name) or 0)(value)
        except ValueError:
            raise UserError(f"limit {name}: found {value!r}; expected a number, as in {name}={getattr(Limits(), name)}") from None
    return Limits(**changes)
