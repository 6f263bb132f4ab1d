"""`tts say`: speak a text, a file of lines (one wav a line), or a manifest."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tts.synthesis.synthesizer import Request, Synthesizer


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="?", help="what to say; - reads lines from standard input")
    parser.add_argument(
        "-o", "--output", type=Path, help="the .wav or .flac; a folder with --file, --manifest or -; not with --stream"
    )
    parser.add_argument("--voice", help="NAME or MODEL/NAME; default: the model's first voice of that language (a released model's: of "
                        "English, if no language is asked for)")
    parser.add_argument(
        "--language", help="en-us, en-gb, es, de, nl, fr or any code that espeak-ng knows; default: the voice's own"
    )
    parser.add_argument("--speed", type=float, default=1.0, help="larger is faster")
    parser.add_argument("--temperature", type=float, help="variety from seed to seed. copycat2, studio: of the prosody, 0 if not given, "
                        "0.6 varies; flowtts: of the whole sound, 0.4 if the model's configuration says nothing else")
    parser.add_argument("--prosody", type=Path, help="copycat2, studio: a prosody file to follow (tts prosody extract)")
    parser.add_argument("--f0", type=Path, metavar="NPY", help="a contour to follow in place of the predicted one: F0 in Hz, 0 where unvoiced, a number a "
                        "frame (tts f0 predict); laid evenly over the sentence, as high as it is")
    parser.add_argument("--style", help="lcpvae, studio: a style, or a blend such as excited=0.6,newscaster=0.4; default: neutral (studio: none in "
                        "particular), or the manifest's")
    parser.add_argument("--style-strength", type=float, default=1.0, help="larger is stronger: 0 is neutral, 1 as recorded")
    parser.add_argument("--style-source", help="whose recordings say what a style is: all (default), a language, or prior, what the model expects")
    parser.add_argument("--map", help="with --prosody: which words take whose; auto, order, alignment, or 1:1,2:3")
    parser.add_argument("--seed", type=int, default=0, help="the same seed says it the same way")
    parser.add_argument("--model", help="folder of a trained model, or name of an installed or released one; default: the one that "
                        "is installed, else the released one that knows the language")
    parser.add_argument("--file", type=Path, help="speak every line; a line may be ID<TAB>TEXT")
    parser.add_argument("--manifest", type=Path, help="speak every utterance in its own voice and language")
    parser.add_argument("--foreign", type=int, metavar="N", help="lcpvae, studio, with --manifest: N of its texts in every style, in voices that never spoke their "
                        "language")
    parser.add_argument("--split", help="with --manifest: only this split")
    parser.add_argument("--dictionary", type=Path, help="pronunciations that override the built-in ones")
    parser.add_argument("--vocoder", help="griffin-lim, or the folder of a trained vocoder; default: an installed one that fits, else griffin-lim")
    parser.add_argument("--stream", action="store_true", help="write samples to standard output as they are made: 16-bit little-endian PCM, one "
                        "channel, at the model's rate, which is said on standard error")
    parser.add_argument("--device", help="cpu, cuda, cuda:1; default: a GPU if there is one")


def run(args: argparse.Namespace) -> int:
    import sys
    import time

    from tts.errors import UserError
    from tts.prosody.prosody import Prosody
    from tts.synthesis.contour import read_contour
    from tts.synthesis.foreign import foreign_requests
    from tts.synthesis.many import lines_to_requests, manifest_to_requests, speak_all
    from tts.synthesis.synthesizer import Request, Synthesizer

    if sum(given is not None for given in (args.text, args.file, args.manifest)) != 1:
        raise UserError("say what: either a text, or --file, or --manifest")
    if args.foreign is not None and not args.manifest:
        raise UserError("--foreign takes texts of a manifest; give --manifest as well")
    if args.split and not args.manifest:
        raise UserError("--split chooses utterances of a manifest; give --manifest as well")
    single = args.text is not None and args.text != "-"
    if args.f0 and not single:
        raise UserError("--f0 is the contour of one sentence; give its text, not --file, --manifest or -")
    if args.stream != (args.output is None) or args.stream and not single:
        raise UserError("say where to: --output, or --stream (of one text, to standard output)")
    if single and not args.stream and args.output.suffix.lower() not in (".wav", ".flac"):
        raise UserError(f"--output {args.output}: expected a file that ends in .wav or .flac")
    synthesizer = Synthesizer.load(args.model, None if args.manifest else args.voice, args.vocoder, args.device, args.dictionary, args.language)
    voice = synthesizer.default_voice or args.voice
    prosody = Prosody.load(args.prosody) if args.prosody else None
    f0_hz = read_contour(args.f0) if args.f0 else None
    like = Request(args.text or "", voice, args.language, args.speed, args.seed, None, prosody, args.map, args.temperature, args.style, args.style_strength,
                   args.style_source, f0_hz)
    if args.stream:
        return _stream(synthesizer, like)
    if single:
        started = time.monotonic()
        speech = synthesizer.say(**vars(like))
        speech.save(args.output)
        for warning in speech.warnings:
            print(f"warning: {warning}", file=sys.stderr)
        for line in speech.prosody_report:
            print(line)
        spent = time.monotonic() - started
        print(
            f"{args.output}: {speech.voice} ({speech.language}), {speech.seconds:.2f} s of speech in {spent:.2f} s "
            f"({speech.seconds / spent:.0f} x real time); words asked {speech.words_asked}, spoken {speech.words_spoken}"
        )
        return 0
    if args.manifest:
        requests = manifest_to_requests(args.manifest, args.split, like, bool(synthesizer.styles))
        if args.foreign is not None:
            requests = foreign_requests(synthesizer, args.manifest, args.split, args.foreign, like)
        facts = speak_all(synthesizer, requests, args.output)
    else:
        facts = speak_all(synthesizer, list(lines_to_requests(_lines(args.file), like)), args.output)
    for warning, count in facts.warnings.items():
        print(f"warning ({count} x): {warning}", file=sys.stderr)
    for name, why in facts.failures.items():
        print(f"failed: {name}: {why}", file=sys.stderr)
    print(f"{args.output}: {facts}")
    return 1 if facts.failures else 0


def _stream(synthesizer: Synthesizer, request: Request) -> int:
    import sys
    import time

    from tts.features.audio import to_pcm

    rate, samples, first = synthesizer.loaded.features.sample_rate, 0, None
    synthesizer.warm_up(request.voice, request.language)
    started = time.monotonic()
    print(f"{rate} Hz, one channel, signed 16 bits, little-endian", file=sys.stderr)
    for piece in synthesizer.stream(**vars(request)):
        sys.stdout.buffer.write(to_pcm(piece).astype("<i2").tobytes())
        sys.stdout.buffer.flush()
        samples, first = samples + len(piece), first or time.monotonic() - started
    spent = time.monotonic() - started
    print(f"{samples / rate:.2f} s of speech in {spent:.2f} s, the first of it {1000 * (first or spent):.0f} ms after loading", file=sys.stderr)
    return 0


def _lines(path: Path | None) -> list[str]:
    import sys

    from tts.errors import UserError

    try:
        return path.read_text(encoding="utf-8-sig").splitlines() if path else list(sys.stdin)
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read ({error}); expected a text file in UTF-8, a text a line") from None
