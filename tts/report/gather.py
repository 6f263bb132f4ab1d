"""Everything that is known of an experiment, gathered from where the other commands left it:

    MODEL/evaluation/results.json      tts evaluate recipe
    MODEL/claims/claims.json           tts evaluate claims; MODEL/unseen/claims/ for sources whom the model
                                       never heard; MODEL/sharing/claims/ beside systems trained alone
    MODEL/release/evaluation/          the same of what was released of it (stage release)
    MODEL/stages.jsonl                 what every stage did
    MODEL/card.json, speakers.json     the training's own facts
    TEST/analysis/analysis.json        tts mushra analyse, of every listening test that is named or lies in MODEL/listening/
    data/corpus/truth.jsonl            where the corpus was generated: the aligner is held against it
    conf/about.yaml                    what only a person can say (model_card.py)
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tts.config.recipe import load_trained
from tts.errors import UserError
from tts.evaluation.claims.claims import MISSED
from tts.evaluation.recipe import SYNTHESIS, Places
from tts.evaluation.results import Results
from tts.features.config import FeatureConfig
from tts.recipe.history import provenance
from tts.report.model_card import About, ModelCard, model_card
from tts.report.stages import StageRun, stage_runs

# folders of a model in which its claims may lie, and what they are of where it is not the model itself on its own
CLAIMS = {"claims": "", "unseen/claims": "sources whom the model never heard", "sharing/claims": "beside the systems that it is made of"}


@dataclass(frozen=True)
class ListeningTest:
    """A test that was analysed: its paragraph for a paper, the picture of its scores, the command."""

    name: str
    paragraph: str
    picture: Path | None
    command: str


@dataclass(frozen=True)
class Gathered:
    """released: results of the released weights, None where nothing was released; claims: (of what, "" of the model itself, claims.json) of those
    that were checked; alignment: lines of the comparison with the truth."""

    model: Path
    results: Results
    released: Results | None
    features: FeatureConfig
    claims: list[tuple[str, Path]]
    listening: list[ListeningTest]
    alignment: list[str]
    alignment_command: str
    card: ModelCard
    stages: list[StageRun]
    command: str


def gather(places: Places, about: Path, listening: list[Path]) -> Gathered:
    """Read it all; what does not exist is left out, what was named and does not exist is an error."""
    model = places.model
    results = Results.load(places.output / "results.json")
    features = load_trained(model).features
    claims = [(of, path) for folder, of in CLAIMS.items() if (path := model / folder / "claims.json").is_file()]
    tests = listening or sorted(path.parent for path in (model / "listening").glob("*/analysis"))
    lines, command = against_truth(places, features)
    card = model_card(model, About.read(about), known_limits(results, [path for _, path in claims]))
    release = model / "release" / "evaluation" / "results.json"
    released = Results.load(release) if release.is_file() else None
    return Gathered(model, results, released, features, claims, [listening_test(test) for test in tests], lines, command, card,
                    stage_runs(model), provenance()["command"])


def known_limits(results: Results, claims: list[Path]) -> list[str]:
    """What the measurements themselves say against the model."""
    limits = []
    for path in claims:
        missed = [f"{row['group']}: {row['name']}" for row in json.loads(path.read_text(encoding="utf-8"))["claims"]
                  if row["verdict"] == MISSED]
        limits += [f"claim missed: {name}" for name in missed]
    unscored = [name for name in results.not_scored if name.startswith(f"{SYNTHESIS}: ")]
    return limits + ([f"{len(unscored)} test sentences could not be scored"] if unscored else [])


def listening_test(folder: Path) -> ListeningTest:
    """An analysed test."""
    analysis = folder / "analysis"
    if not (analysis / "paragraph.txt").is_file():
        raise UserError(f"{folder}: no analysis there; run tts mushra analyse {folder} first")
    pictures = [path for path in (analysis / "scores.svg", analysis / "choices.svg") if path.is_file()]
    command = json.loads((analysis / "analysis.json").read_text(encoding="utf-8"))["command"]
    return ListeningTest(folder.name, (analysis / "paragraph.txt").read_text(encoding="utf-8").strip(), next(iter(pictures), None), command)


def against_truth(places: Places, features: FeatureConfig) -> tuple[list[str], str]:
    """What `tts align evaluate` says, and its command; nothing where the truth is not known."""
    from tts.alignment.evaluation import evaluate

    truth = places.audio_root / "truth.jsonl"
    if not truth.is_file():
        return [], ""
    return list(evaluate(places.manifest, features, truth, None)), f"tts align evaluate {places.manifest} --truth {truth}"
