"""A trained model or vocoder as something to hand on: a folder of some megabytes that speaks by itself, and says what it is.

    a vocoder   vocoder.safetensors config.yaml fingerprint.json card.json
    a model     model.safetensors and the other files of models/load.py; prosody/ (with its BERT), aligner/, speaker_encoder/ where it has them
    README.md   the model card: data, licence, limits, the commands that made it, what was measured

Weights are of 16 bits; who loads them makes them 32 again. A model then says the same: a phone's length may tip over by one frame, log-mels differ by
less than 0.01 (a tenth of a decibel) at the median.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from pathlib import Path

from tts.corpus.manifest import atomic_writer
from tts.errors import UserError
from tts.evaluation.results import Results
from tts.models.load import FILES, load_model
from tts.report.model_card import About, ModelCard, model_card
from tts.report.results_file import evaluation
from tts.speakers.load import FOLDER as ENCODER
from tts.synthesis.voices import DEFAULT_LANGUAGE, PARTS, copy_what_speaks, is_model
from tts.training.batch import Names
from tts.training.checkpoint import copy_of_16_bits
from tts.training.prosody import FOLDER as PROSODY
from tts.vocoder.folder import FILES as VOCODER_FILES
from tts.vocoder.folder import is_vocoder, load_generator
from tts.vocoder.load import FOLDER as VOCODER

MOST_MB = {"model": 30.0, "vocoder": 10.0}


@dataclasses.dataclass(frozen=True)
class Release:
    """What was written. kind: model or vocoder; size_mb of the whole folder; left_out: a sentence for what was too large to be in it."""

    kind: str
    card: dict
    size_mb: float
    left_out: list[str]


def release(source: Path, output: Path, about: Path | None = None, figures: Path | None = None) -> Release:
    """Write the model or vocoder of `source` into the folder `output`, whole or not at all, in place of an earlier one. `about`: what a person
    says of the recordings (conf/about.yaml, model_card.py); `figures`: what the card quotes, Markdown or the results.json of an evaluation.
    By default what lies where recipes put both."""
    recipe = source.resolve().parent.parent
    if about is not None and not about.is_file():
        raise UserError(f"{about}: no such file; it says whose recordings these are and under which licence")
    said = About.read(recipe / "conf" / "about.yaml" if about is None else about)
    if not (is_vocoder(source) or is_model(source)):
        raise UserError(f"{source}: neither a trained model nor a vocoder; expected exp/NAME of a recipe")
    if output.exists() and any(output.iterdir()) and not (is_vocoder(output) or is_model(output)):
        raise UserError(f"{output}: holds something else than an earlier release; choose another folder, or empty this one")
    partial = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        if is_vocoder(source):
            made, card = _vocoder(source, partial, said), _vocoder_card(source, said)
            quoted = recipe / "RESULTS.md" if figures is None else figures
        else:
            made = _model(source, partial, said)
            card = model_card(partial, said, made.left_out)
            quoted = source / "evaluation" / "results.json" if figures is None else figures
        if figures is not None and not figures.is_file():
            raise UserError(f"{figures}: no such file; expected Markdown, or the results.json that tts evaluate recipe wrote")
        with atomic_writer(partial / "README.md") as file:
            file.write(_page(output.name, made, card, commands(source / "command.sh"), _quoted(quoted)))
        shutil.rmtree(output, ignore_errors=True)
        partial.rename(output)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return made


def _vocoder(source: Path, target: Path, about: About) -> Release:
    copy_what_speaks(source, target, VOCODER_FILES, [], copy_of_16_bits)
    load_generator(target, path="float32")  # what can't be loaded is not released
    return _checked("vocoder", target, about, [])


def _model(source: Path, target: Path, about: About) -> Release:
    parts = [part for part in PARTS if part != VOCODER and (source / part).is_dir()]
    copy_what_speaks(source, target, FILES, [part for part in parts if part != ENCODER], copy_of_16_bits)
    if ENCODER in parts:  # byte by byte: its identity is what the model knows it by
        copy_what_speaks(source / ENCODER, target / ENCODER, [path.name for path in (source / ENCODER).iterdir() if path.is_file()], [])
    left_out = []
    if PROSODY in parts and size_mb(target) > MOST_MB["model"] >= size_mb(target) - size_mb(target / PROSODY):
        left_out = [f"The predictor of prosody with its BERT, {size_mb(target / PROSODY):.0f} MB, is left out: every word is spoken with the "
                    "voice's mean prosody unless a prosody file says otherwise."]
        shutil.rmtree(target / PROSODY)
    loaded = load_model(target)
    if (target / PROSODY).is_dir():
        _edit(target / PROSODY / "card.json", of=loaded.identity)
        assert loaded.text_prosody is not None
    return _checked("model", target, about, left_out)


def _checked(kind: str, folder: Path, about: About, left_out: list[str]) -> Release:
    """The licence and more put on its card, and its size compared with what is allowed."""
    more = {"left_out": left_out} if left_out else {}
    if kind == "model":
        languages = Names.load(folder).languages
        more["default_language"] = DEFAULT_LANGUAGE if DEFAULT_LANGUAGE in languages else languages[0]
    card = _edit(folder / "card.json", data=about.data, licence=about.licence, **more)
    size = size_mb(folder)
    if size > MOST_MB[kind]:
        largest = max((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
        raise UserError(f"the {kind} takes {size:.1f} MB as 16-bit numbers, more than the {MOST_MB[kind]:.0f} MB that a release may have (most of "
                        f"it: {largest.relative_to(folder)}, {largest.stat().st_size / 1e6:.1f} MB); train a smaller one")
    return Release(kind, card, size, left_out)


def _edit(path: Path, **changes: object) -> dict:
    card = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    with atomic_writer(path) as file:
        json.dump(card, file, indent=1, ensure_ascii=False)
    return card


def size_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


# -- the model card --------------------------------------------------------------------------------------------------------


def _vocoder_card(source: Path, about: About) -> ModelCard:
    card = json.loads((source / "card.json").read_text(encoding="utf-8"))
    return ModelCard([
        ("phase", str(card["vocoder"])),
        ("parameters", f"{card['parameters'] / 1e6:.2f} M"),
        ("training", f"{card['steps']} steps, seed {card['seed']}, discriminators: {card['discriminators']}"
         + (f", going on from {card['started_from']}" if card["started_from"] else "")),
        ("learned from", f"{card['hours']:.2f} h in {card['utterances']} utterances of {', '.join(card['speakers'])} "
                         f"({', '.join(card['languages'])})"),
    ], [], about, [])


def _page(name: str, made: Release, card: ModelCard, commands: str, figures: str) -> str:
    what = {
        "vocoder": ["# A vocoder", "", "Turns log-mel spectrograms into sound, for any voice. `fingerprint.json` says which mels it knows; others "
                    "are refused."],
        "model": [f"# Voices: {name}", "", f"Speaks in {', '.join(made.card.get('languages', []))}: `tts say \"…\" --model FOLDER -o "
                  "hello.wav`, with this folder or an installed copy of it (`tts voices add`)."],
    }[made.kind]
    card = dataclasses.replace(card, facts=[*card.facts, ("size", f"{made.size_mb:.1f} MB as 16-bit numbers")])
    lines = [*what, "", card.markdown()]
    if commands:
        lines += ["Made by, in the recipe's folder:", "", "```bash", commands, "```", ""]
    if figures:
        lines += [("\n" + figures).replace("\n#", "\n##").strip(), ""]
    return "\n".join(lines)


def _quoted(figures: Path) -> str:
    """What the card quotes; "" where nothing was measured."""
    if not figures.is_file():
        return ""
    return evaluation(Results.load(figures)) if figures.suffix == ".json" else figures.read_text(encoding="utf-8")


def commands(script: Path) -> str:
    """The lines of an experiment's command.sh that ran something."""
    if not script.is_file():
        return ""
    lines = script.read_text(encoding="utf-8").splitlines()
    return "\n".join(dict.fromkeys(line.strip() for line in lines if line.startswith("./")))
