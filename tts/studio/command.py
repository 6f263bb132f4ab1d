"""`tts studio`: a page in the browser on which a sentence's prosody is shaped word by word, and heard."""

from __future__ import annotations

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", help="folder of a trained copycat2, or name of an installed one")
    parser.add_argument("--voice", help="who speaks first: NAME or MODEL/NAME; the page has a menu of all")
    parser.add_argument("--vocoder", help="griffin-lim, or the folder of a trained vocoder; default: an installed one that fits, else griffin-lim")
    parser.add_argument("--manifest", type=Path, help="recordings to choose from on the page: an aligned manifest, or one with units")
    parser.add_argument("--split", help="only this split of it")
    parser.add_argument("--audio-root", type=Path, default=Path("data/corpus"), help="what its audio is relative to")
    parser.add_argument("--limit", type=int, default=100, help="at most so many of them, every speaker in turn")
    parser.add_argument("--dictionary", type=Path, help="pronunciations that override the built-in ones")
    parser.add_argument("--device", help="cpu, cuda, cuda:1; default: a GPU if there is one")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; anything else lets others speak with your voices")
    parser.add_argument("--port", type=int, default=8001, help="0 takes a free one")


def run(args: argparse.Namespace) -> int:
    import time

    from tts.errors import UserError

    try:
        import jinja2  # noqa: F401
        import uvicorn  # noqa: F401

        from tts.studio.server import make_app
    except ModuleNotFoundError as error:
        raise UserError(f"the studio needs {error.name}: pip install -e '.[studio]' -c tools/constraints.txt") from None
    from tts.studio.studio import Studio
    from tts.synthesis.synthesizer import Synthesizer
    from tts.synthesis.transfers import choose_utterances
    from tts.web.server import serve

    started = time.monotonic()
    synthesizer = Synthesizer.load(args.model, args.voice, args.vocoder, args.device, args.dictionary)
    recordings = choose_utterances(args.manifest, args.split, args.limit) if args.manifest else ()
    studio = Studio(synthesizer, recordings, args.audio_root)
    synthesizer.warm_up(synthesizer.default_voice)
    model = synthesizer.loaded.folder
    serve(make_app(studio, args.host), args.host, args.port, lambda address: f"{address} shapes what {model} says (Ctrl-C ends)")
    print(f"{model}: {', '.join(f'{count} {what}' for what, count in studio.done.items()) or 'nothing asked'}; {time.monotonic() - started:.0f} s")
    return 0
