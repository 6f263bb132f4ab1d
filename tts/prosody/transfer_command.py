"""`tts transfer`: say what a recording says, the way it says it, in another voice: `tts prosody extract` and `apply` in one. With
a manifest: every utterance of it."""

from __future__ import annotations

import argparse
from pathlib import Path

from tts.prosody.command import add_model_arguments, add_text_arguments, add_voice_arguments


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recording", nargs="?", type=Path, help="the source: one utterance")
    add_text_arguments(parser, required=False)
    add_voice_arguments(parser, required=False)
    add_model_arguments(parser)
    parser.add_argument("--edit", action="append", default=[], help="change words on the way: 'longest: semitones=4 stretch=1.4'; "
                        "words and names as in tts prosody edit; may be given several times")
    parser.add_argument("--save-prosody", type=Path, metavar="PATH", help="keep what is spoken as a prosody file; with --manifest a "
                        "folder of them")
    parser.add_argument("-o", "--output", required=True, type=Path, help="the .wav or .flac; a folder with --manifest")
    many = parser.add_argument_group("many recordings at once")
    many.add_argument("--manifest", type=Path, help="every utterance, best of an aligned manifest; to OUTPUT/ID--VOICE.wav")
    many.add_argument("--split", help="only this split of it")
    many.add_argument("--audio-root", type=Path, default=Path("data/corpus"), help="what its audio is relative to")
    many.add_argument("--limit", type=int, help="at most so many utterances, every speaker in turn; default: all")
    many.add_argument("--voices", choices=("next", "all", "own"), default="next", help="without --voice: the next other voice of the "
                      "utterance's language by name, all others of it, or its own")


def run(args: argparse.Namespace) -> int:
    from tts.errors import UserError
    from tts.prosody.shorthand import parse_edit

    edits = [parse_edit(text) for text in args.edit]
    given = {"a recording": args.recording, "--text": args.text, "--text-file": args.text_file, "--speaker": args.speaker}
    if args.manifest is None:
        needed = {"a recording": args.recording, "--text or --text-file": args.text or args.text_file, "--voice": args.voice}
        missing = [what for what, there in needed.items() if not there]
        if missing:
            raise UserError(f"{' and '.join(missing)} missing; expected a recording, its text and a voice, or --manifest")
        return _one(args, edits)
    superfluous = [what for what, there in given.items() if there is not None]
    if superfluous:
        raise UserError(f"{superfluous[0]} does not go with --manifest, whose utterances have their own; leave one of them out")
    return _many(args, edits)


def _one(args: argparse.Namespace, edits: list) -> int:
    import time

    from tts.prosody.checks import check_recording
    from tts.prosody.command import check_output, read_text, save_speech
    from tts.synthesis.synthesizer import Synthesizer

    check_output(args.output)
    text = read_text(args)
    check_recording(args.recording)
    synthesizer = Synthesizer.load(args.model, args.voice, args.vocoder, args.device, args.dictionary)
    started = time.monotonic()
    prosody = synthesizer.extract(args.recording, text=text, language=args.language, speaker=args.speaker, trust_text=args.trust_text)
    for edit in edits:
        prosody = edit.apply(prosody)
    if args.save_prosody:
        prosody.save(args.save_prosody)
    voice = synthesizer.default_voice or args.voice
    speech = synthesizer.say(text, voice=voice, language=prosody.language, seed=args.seed, prosody=prosody, style=args.style)
    save_speech(speech, args.output, time.monotonic() - started)
    return 0


def _many(args: argparse.Namespace, edits: list) -> int:
    import sys

    from tts.synthesis.synthesizer import Synthesizer
    from tts.synthesis.transfers import choose_utterances, transfer_all

    synthesizer = Synthesizer.load(args.model, args.voice, args.vocoder, args.device, args.dictionary)
    utterances = choose_utterances(args.manifest, args.split, args.limit)
    voices = [synthesizer.default_voice or args.voice] if args.voice else args.voices
    facts = transfer_all(synthesizer, utterances, args.audio_root, args.output, voices, edits, args.seed, args.save_prosody, args.style)
    for warning, count in facts.warnings.items():
        print(f"warning ({count} x): {warning}", file=sys.stderr)
    for name, why in facts.failures.items():
        print(f"failed: {name}: {why}", file=sys.stderr)
    print(f"{args.output}: {facts}")
    return 1 if facts.failures else 0
