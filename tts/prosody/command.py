"""`tts prosody`: read the prosody of a recording into a file, or predict it from a text, look at it, change it, and speak with it."""

from __future__ import annotations

import argparse
from pathlib import Path

WORDS = "3, 2-4, a word, all, longest, p1 (the first pause), pauses; several with commas"
MAP = "auto, same, order, alignment, or pairs as 1:1,2:3 (word of the new text : word of the source)"


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)

    extract = verbs.add_parser("extract", help="recording and its text → prosody file")
    extract.add_argument("recording", type=Path)
    add_text_arguments(extract)
    add_model_arguments(extract)
    _output(extract, "the prosody file (.json)")

    predict = verbs.add_parser("predict", help="text → the prosody file that a voice would follow, to be edited")
    predict.add_argument("text")
    predict.add_argument("--language", help="of the text; default: the voice's own")
    predict.add_argument("--temperature", type=float, default=0.0, help="0 is the mean, 0.6 varies with the seed")
    add_voice_arguments(predict)
    add_model_arguments(predict)
    _output(predict, "the prosody file (.json)")

    show = _verb(verbs, "show", "the file as a table, and as a picture")
    show.add_argument("--plot", type=Path, help="draw it: .png, .svg or .pdf")

    edit = _verb(verbs, "edit", "ask for a change of some words")
    edit.add_argument("--words", required=True, help=WORDS)
    edit.add_argument("--semitones", type=float, default=0.0, help="added to F0; larger is higher")
    edit.add_argument("--stretch", type=float, default=1.0, help="factor of the duration; larger is slower")
    edit.add_argument("--gain-db", type=float, default=0.0, help="added to the level; larger is louder")
    edit.add_argument("--f0-range", type=float, default=1.0, help="factor of the melody's range; larger is livelier")
    edit.add_argument("--slope", type=float, default=0.0, help="semitones per second added; positive rises")
    _output(edit)

    mask = _verb(verbs, "mask", "leave some words to the text")
    mask.add_argument("--words", required=True, help=WORDS)
    _output(mask)

    scale = _verb(verbs, "scale", "flatten or exaggerate the whole")
    scale.add_argument("factor", type=float, help="0 is flat, 1 changes nothing, 1.5 exaggerates")
    _output(scale)

    copy = _verb(verbs, "copy", "take words from another prosody file")
    copy.add_argument("other", type=Path)
    copy.add_argument("--words", default="all", help=WORDS)
    copy.add_argument("--map", default="auto", help=MAP)
    _output(copy)

    blend = _verb(verbs, "blend", "between two prosody files, for the text of the first")
    blend.add_argument("other", type=Path)
    blend.add_argument("weight", type=float, help="0 is all of the first, 1 all of the other")
    blend.add_argument("--map", default="auto", help=MAP)
    _output(blend)

    apply = _verb(verbs, "apply", "speak with it")
    add_voice_arguments(apply)
    add_model_arguments(apply)
    apply.add_argument("--text", help="another text than the file's")
    apply.add_argument("--language", help="of that text; default: the file's")
    apply.add_argument("--map", help=f"{MAP}; default: auto with another text, else same")
    _output(apply, "the .wav or .flac")


def add_text_arguments(parser: argparse.ArgumentParser, required: bool = True) -> None:
    """What a recording says, and who says it."""
    text = parser.add_mutually_exclusive_group(required=required)
    text.add_argument("--text", help="what the recording says")
    text.add_argument("--text-file", type=Path, help="a file that holds it, in UTF-8")
    parser.add_argument("--language", help="of the text: en-us, de, …; default: the speaker's own, else the model's first")
    parser.add_argument("--trust-text", action="store_true", help="read it even if it does not seem to be what the recording says")
    parser.add_argument("--speaker", help="the model's name of who speaks; leave it out for somebody it never heard")


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", help="folder of a trained model, or name of an installed one")
    parser.add_argument("--dictionary", type=Path, help="pronunciations that override the built-in ones")
    parser.add_argument("--device", help="cpu, cuda, cuda:1; default: a GPU if there is one")


def add_voice_arguments(parser: argparse.ArgumentParser, required: bool = True) -> None:
    parser.add_argument("--voice", required=required, help="who is to speak: NAME or MODEL/NAME")
    parser.add_argument("--style", help="studio: a style, or a blend such as excited=0.6,newscaster=0.4; default: none in particular")
    parser.add_argument("--seed", type=int, default=0, help="the same seed says it the same way")
    parser.add_argument("--vocoder", help="name of the vocoder")


def run(args: argparse.Namespace) -> int:
    return {"extract": _extract, "predict": _predict, "show": _show, "apply": _apply}.get(args.verb, _change)(args)


