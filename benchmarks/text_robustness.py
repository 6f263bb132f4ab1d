"""Words in = words out at full size, and the speed of the text front-end. For each language: the real transcripts where they are
present plus generated odd sentences (2,000 together at the least), then 10,000 random Unicode strings; prints one table.

    python -m benchmarks.text_robustness [--sentences 2000] [--strings 10000]"""

from __future__ import annotations

import argparse
import csv
import time
from collections import Counter
from pathlib import Path

from tests.helpers.odd_text import odd_sentences, random_strings
from tts.errors import UserError
from tts.paths import real_speech
from tts.text.frontend import TextFrontend
from tts.text.languages import canonical
from tts.text.normalize import Normalizer
from tts.text.tokens import Word

LANGUAGES = ("en-us", "en-gb", "es", "de", "nl", "fr")


def transcripts() -> dict[str, list[str]]:
    """language -> distinct transcripts of the real speech; empty without it."""
    found: dict[str, dict[str, None]] = {}
    for path in sorted((real_speech() or Path("/nonexistent")).glob("*/*/manifest.tsv")):
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                found.setdefault(canonical(row["language"]), {})[row["transcript"]] = None
    return {language: list(texts) for language, texts in found.items()}


def measure(language: str, sentences: list[str]) -> Counter:
    """Counts over sentences of one language; `wrong` are sentences whose words out are not their words in. The CPU clock runs
    over `process` alone."""
    frontend, normalizer, counts = TextFrontend(language), Normalizer(language), Counter()
    frontend.process("1")  # the library and num2words are loaded
    for text in sentences:
        begin = time.process_time()  # others may use the machine
        try:
            processed = frontend.process(text)
        except UserError:
            counts["refused"] += 1
            continue
        counts["microseconds"] += round(1e6 * (time.process_time() - begin))
        silent = {rewrite.span for rewrite in processed.trace if rewrite.rule == "no sound"}
        words = [(token.text, token.span) for token in normalizer.normalize(text).tokens if isinstance(token, Word)]
        expected = [word for word in words if word[1] not in silent]
        heard = [(unit.text, unit.span) for unit in processed.words if unit.phones]
        counts.update({"words in": len(words), "out": len(heard), "no sound": len(words) - len(expected),
                       "wrong": expected != heard, "fall-backs": processed.fall_backs, "rewrites": len(processed.trace)})
    return counts


def speed(counts: Counter) -> str:
    return f"{1e6 * counts['out'] / counts['microseconds']:.0f}" if counts["out"] else "-"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=int, default=2000, help="at least so many a language; odd ones are at least half")
    parser.add_argument("--strings", type=int, default=10_000)
    args = parser.parse_args()
    real, columns = transcripts(), ("words in", "out", "no sound", "wrong", "refused", "fall-backs", "rewrites")
    print("language   real    odd" + "".join(f"{column:>11}" for column in columns) + "  words per CPU second: real     odd")
    for language in LANGUAGES:
        texts = real.get(language, [])
        odd = odd_sentences(language, max(args.sentences // 2, args.sentences - len(texts)))
        plain, strange = measure(language, texts), measure(language, odd)
        counts = plain + strange
        print(f"{language:8}{len(texts):7}{len(odd):7}" + "".join(f"{counts[column]:11}" for column in columns)
              + f"{speed(plain):>29}{speed(strange):>8}")
    outcomes, frontends, begin = Counter(), [TextFrontend(language) for language in LANGUAGES], time.perf_counter()
    for index, text in enumerate(random_strings(args.strings)):
        try:
            processed = frontends[index % len(LANGUAGES)].process(text)
            outcomes["phones"] += 1
            outcomes["with a stated replacement"] += bool(processed.trace)
        except UserError:
            outcomes["clear error"] += 1
        except Exception as error:  # what is counted here must be none
            outcomes["crash"] += 1
            print(f"crash on {text!r}: {error!r}")
    print(f"{args.strings} random strings: {outcomes['phones']} phones ({outcomes['with a stated replacement']} with a stated "
          f"replacement), {outcomes['clear error']} clear errors, {outcomes['crash']} crashes; {time.perf_counter() - begin:.1f} s")


if __name__ == "__main__":
    main()
