"""The model card: what a model is, what it learned from, what it is for and where its limits lie. Facts come from the training; what
only a person knows (where recordings come from, their licence, intended use, limits) stands in the recipe's conf/about.yaml:

    data: the sentence that says whose recordings these are and where they come from
    licence: of the recordings, and of what is made from them
    intended_use: [a sentence, another]
    limits: [a sentence, another]
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tts.errors import UserError

VOICE_COLUMNS = ("voice", "languages", "training utterances", "hours recorded")
NOT_STATED = "not stated; write conf/about.yaml beside run.sh"


@dataclass(frozen=True)
class About:
    """What a person says of a recipe's voices."""

    data: str = NOT_STATED
    licence: str = NOT_STATED
    intended_use: tuple[str, ...] = (NOT_STATED,)
    limits: tuple[str, ...] = (NOT_STATED,)

    @classmethod
    def read(cls, path: Path) -> About:
        """The file's words; without the file, that nothing is stated. An unknown key is an error."""
        if not path.is_file():
            return cls()
        import yaml

        try:
            rows = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        except yaml.YAMLError as error:
            raise UserError(f"{path}: not YAML ({' '.join(str(error).split())})") from None
        if not isinstance(rows, dict) or (unknown := rows.keys() - cls.__dataclass_fields__.keys()):
            found = sorted(unknown)[0] if isinstance(rows, dict) else type(rows).__name__
            raise UserError(f"{path}: {found!r} is not known; expected {', '.join(cls.__dataclass_fields__)}")
        lists = {name: _sentences(path, name, rows[name]) for name in ("intended_use", "limits") if name in rows}
        plain = {name: " ".join(str(rows[name]).split()) for name in ("data", "licence") if name in rows}
        return cls(**plain, **lists)


def _sentences(path: Path, name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise UserError(f"{path}: {name} must be a list of sentences, found {value!r}")
    return tuple(" ".join(item.split()) for item in value)


@dataclass(frozen=True)
class ModelCard:
    """facts: what and how much; voices: name, languages, utterances it was trained on, hours recorded, none of a vocoder; about: a person's words; known_limits:
    what the measurements say."""

    facts: list[tuple[str, str]]
    voices: list[tuple[str, str, str, str]]
    about: About
    known_limits: list[str]

    def markdown(self) -> str:
        lines = [
            "## Model card", "",
            *(f"- {name}: {value}" for name, value in self.facts),
            f"- recordings: {self.about.data}",
            f"- licence: {self.about.licence}",
            *(f"- intended use: {sentence}" for sentence in self.about.intended_use),
            *(f"- limit: {sentence}" for sentence in (*self.about.limits, *self.known_limits)), "",
        ]
        if self.voices:
            lines += [f"| {' | '.join(VOICE_COLUMNS)} |", "| --- | --- | --- | --- |", *(f"| {' | '.join(row)} |" for row in self.voices), ""]
        return "\n".join(lines)


def model_card(model: Path, about: About, known_limits: list[str]) -> ModelCard:
    """The card of the model in a folder."""
    card = json.loads((model / "card.json").read_text(encoding="utf-8"))
    speakers = json.loads((model / "speakers.json").read_text(encoding="utf-8"))
    facts = [
        ("system", str(card.get("system", "–"))),
        ("parameters", f"{card.get('parameters', 0) / 1e6:.2f} M"),
        ("training", f"{card.get('steps', '–')} steps, seed {card.get('seed', '–')}"),
        ("training speech", f"{card.get('hours', 0):.2f} h in {card.get('utterances', '–')} utterances, "
                            f"{len(card.get('speakers', []))} voices, {', '.join(card.get('languages', []))}"),
        ("features", f"fingerprint {card.get('fingerprint', '–')}"),
    ]
    voices = [
        (name, ", ".join(sorted(known.get("languages", {}))), str(sum(known.get("languages", {}).values())), f"{known.get('hours', 0):.2f}")
        for name, known in sorted(speakers.items())
        if name in card.get("speakers", speakers)
    ]
    return ModelCard(facts, voices, about, known_limits)