def read_text(args: argparse.Namespace) -> str:
    """The text of --text or --text-file."""
    from tts.errors import UserError

    if args.text is not None:
        return args.text
    try:
        return args.text_file.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{args.text_file}: cannot be read ({error}); expected a text file in UTF-8") from None


def check_output(path: Path) -> None:
    """Refuse early what could not be written in the end."""
    from tts.errors import UserError

    if path.suffix.lower() not in (".wav", ".flac"):
        raise UserError(f"--output {path}: expected a file that ends in .wav or .flac")


def save_speech(speech, path: Path, spent: float) -> None:
    """Write the sound; say what was mapped, asked against measured, and a line of facts."""
    import sys

    speech.save(path)
    for warning in speech.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    for line in speech.prosody_report:
        print(line)
    if speech.prosody_table is not None:
        print(speech.prosody_table)
    print(f"{path}: {speech.voice} ({speech.language}), {speech.seconds:.2f} s of speech in {spent:.2f} s; "
          f"words asked {speech.words_asked}, spoken {speech.words_spoken}")


def _extract(args: argparse.Namespace) -> int:
    import time

    from tts.prosody.checks import check_recording
    from tts.prosody.show import summary
    from tts.synthesis.synthesizer import Synthesizer

    text, seconds = read_text(args), check_recording(args.recording)
    synthesizer = Synthesizer.load(args.model, device=args.device, dictionary=args.dictionary)
    started = time.monotonic()
    prosody = synthesizer.extract(args.recording, text=text, language=args.language, speaker=args.speaker, trust_text=args.trust_text)
    prosody.save(args.output)
    spent = time.monotonic() - started
    print(f"{args.output}: {summary(prosody)}; {seconds:.2f} s read in {spent:.2f} s ({seconds / spent:.0f} x real time)")
    return 0


def _predict(args: argparse.Namespace) -> int:
    from tts.prosody.show import summary
    from tts.synthesis.synthesizer import Synthesizer

    synthesizer = Synthesizer.load(args.model, args.voice, args.vocoder, args.device, args.dictionary)
    prosody = synthesizer.predict(args.text, synthesizer.default_voice or args.voice, args.language, args.seed, args.temperature,
                                  args.style)
    prosody.save(args.output)
    print(f"{args.output}: {summary(prosody)}")
    return 0


def _show(args: argparse.Namespace) -> int:
    from tts.prosody.prosody import Prosody
    from tts.prosody.show import plot, summary, table

    prosody = Prosody.load(args.file)
    print(f"{prosody.text}\n{table(prosody)}")
    if args.plot:
        plot(prosody, args.plot)
    print(f"{args.file}: {summary(prosody)}" + (f"; drawn in {args.plot}" if args.plot else ""))
    return 0


def _change(args: argparse.Namespace) -> int:
    """The verbs that make a prosody file from one or two."""
    from tts.prosody import edit
    from tts.prosody.prosody import Prosody
    from tts.prosody.show import summary

    before = Prosody.load(args.file)
    if args.verb == "edit":
        after = edit.shift(before, args.words, args.semitones, args.stretch, args.gain_db, args.f0_range, args.slope)
    elif args.verb == "mask":
        after = edit.mask(before, args.words)
    elif args.verb == "scale":
        after = edit.scale(before, args.factor)
    elif args.verb == "copy":
        after = edit.copy(before, Prosody.load(args.other), args.words, args.map)
    else:
        after = edit.blend(before, Prosody.load(args.other), args.weight, args.map)
    after.save(args.output)
    changed = sum(a != b for a, b in zip(before.words, after.words))
    print(f"{args.output}: {args.verb}: {changed} of {len(after.words)} words and pauses changed; {summary(after)}")
    return 0


def _apply(args: argparse.Namespace) -> int:
    import time

    from tts.prosody.prosody import Prosody
    from tts.synthesis.synthesizer import Synthesizer

    check_output(args.output)
    prosody = Prosody.load(args.file)
    synthesizer = Synthesizer.load(args.model, args.voice, args.vocoder, args.device, args.dictionary)
    started = time.monotonic()
    speech = synthesizer.say(prosody.text if args.text is None else args.text, voice=synthesizer.default_voice or args.voice,
                             language=args.language or prosody.language, seed=args.seed, prosody=prosody,
                             mapping=args.map or ("same" if args.text is None else "auto"), style=args.style)
    save_speech(speech, args.output, time.monotonic() - started)
    return 0


def _verb(verbs, name: str, what: str) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=what)
    parser.add_argument("file", type=Path, help="prosody file")
    return parser


def _output(parser: argparse.ArgumentParser, what: str = "the new prosody file") -> None:
    parser.add_argument("-o", "--output", required=True, type=Path, help=what)
