"""`tts mushra`: prepare, serve, export; and analyse and power (analyse_command.py). Thin; each ends with one line of facts."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tts.mushra import analyse_command

KINDS = ("mushra", "mos", "preference", "abx")


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    style = argparse.ArgumentDefaultsHelpFormatter
    sub = verbs.add_parser("prepare", help="make a listening test out of folders of sounds", formatter_class=style)
    sub.add_argument("test", type=Path, help="the folder to write; its name is the test's")
    sub.add_argument(
        "--system",
        action="append",
        default=[],
        metavar="NAME=FOLDER",
        help="sounds of a system, ID.wav each, or a manifest; repeated",
    )
    sub.add_argument(
        "--systems", type=Path, help="file that lists systems (YAML or JSON lines: name, folder or manifest, licence)"
    )
    sub.add_argument(
        "--reference",
        type=Path,
        help="folder or manifest of the recordings: hidden among the systems, and shown (see --open-reference)",
    )
    sub.add_argument("--split", help="the part of the reference to take, if that is a manifest; default: all of it")
    sub.add_argument("--kind", choices=KINDS, default="mushra", help="mos: one sound a page; preference, abx: two systems a page")
    sub.add_argument(
        "--manifest",
        type=Path,
        help="text, speaker and style of the utterances: manifest.jsonl, or a table (.tsv: id, text, speaker, "
        "style, language); default: the reference, if that is a manifest",
    )
    sub.add_argument("--items", type=int, default=20, help="utterances")
    sub.add_argument(
        "--listeners",
        type=int,
        default=24,
        help="how many are expected: so many balanced orders are made, and the power is told for them",
    )
    sub.add_argument("--seed", type=int, default=0, help="of the choice, the letters and the orders")
    sub.add_argument(
        "--anchors",
        nargs="*",
        choices=("35", "70"),
        help="low-passed recordings, 3.5 kHz and 7 kHz; default: 35 in mushra, else none; without a number: none",
    )
    sub.add_argument(
        "--open-reference",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="show the recording as such on each page; default: in mushra",
    )
    sub.add_argument("--training", type=int, default=1, help="pages to practise on, not counted")
    sub.add_argument("--attention", type=int, default=2, help="pages whose sounds say numbers, to see who listens")
    sub.add_argument("--language", default="en-us", help="in which those numbers are said")
    sub.add_argument("--none-allowed", action="store_true", help='preference: "no difference" is an answer')
    sub.add_argument(
        "--shortest",
        type=float,
        default=1.0,
        metavar="SECONDS",
        help="utterances with a shorter sound are left out (12 s is the longest)",
    )
    sub.add_argument("--loudness", type=float, default=-23.0, metavar="LUFS", help="of every sound (BS.1770)")
    sub.add_argument(
        "--peak",
        type=float,
        default=-1.0,
        metavar="DBFS",
        help="no sample is louder; if one would be, the whole test is turned down",
    )
    sub.add_argument("--head", type=int, default=300, metavar="MS", help="silence before the speech, after trimming")
    sub.add_argument("--tail", type=int, default=300, metavar="MS", help="silence after the longest speech of a page")
    sub.add_argument(
        "--wording",
        type=Path,
        help="YAML with other words for the page (tts/mushra/wording.py names them), for instance a translation",
    )
    sub.add_argument(
        "--questions", type=Path, help="YAML with what to ask listeners first: a list of name, label, choices, optional"
    )
    sub.add_argument(
        "--inline",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="sounds inside of index.html: one file that needs no server; without, it works from a web server only",
    )

    sub = verbs.add_parser(
        "serve", help="serve a test: each listener gets a session, each answer is kept at once", formatter_class=style
    )
    sub.add_argument("test", type=Path, help="folder that prepare made")
    sub.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 lets other machines in")
    sub.add_argument("--port", type=int, default=8000, help="0 takes any that is free")

    sub = verbs.add_parser("export", help="all answers as a table with webMUSHRA's columns", formatter_class=style)
    sub.add_argument("test", type=Path, help="folder that prepare made")
    sub.add_argument("-o", "--output", type=Path, required=True, help="the table (.csv)")
    sub.add_argument("--names", action="store_true", help="systems by their names, not their letters")
    analyse_command.configure(verbs)


def run(args: argparse.Namespace) -> int | None:
    return {"prepare": _prepare, "serve": _serve, "export": _export}.get(args.verb, analyse_command.run)(args)


def _prepare(args: argparse.Namespace) -> None:
    from tts.errors import UserError
    from tts.mushra.folder import ANCHORS, REFERENCE
    from tts.mushra.plan import Plan
    from tts.mushra.prepare import prepare, same_sounds
    from tts.mushra.sound import Processing
    from tts.mushra.systems import open_condition, parse_system, read_descriptions, read_systems
    from tts.mushra.wording import questionnaire, wording

    started = time.monotonic()
    if args.items < 1 or args.listeners < 1 or args.training < 0 or args.attention < 0:
        raise UserError("--items and --listeners must be at least 1, --training and --attention at least 0")
    conditions = [parse_system(argument) for argument in args.system] + (read_systems(args.systems) if args.systems else [])
    if args.reference:
        conditions.append(open_condition(REFERENCE, args.reference, split=args.split))
    reference = next((condition for condition in conditions if condition.name == REFERENCE), None)
    mushra = args.kind == "mushra"
    anchors = ["35"] if args.anchors is None and mushra else args.anchors or []
    plan = Plan(
        args.test.resolve().name,
        args.kind,
        args.items,
        args.listeners,
        args.seed,
        tuple(ANCHORS[anchor] for anchor in sorted(set(anchors))),
        mushra if args.open_reference is None else args.open_reference,
        args.training,
        args.attention,
        args.none_allowed,
        args.language,
        args.shortest,
        Processing(args.loudness, args.peak, args.head, args.tail),
    )
    made = prepare(
        conditions,
        read_descriptions(args.manifest, reference),
        plan,
        wording(args.kind, args.wording),
        questionnaire(args.questions),
        args.test,
        args.inline,
    )
    for name, why in list(made.left_out.items())[:10]:
        print(f"left out: {name}: {why}", file=sys.stderr)
    if len(made.left_out) > 10:
        print(f"left out: {len(made.left_out) - 10} more, all named in {args.test / 'key.json'}", file=sys.stderr)
    if made.level.turned_down_db:
        print(
            f"the whole test is {made.level.turned_down_db:.1f} dB below {args.loudness:g} LUFS, so that the peak of "
            f"{made.level.because_of} stays below {args.peak:g} dBFS",
            file=sys.stderr,
        )
    for (first, second), pages in same_sounds(made.test).items():
        print(f"{first} and {second} are the same sounds on {pages} pages; is that meant?", file=sys.stderr)
    print(made.power)
    size = (args.test / "index.html").stat().st_size / 1e6
    print(
        f"{args.test}: {args.kind} test of {args.items} utterances and {len(made.conditions)} conditions on {made.pages} pages, "
        f"{made.seconds / 60:.1f} min of sound, left out {len(made.left_out)}, index.html {size:.1f} MB; "
        f"{time.monotonic() - started:.1f} s"
    )


def _serve(args: argparse.Namespace) -> None:
    try:
        from tts.mushra.server import serve
    except ModuleNotFoundError as error:
        from tts.errors import UserError

        raise UserError(f"serving needs {error.name}: pip install -e '.[listening]' -c tools/constraints.txt") from None
    started = time.monotonic()
    sessions, finished, ratings = serve(args.test, args.host, args.port)
    print(f"{args.test}: {sessions} sessions, {finished} finished, {ratings} ratings; {time.monotonic() - started:.0f} s")


def _export(args: argparse.Namespace) -> None:
    from tts.mushra.export import export
    from tts.mushra.folder import Test

    made = export(Test.open(args.test), args.output, args.names)
    print(f"{args.output}: {made.ratings} ratings of {made.sessions} sessions")
