"""`tts train`: from aligned utterances and features to a model folder. `--processes N` starts itself N times on this machine (one per GPU,
or per core); over several machines, start the same command by torchrun."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from tts import command_line


def configure(parser: argparse.ArgumentParser) -> None:
    from tts.config.arguments import add_config_arguments

    parser.add_argument("--manifest", required=True, type=Path, nargs="+", help="manifest with splits, and alignments but for a vocoder; an acoustic "
                        "model may learn from several")
    parser.add_argument("--features", required=True, type=Path, nargs="+", help="feature store; one for each manifest, or for all")
    parser.add_argument("--speakers", nargs="+", default=[], metavar="NAME", help="learn from these speakers' utterances only")
    parser.add_argument("--phones", type=Path, help="phone inventory of the corpus; a vocoder needs none")
    parser.add_argument("--audio-root", type=Path, help="with --part vocoder: what the manifest's audio is relative to; default: its folder")
    parser.add_argument("--folder", required=True, type=Path, help="where the model is written; an unfinished run there is continued")
    parser.add_argument("--aligner", type=Path, help="folder of the corpus's aligner; a copy goes with the model, to read recordings with")
    parser.add_argument("--speaker-vectors", type=Path, help="folder of `tts speakers vectors`: what the model knows speakers by, with model.speaker_vectors=features; "
                        "default: the vectors of the feature store")
    parser.add_argument("--start", type=Path, help="folder of a trained model of the same form: go on from its weights, on this data")
    parser.add_argument("--device", help="cpu, cuda, cuda:1; default: a GPU if there is one")
    parser.add_argument("--processes", type=int, default=1, help="share each step's batches among so many processes; the result is the same")
    parser.add_argument("--part", choices=("model", "fine-tuning", "prosody", "vocoder", "style-classifier"), default="model",
                        help="fine-tuning: go on from --start as the section fine_tuning says; prosody: the predictor of prosody from text, for the "
                        "finished CopyCat2 in --folder; vocoder: from mels to sound; style-classifier: what LCPVAE's style loss asks")
    parser.add_argument("--style-classifier", type=Path, help="folder of a trained one, for LCPVAE's style loss")
    parser.add_argument("--bert", help="with --part prosody: a BERT's folder or name")
    parser.add_argument("--mels", type=Path, help="with --part vocoder: folder of a trained model whose mels of the recordings (or of such mels, ID.npy "
                        "and fingerprint.json) are learned from in place of the recordings' own")
    parser.add_argument("--print-config", action="store_true", help="show the resolved configuration with origins, and stop")
    add_config_arguments(parser)


def run(args: argparse.Namespace) -> int:
    from tts.config.arguments import recipe_from

    resolved = recipe_from(args)
    if args.print_config:
        print(resolved.describe())
        return 0
    if args.processes > 1 and "RANK" not in os.environ and _room_for(args):
        launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(args.processes)]
        return subprocess.run([*launcher, "-m", "tts.cli", *command_line.words()], check=False).returncode
    from tts.errors import UserError
    from tts.training import distributed
    from tts.training.acoustic import train_acoustic
    from tts.text.bert.config import bert_folder
    from tts.training.prosody import train_prosody
    from tts.training.style import train_style_classifier
    from tts.vocoder.training import train_vocoder

    if args.part == "fine-tuning" and args.start is None:
        raise UserError("--part fine-tuning goes on from a trained model; give its folder with --start")
    if args.part in ("prosody", "vocoder", "style-classifier") and len(args.manifest) + len(args.features) > 2:
        raise UserError(f"--part {args.part} learns from one manifest and one feature store; several are for acoustic models")
    if args.phones is None and args.part != "vocoder":
        raise UserError("--phones is missing; give the corpus's phone inventory (data/text/phones.json of a recipe)")
    started = time.monotonic()
    world = distributed.join(args.device)
    if world.is_first:
        print(resolved.describe(), file=sys.stderr)
    try:
        if args.part == "prosody":
            facts = train_prosody(resolved.config, args.folder, args.manifest[0], args.features[0],
                                  bert_folder(resolved.config.bert, args.bert or ""), world)
        elif args.part == "vocoder":
            facts = train_vocoder(resolved.config, args.manifest[0], args.audio_root or args.manifest[0].parent, args.features[0], args.folder, world,
                                  args.start, args.mels)
        elif args.part == "style-classifier":
            facts = train_style_classifier(resolved.config, args.manifest[0], args.features[0], args.phones, args.folder, world)
        else:
            recipe = resolved.config
            if args.part == "fine-tuning":
                recipe = replace(recipe, training=recipe.fine_tuning)
            facts = train_acoustic(recipe, args.manifest, args.features, args.phones, args.folder, world, args.aligner, args.start,
                                   args.speakers, args.speaker_vectors, args.style_classifier)
    finally:
        distributed.leave()
    if args.part == "vocoder":
        if world.is_first:
            figures = ", ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in facts["validation"].items() if "_" in name)
            print(f"trained a vocoder ({facts['vocoder']} phase, {facts['parameters'] / 1e6:.2f} M parameters) for {facts['steps']} steps on "
                  f"{facts['utterances']} utterances ({facts['hours']:.2f} h, {len(facts['speakers'])} speakers); validation: "
                  f"{figures or 'none'}; {time.monotonic() - started:.0f} s")
        return 0
    if args.part == "style-classifier":
        if world.is_first:
            print(f"trained a classifier of the styles {', '.join(facts['styles'])} for {facts['steps']} steps on {facts['utterances']} utterances; "
                  f"{100 * facts['accuracy']:.1f} % of the dev part heard right; {time.monotonic() - started:.0f} s")
        return 0
    if args.part == "prosody":
        if world.is_first:
            explained = ", ".join(f"{name.removeprefix('explained_')} {100 * share:.1f} %" for name, share in facts.items() if "explained" in name)
            print(f"trained the prosody predictor of {args.folder} for {facts['steps']} steps; of the latents' variance it explains "
                  f"{explained}; {time.monotonic() - started:.0f} s")
        return 0
    if world.is_first:
        print(f"trained {facts['system']} for {facts['steps']} steps on {facts['utterances']} utterances ({facts['hours']:.2f} h, "
              f"{len(facts['speakers'])} speakers), validation mel {facts['validation_mel']:.4f}, {time.monotonic() - started:.0f} s")
    return 0


def _room_for(args: argparse.Namespace) -> bool:
    """Whether to start several processes: on GPUs there is one for each at most, and the CPU is left alone where there is a GPU."""
    import torch

    if args.device == "cpu" or not torch.cuda.is_available():
        return True
    args.processes = min(args.processes, torch.cuda.device_count())
    return args.processes > 1
