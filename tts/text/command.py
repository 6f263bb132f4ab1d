"""`tts text`: lines from standard input to JSON lines (words, phones, trace), or a manifest to the same manifest with units and
an inventory.

    echo "Dr. Smith paid $5." | tts text --language en-us
    tts text --manifest data/corpus/manifest.jsonl --output data/text/manifest.jsonl --inventory data/text/phones.json"""

from __future__ import annotations

import argparse
import sys


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--language", help="language of the lines on standard input, such as en-us, de, pl")
    parser.add_argument("--dictionary", metavar="TSV", help="words whose phones override espeak-ng: "
                        "word<TAB>phones[<TAB>language]")
    parser.add_argument("--manifest", metavar="IN", help="process this manifest, each utterance in its own language, in place "
                        "of standard input")
    parser.add_argument("--output", metavar="OUT", help="where the manifest with units goes")
    parser.add_argument("--inventory", metavar="JSON", help="where the phone inventory goes")
    parser.add_argument("--max-dropped", type=float, default=0.02, help="share of utterances that may be dropped before the "
                        "stage fails")


def run(args: argparse.Namespace) -> int:
    from tts.errors import UserError

    if args.manifest:
        if not (args.output and args.inventory):
            raise UserError("tts text --manifest: found no --output or no --inventory; expected both, the files to write")
        return _manifest(args)
    if not args.language:
        raise UserError("tts text: found no --language; expected a code such as en-us for lines, or --manifest for a corpus")
    return _lines(args)


def _manifest(args: argparse.Namespace) -> int:
    from tts.text.stage import process_manifest

    facts = process_manifest(args.manifest, args.output, args.inventory, args.dictionary)
    for reason in facts.dropped:
        print(f"dropped {reason}", file=sys.stderr)
    print(f"text: {facts}")
    total = facts.utterances + len(facts.dropped)
    if total and len(facts.dropped) / total <= args.max_dropped and facts.utterances:
        return 0
    print(f"tts text: {len(facts.dropped)} of {total} utterances dropped; expected at most {args.max_dropped:.0%} and some "
          f"left; mend the texts named above, "
          "or raise --max-dropped", file=sys.stderr)
    return 1


def _lines(args: argparse.Namespace) -> int:
    import json
    import time

    from tts.errors import UserError
    from tts.text.frontend import TextFrontend

    frontend, begin, lines, words, failed = TextFrontend(args.language, args.dictionary), time.perf_counter(), 0, 0, 0
    for number, raw in enumerate(sys.stdin.buffer, start=1):
        lines += 1
        try:
            text = raw.decode("utf-8-sig").rstrip("\r\n")
            processed = frontend.process(text)
        except (UserError, UnicodeDecodeError) as error:
            failed += 1
            message = f"line {number}: {error}"
            if isinstance(error, UnicodeDecodeError):
                message = f"line {number}: not UTF-8 ({error}); save the text as UTF-8"
            print(f"tts text: {message}", file=sys.stderr)
            row = {"line": number, "error": message}
        else:
            words += len(processed.words)
            row = {"line": number, "text": text, "language": frontend.language.code,
                   "trace": [rewrite.to_dict() for rewrite in processed.trace],
                   "units": [{"text": unit.text, "span": unit.span, "pause": unit.is_pause, "phones": [[phone.symbol,
                       phone.stress] for phone in unit.phones]}
                             for unit in processed.units], "warnings": processed.warnings}
        sys.stdout.buffer.write(json.dumps(row, ensure_ascii=False).encode("utf-8") + b"\n")
        sys.stdout.buffer.flush()
    print(f"text: {lines} lines, {words} words; {failed} failed; {time.perf_counter() - begin:.1f} s", file=sys.stderr)
    return 1 if failed else 0
