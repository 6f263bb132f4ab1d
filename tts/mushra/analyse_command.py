"""`tts mushra analyse`: what listeners' answers say. `tts mushra power`: what a test of a given size will show."""

from __future__ import annotations

import argparse
from pathlib import Path


def configure(verbs: argparse._SubParsersAction) -> None:
    """Add both verbs to what `parser.add_subparsers(dest="verb")` returned."""
    style = argparse.ArgumentDefaultsHelpFormatter
    analyse = verbs.add_parser(
        "analyse", help="screen listeners, compare systems, write tables, a figure and a paragraph", formatter_class=style
    )
    analyse.add_argument("test", type=Path, help="folder of the test")
    analyse.add_argument(
        "--results", nargs="+", type=Path, help="files of answers (.json, .sqlite, .csv); default: results.sqlite and results/*"
    )
    analyse.add_argument("-o", "--output", type=Path, help="folder to write to; default: TEST/analysis")
    analyse.add_argument("--baseline", help="the system whose gap to the reference the others reduce")
    analyse.add_argument(
        "--unit",
        choices=("listener", "rating"),
        default="listener",
        help="one observation of a test: a listener's mean over items (holds its level), or every rating (as papers often do)",
    )
    analyse.add_argument(
        "--reference-rule",
        action=argparse.BooleanOptionalAction,
        default=None,
        help=(
            "leave out who rates the hidden reference under 90 in more than 15%% of the items (BS.1534-3); default: where the "
            "test shows an open reference"
        ),
    )
    analyse.add_argument(
        "--mid-anchor-rule",
        action="store_true",
        help="leave out who rates the 7 kHz anchor over 90 in more than 15%% of the items",
    )
    analyse.add_argument(
        "--low-anchor-rule",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="leave out who rates the 3.5 kHz anchor not below the hidden reference in more than 15%% of the items",
    )
    analyse.add_argument(
        "--attention-rule", action=argparse.BooleanOptionalAction, default=True, help="leave out who failed an attention check"
    )
    analyse.add_argument("--keep-unfinished", action="store_true", help="use sessions that did not come to the end")
    analyse.add_argument("--seed", type=int, default=0, help="of the bootstrap")

    power = verbs.add_parser(
        "power", help="the difference that a test of a given size will show, before anybody listens", formatter_class=style
    )
    power.add_argument("--listeners", type=int, default=24, help="after screening")
    power.add_argument("--items", type=int, default=20)
    power.add_argument("--systems", type=int, default=2, help="compared each with each; count the hidden reference")
    power.add_argument(
        "--difference", type=float, help="also: the power at this difference in points, and the listeners it asks for"
    )
    power.add_argument("--kind", choices=("mushra", "mos", "preference", "abx"), default="mushra")
    power.add_argument(
        "--from",
        dest="earlier",
        type=Path,
        metavar="TEST",
        help="folder of an earlier test whose variances to take (mushra, mos)",
    )
    power.add_argument(
        "--components",
        nargs=3,
        type=float,
        metavar=("TASTE", "ITEMS", "REST"),
        help="standard deviations in points of a rating: listener x system, item x system, rest",
    )


def run(args: argparse.Namespace) -> int:
    return _power(args) if args.verb == "power" else _analyse(args)


def _analyse(args: argparse.Namespace) -> int:
    import time

    from tts import command_line
    from tts.errors import UserError
    from tts.mushra.analyse import analyse
    from tts.mushra.choices import analyse_choices
    from tts.mushra.ratings import read_results
    from tts.mushra.screening import Rules
    from tts.mushra.write import write_analysis

    started = time.monotonic()
    results = read_results(args.test, args.results)
    rules = Rules(
        args.reference_rule, args.mid_anchor_rule, args.low_anchor_rule, True, args.attention_rule, args.keep_unfinished
    )
    if results.test.kind in ("mushra", "mos"):
        found = analyse(results, rules, args.baseline, args.unit, args.seed)
    elif args.baseline or args.unit != "listener":
        raise UserError(
            f"test {results.test.name!r} is a {results.test.kind} test: --baseline and --unit belong to scores; leave them out"
        )
    else:
        found = analyse_choices(results, rules, args.seed)
    report = write_analysis(found, results, args.output or args.test / "analysis", command_line.typed())
    print(report.read_text(encoding="utf-8"))
    print(
        f"analysed {len(results.ratings)} answers of {found.listeners} listeners to {found.items} items; left out "
        f"{len(found.screening.excluded)} listeners; {report.parent}; {time.monotonic() - started:.0f} s"
    )
    return 0


def _power(args: argparse.Namespace) -> int:
    from tts.errors import UserError
    from tts.mushra.power import detectable_share, listeners_needed, power, sentence
    from tts.mushra.significance import Components

    if args.kind in ("preference", "abx"):
        if args.earlier or args.components or args.difference is not None:
            raise UserError(f"--from, --components and --difference belong to scores, not to {args.kind}; leave them out")
        answers = args.listeners * args.items
        share = detectable_share(answers, two_sided=args.kind == "preference")
        print(
            f"With {args.listeners} listeners and {args.items} items, {answers} answers a pair, you will see a share of"
            f" {100 * share:.1f} % against 50 % (80 % power, level 0.05, one pair, answers independent; where tastes differ it"
            " takes more)."
        )
        return 0
    if args.earlier and args.components:
        raise UserError("--from and --components both give variances; name one of them")
    components = _earlier(args.earlier, args.kind) if args.earlier else Components(*args.components) if args.components else None
    size = args.listeners, args.items, args.systems
    for unit in ("listener", "crossed"):
        print(sentence(*size, components, unit, args.kind))
    if args.difference is not None:
        chance = power(args.difference, *size, components, kind=args.kind)
        needed = listeners_needed(args.difference, *size[1:], components, kind=args.kind)
        print(
            f"A difference of {args.difference:g} points shows with {100 * chance:.0f} % power; 80 % asks for "
            + (f"{needed} listeners." if needed else "more than 2000 listeners.")
        )
    return 0


def _earlier(folder: Path, kind: str):
    from tts.errors import UserError
    from tts.mushra.analyse import analyse
    from tts.mushra.ratings import read_results

    results = read_results(folder)
    if results.test.kind != kind:
        raise UserError(
            f"{folder}: a {results.test.kind} test; the variances of a {kind} test are wanted; name one, or give --kind"
        )
    components = analyse(results).components
    if components is None:
        raise UserError(
            f"{folder}: variances need 2 listeners, 2 items and 2 systems besides reference and anchors; name a larger test"
        )
    print(
        f"Standard deviations of a rating in {folder}: taste {components.listener_system:.2f}, items"
        f" {components.item_system:.2f}, rest {components.residual:.2f} points."
    )
    return components
