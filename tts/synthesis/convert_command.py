"""`tts convert`: a recording in another voice with its timing and melody: by a flow frame by frame, whatever the flow is not told kept too, or by the
studio, with the prosody of its words and its style."""

from __future__ import annotations

import argparse
from pathlib import Path

from tts.prosody.command import add_model_arguments, add_text_arguments


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recording", type=Path, help="the source: one utterance")
    add_text_arguments(parser, required=False)
    parser.add_argument("--asr", type=Path, help="without a text: folder of a recogniser that transformers loads; default for English: pocketsphinx")
    parser.add_argument("--voice", required=True, help="NAME or MODEL/NAME: a speaker of the model, or a made voice")
    parser.add_argument("--vocoder", help="griffin-lim, or the folder of a trained vocoder; default: an installed one that fits, else griffin-lim")
    add_model_arguments(parser)
    parser.add_argument("-o", "--output", required=True, type=Path, help="the .wav or .flac")


def run(args: argparse.Namespace) -> int:
    import sys
    import time

    from tts.prosody.checks import check_recording
    from tts.prosody.command import check_output, read_text
    from tts.synthesis.synthesizer import Synthesizer

    check_output(args.output)
    check_recording(args.recording)
    text = read_text(args) if args.text or args.text_file else _hear(args)
    synthesizer = Synthesizer.load(args.model, args.voice, args.vocoder, args.device, args.dictionary)
    started = time.monotonic()
    speech = synthesizer.convert(args.recording, text, language=args.language, speaker=args.speaker, trust_text=args.trust_text)
    speech.save(args.output)
    for warning in speech.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    spent = time.monotonic() - started
    print(f"{args.output}: {args.recording} as {speech.voice} ({speech.language}), {speech.seconds:.2f} s of speech in {spent:.2f} s")
    return 0


def _hear(args: argparse.Namespace) -> str:
    """What a recogniser takes the recording to say."""
    import sys

    from tts.errors import UserError
    from tts.evaluation.intelligibility import SPHINX_RATE, TransformersJudge, WordJudge
    from tts.features.audio import load_audio

    if args.asr is None and not WordJudge.available():
        raise UserError("no text is given and no recogniser is there to hear it; expected --text, --text-file or --asr FOLDER (or pip install pocketsphinx for "
                        "English)")
    judge = WordJudge() if args.asr is None else TransformersJudge(args.asr)
    text = judge.hear(load_audio(args.recording, SPHINX_RATE), SPHINX_RATE).strip()
    if not text:
        raise UserError(f"{args.recording}: nothing was understood; say what it says with --text")
    print(f"heard: {text}", file=sys.stderr)
    return text
