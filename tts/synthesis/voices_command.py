"""`tts voices`: list, show, hear, add and remove models; make, list, show and remove voices that nobody has."""

from __future__ import annotations

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="installed and released models, their voices and languages; made voices")
    show = verbs.add_parser("show", help="all that is known of a model, by name or folder, or the passport of a made voice")
    show.add_argument("name")
    samples = verbs.add_parser("samples", help="hear what comes with the package: a sentence in every language of the released voices")
    samples.add_argument("-o", "--output", required=True, type=Path, help="folder for the wavs")
    add = verbs.add_parser("add", help="install a trained model, or a vocoder")
    add.add_argument("folder", type=Path, help="what `tts train` wrote: exp/NAME of a recipe")
    add.add_argument("--name", help="of a model; the vocoder needs none")
    remove = verbs.add_parser("remove", help="remove an installed model, or a made voice")
    remove.add_argument("name")
    new = verbs.add_parser("new", help="draw a voice that nobody has")
    new.add_argument("--accent", required=True, help="one of the model's languages, such as en-gb")
    new.add_argument("--seed", type=int, default=0, help="another one draws another voice")
    new.add_argument("--density", choices=("per-dimension", "joint", "flow"), default="joint",
                     help="what the voice is drawn from")
    blend = verbs.add_parser("blend", help="a voice between two, speakers of the model or made ones")
    blend.add_argument("a")
    blend.add_argument("b")
    blend.add_argument("share", type=float, help="0 is all of the first, 1 all of the second")
    read = verbs.add_parser("read", help="the voice of somebody in recordings, a few seconds at least; nothing is trained")
    read.add_argument("recordings", nargs="+", type=Path)
    read.add_argument("--accent", required=True, help="one of the model's languages, such as en-gb")
    for verb in (new, blend, read):
        verb.add_argument("--name", required=True, help="what the voice shall be called")
        verb.add_argument("--model", help="folder of a trained model that knows speakers by vectors, or name of an installed one")


def run(args: argparse.Namespace) -> int:
    if args.verb in ("new", "blend", "read"):
        return _make(args)
    import json

    from tts.errors import UserError
    from tts.paths import voices_home
    from tts.synthesis import made_voices, voices
    from tts.vocoder.folder import is_vocoder

    if args.verb == "list":
        models, released, made = voices.installed_models(), voices.released_models(), made_voices.made_voices()
        for model, where in [(model, "") for model in models] + [(model, ", comes with the package") for model in released]:
            print(f"{model.name}{where}: {_facts(model)}")
        for voice in made:
            print(f"{voice.name}: {_origin(voice)}")
        hint = "" if models or released else "; `make demo` trains one, `tts voices add FOLDER --name NAME` installs it"
        with_package = f"{len(released)} with the package, " if released else ""
        print(f"{len(models)} models installed in {voices_home()}, {with_package}{len(made)} made voices{hint}")
    elif args.verb == "samples":
        _speak_samples(args.output)
    elif args.verb == "show" and (voice := made_voices.find_made(args.name)) is not None:
        print("\n".join([f"{voice.name}: {_origin(voice)}", *(f"  {line}" for line in voice.passport.sentences())]))
    elif args.verb == "show":
        folder = voices.find_model(args.name)
        print(json.dumps({"folder": str(folder), **voices.describe(folder, args.name).card}, indent=1, ensure_ascii=False))
    elif args.verb == "add" and is_vocoder(args.folder):
        print(f"installed the vocoder in {voices.add_vocoder(args.folder)}; it speaks for every model whose mels fit")
    elif args.verb == "add":
        if args.name is None:
            raise UserError("--name is missing: what shall the model be called? (`tts say --voice NAME/SPEAKER`)")
        model = voices.add_model(args.folder, args.name)
        print(f"installed {model.name} in {model.folder}: {_facts(model)}")
    elif (made_voices.made_folder() / f"{Path(args.name).name}.json").is_file() and Path(args.name).name == args.name:
        print(f"removed {made_voices.remove_made(args.name)}")
    else:
        print(f"removed {voices.remove_model(args.name)}")
    return 0


def _speak_samples(folder: Path) -> None:
    import time

    from tts.synthesis.samples import speak_samples

    started, count = time.monotonic(), 0
    for path, speech in speak_samples(folder):
        print(f"{path}: {speech.voice} ({speech.language}), {speech.seconds:.1f} s, says: {speech.text}", flush=True)
        count += 1
    print(f"{count} samples in {folder}, {time.monotonic() - started:.0f} s; tts say \"Hello.\" -o hello.wav speaks by the same voices" if count
          else "no voices come with this package; `make demo` trains some")


def _make(args: argparse.Namespace) -> int:
    from tts.models.load import load_model
    from tts.synthesis import made_voices
    from tts.synthesis.voices import find_voice

    loaded = load_model(find_voice(None, args.model).folder)
    if args.verb == "new":
        voice = made_voices.new_voice(loaded, args.name, args.accent, args.seed, args.density)
    elif args.verb == "blend":
        voice = made_voices.blended_voice(loaded, args.name, args.a, args.b, args.share)
    else:
        voice = made_voices.recorded_voice(loaded, args.name, args.accent, args.recordings)
    path = made_voices.keep(voice)
    print("\n".join(voice.passport.sentences()))
    print(f"{path}: {voice.name}, {_origin(voice)}; tts say \"Hello.\" --voice {voice.name}" + (f" --model {args.model}"
                                                                                                if args.model else "") + " -o hello.wav")
    return 0


def _origin(voice) -> str:
    origin = voice.origin
    how = {"sampled": lambda: f"drawn with seed {origin['seed']} from the {origin['density']} density, "
                              f"{origin['refused']} draws before it too close to a speaker",
           "blended": lambda: ", ".join(f"{100 * share:.0f} % {name}" for share, name in zip((1 - origin["share"], origin["share"]), origin["of"])),
           "recorded": lambda: f"of a real person, from {origin['recordings']} recording(s)"}[origin["kind"]]()
    return f"made voice of accent {voice.accent}, {how}, encoder {voice.encoder}"


def _facts(model) -> str:
    from tts.synthesis.voices import shorten

    styles = f", styles {', '.join(model.card.get('styles', []))}" if model.card.get("system") == "lcpvae" else ""
    return f"{len(model.speakers)} voices ({shorten(model.speakers)}), languages {', '.join(model.languages)}{styles}"
