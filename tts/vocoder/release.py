"""A trained vocoder as something to hand on: a folder of some megabytes that speaks by itself, and says what it is.

    vocoder.safetensors   weights of 16 bits
    config.yaml fingerprint.json card.json
    README.md             the model card: data, licence, limits, the commands that made it, what was measured
"""

from __future__ import annotations

import json
from pathlib import Path

from tts.config.load import load_config
from tts.config.recipe import Recipe
from tts.corpus.manifest import atomic_writer
from tts.errors import UserError
from tts.report.model_card import About
from tts.vocoder.folder import WEIGHTS, load_generator, save_vocoder

MOST_MB = 10.0


def release(source: Path, output: Path, about: Path | None = None, figures: Path | None = None) -> dict:
    """Write the vocoder of `source` into the folder `output`; returns its card. `about`: what a person says of the recordings (conf/about.yaml,
    model_card.py); `figures`: Markdown that the card quotes. By default what lies where recipes put both."""
    generator, recipe = load_generator(source, path="float32"), load_config(Recipe, [source / "config.yaml"])
    card = json.loads((source / "card.json").read_text(encoding="utf-8"))
    recipe_folder = source.resolve().parent.parent
    said = About.read(recipe_folder / "conf" / "about.yaml" if about is None else about)
    if about is not None and not about.is_file():
        raise UserError(f"{about}: no such file; it says whose recordings these are and under which licence")
    figures = recipe_folder / "RESULTS.md" if figures is None else figures
    card = {**card, "data": said.data, "licence": said.licence}
    save_vocoder(output, generator, recipe, card, half=True)
    size_mb = (output / WEIGHTS).stat().st_size / 1e6
    if size_mb > MOST_MB:
        raise UserError(f"{output / WEIGHTS}: {size_mb:.1f} MB, more than the {MOST_MB:.0f} MB that a release may have; train a smaller one")
    with atomic_writer(output / "README.md") as file:
        file.write(model_card(card, said, size_mb, commands(source / "command.sh"), figures))
    return card


def model_card(card: dict, about: About, size_mb: float, commands: str, figures: Path) -> str:
    lines = [
        "# A vocoder", "",
        "Turns log-mel spectrograms into sound, for any voice. `fingerprint.json` says which mels it knows; others are refused.", "",
        f"- parameters: {card['parameters'] / 1e6:.2f} M, {size_mb:.1f} MB as 16-bit numbers; {card['vocoder']} phase",
        f"- training: {card['steps']} steps, seed {card['seed']}, discriminators: {card['discriminators']}"
        + (f", going on from {card['started_from']}" if card["started_from"] else ""),
        f"- learned from: {card['hours']:.2f} h in {card['utterances']} utterances of {', '.join(card['speakers'])} ({', '.join(card['languages'])})",
        f"- recordings: {about.data}",
        f"- licence: {about.licence}",
        *(f"- intended use: {sentence}" for sentence in about.intended_use),
        *(f"- limit: {sentence}" for sentence in about.limits), "",
    ]
    if commands:
        lines += ["Made by, in the recipe's folder:", "", "```bash", commands, "```", ""]
    if figures.is_file():
        lines += [("\n" + figures.read_text(encoding="utf-8")).replace("\n#", "\n##").strip(), ""]
    return "\n".join(lines)


def commands(script: Path) -> str:
    """The lines of an experiment's command.sh that ran something."""
    if not script.is_file():
        return ""
    lines = script.read_text(encoding="utf-8").splitlines()
    return "\n".join(dict.fromkeys(line.strip() for line in lines if line.startswith("./")))
