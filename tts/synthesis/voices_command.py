"""`tts voices`: list, show, add and remove installed models."""

from __future__ import annotations

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="installed models, their voices and languages")
    show = verbs.add_parser("show", help="all that is known of a model, by name or folder")
    show.add_argument("name")
    add = verbs.add_parser("add", help="install a trained model, or a vocoder")
    add.add_argument("folder", type=Path, help="what `tts train` wrote: exp/NAME of a recipe")
    add.add_argument("--name", help="of a model; the vocoder needs none")
    remove = verbs.add_parser("remove", help="remove an installed model")
    remove.add_argument("name")


def run(args: argparse.Namespace) -> int:
    import json

    from tts.errors import UserError
    from tts.paths import voices_home
    from tts.synthesis import voices
    from tts.vocoder.folder import is_vocoder

    if args.verb == "list":
        models = voices.installed_models()
        for model in models:
            print(f"{model.name}: {_facts(model)}")
        hint = "" if models else "; `make demo` trains one, `tts voices add FOLDER --name NAME` installs it"
        print(f"{len(models)} models installed in {voices_home()}{hint}")
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
    else:
        print(f"removed {voices.remove_model(args.name)}")
    return 0


def _facts(model) -> str:
    from tts.synthesis.voices import shorten

    styles = f", styles {', '.join(model.card.get('styles', []))}" if model.card.get("system") == "lcpvae" else ""
    return f"{len(model.speakers)} voices ({shorten(model.speakers)}), languages {', '.join(model.languages)}{styles}"
