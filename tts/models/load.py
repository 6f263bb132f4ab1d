"""A trained model as a folder, and back. Everything that is needed to speak lies beside the weights, so that nothing is rebuilt on load:

    model.safetensors  config.yaml  phones.json  names.json  fingerprint.json  speakers.json  card.json
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import torch

from tts.config.load import save_config
from tts.config.recipe import Recipe, load_trained
from tts.corpus.manifest import atomic_writer
from tts.corpus.utterance import Utterance
from tts.documents import read_json, understood
from tts.errors import UserError
from tts.features.config import FeatureConfig
from tts.features.fingerprint import Fingerprint, fingerprint, require_same
from tts.features.store import FeatureStore
from tts.models.backbone.acoustic import AcousticModel
from tts.models.copycat.model import CopyCat
from tts.models.copycat2.model import CopyCat2
from tts.models.copycat2.text_prosody import TextProsody
from tts.models.flowtts.model import FlowTTS
from tts.models.lcpvae.model import LCPVAE
from tts.models.studio.model import Studio
from tts.paths import file_digest
from tts.speakers.load import FOLDER as ENCODER_FOLDER
from tts.speakers.load import IdentifiedEncoder, load_encoder
from tts.text.bert.words import BertWords
from tts.text.inventory import PhoneInventory
from tts.training.batch import RESTORE, AcousticBatch, Names, make_batch, phone_row
from tts.training.checkpoint import load_weights

FILES = ("model.safetensors", "config.yaml", "phones.json", "names.json", "fingerprint.json", "speakers.json", "card.json")


@dataclass(frozen=True)
class LoadedModel:
    """A model ready to speak, with all that belongs to it."""

    folder: Path
    model: AcousticModel
    recipe: Recipe
    phones: PhoneInventory
    names: Names
    fingerprint: Fingerprint
    speakers: dict[str, dict]  # per speaker: F0 range, language, hours, … as the features stage wrote them
    card: dict  # facts about the training
    identity: str  # of the weights: latents of one model mean nothing to another

    @property
    def features(self) -> FeatureConfig:
        return self.recipe.features

    @cached_property
    def speaker_encoder(self) -> IdentifiedEncoder:
        """What turns a recording into the kind of vector that the model knows speakers by."""
        folder = self.folder / ENCODER_FOLDER
        encoder = load_encoder(folder if folder.is_dir() else self.features.speaker_encoder)
        if encoder.identity != self.speaker_encoder_identity:
            raise UserError(f"{self.folder}: trained with vectors of the speaker encoder {self.speaker_encoder_identity}, but "
                            f"{encoder.identity} lies in it; restore {folder}")
        return encoder

    @property
    def speaker_encoder_identity(self) -> str:
        """Which encoder's vectors the model knows speakers by; one that knows them by a table is a UserError."""
        self._require_vectors()
        return self.card.get("speaker_encoder", self.features.speaker_encoder)

    @property
    def speaker_vectors(self) -> dict[str, np.ndarray]:
        """The speakers' vectors [V] of unit length, by name."""
        self._require_vectors()
        return {name: np.array(self.speakers[name]["vector"], dtype=np.float32) for name in self.names.speakers}

    def _require_vectors(self) -> None:
        if not self.model.controls.speaker_vector:
            raise UserError(f"{self.folder}: this model knows its speakers by a table, so no other voice can enter; expected one that "
                            "was trained with model.speaker_vectors=features")

    @cached_property
    def text_prosody(self) -> TextProsody | None:
        """CopyCat2's predictor from text, where it is trained. Read when it is first asked for: a BERT takes seconds to start, and who
        has a recording's prosody needs none."""
        device = next(self.model.parameters()).device
        return load_text_prosody(self.folder / "prosody", self.model, self.identity, len(self.phones.symbols), device)


def build_model(recipe: Recipe, phones: PhoneInventory, names: Names, speakers: dict[str, dict]) -> AcousticModel:
    """The untrained model that a recipe describes: the one place that knows which class a system is."""
    matrix = None
    if recipe.model.speaker_vectors == "features":
        matrix = np.array([speakers[name]["vector"] for name in names.speakers], dtype=np.float32)
    sizes = (len(phones.symbols), names, recipe.features, recipe.model)
    if recipe.system == "copycat2":
        return CopyCat2(*sizes, recipe.copycat2, matrix)
    if recipe.system == "copycat":
        return CopyCat(*sizes, recipe.copycat, matrix)
    if recipe.system == "lcpvae":
        return LCPVAE(*sizes, recipe.lcpvae, matrix)
    if recipe.system == "flowtts":
        return FlowTTS(*sizes, recipe.flowtts, matrix)
    if recipe.system == "studio":
        return Studio(*sizes, recipe.copycat2, recipe.lcpvae, recipe.studio, matrix)
    return AcousticModel(*sizes, matrix)


def save_description(folder: Path, recipe: Recipe, phones: PhoneInventory, names: Names, fingerprint: Fingerprint,
                     speakers: dict[str, dict], card: dict) -> None:
    """Write everything but the weights."""
    folder.mkdir(parents=True, exist_ok=True)
    save_config(recipe, folder / "config.yaml")
    phones.save(folder / "phones.json")
    fingerprint.save(folder / "fingerprint.json")
    for name, content in (("names.json", asdict(names)), ("speakers.json", speakers), ("card.json", card)):
        with atomic_writer(folder / name) as file:
            json.dump(content, file, indent=1, ensure_ascii=False)


def load_model(folder: str | Path, device: str | torch.device = "cpu") -> LoadedModel:
    """The model in `folder`, in evaluation mode on `device`. A missing file or one that does not fit is a UserError."""
    folder = Path(folder)
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise UserError(f"{folder}: not a trained model, {', '.join(missing)} missing; expected the folder that `tts train` wrote "
                        "(exp/NAME of a recipe); train first, or check the path")
    recipe = load_trained(folder)
    made_with = Fingerprint.load(folder / "fingerprint.json")
    require_same(fingerprint(recipe.features), made_with, f"{folder}/config.yaml", f"{folder}/fingerprint.json")
    phones = PhoneInventory.load(folder / "phones.json")
    names, speakers = Names.load(folder), read_speakers(folder)
    with understood(folder, f"config.yaml, names.json and speakers.json of one training, {RESTORE}"):
        model = build_model(recipe, phones, names, speakers)
    load_weights(model, folder / "model.safetensors")
    model = model.to(device).eval()
    identity = file_digest(folder / "model.safetensors")[:12]
    return LoadedModel(folder, model, recipe, phones, names, made_with, speakers, read_card(folder), identity)


def load_batch(loaded: LoadedModel, store: FeatureStore, utterance: Utterance) -> AcousticBatch:
    """One aligned recording as the model reads it."""
    units, _ = loaded.phones.fit(utterance.units)
    style = utterance.style if utterance.style in loaded.names.styles else loaded.names.styles[0]
    known = replace(utterance, units=units, style=style)
    return make_batch([utterance.id], [phone_row(known, loaded.phones, loaded.names)], [store[utterance.id]])


def read_speakers(folder: Path) -> dict[str, dict]:
    """What the model in a folder knows of its speakers."""
    return _objects(folder / "speakers.json")


def read_card(folder: Path) -> dict:
    """The facts of the training that made the model in a folder."""
    return _objects(folder / "card.json")


def _objects(path: Path) -> dict:
    found = read_json(path, RESTORE)
    if not isinstance(found, dict):
        raise UserError(f"{path}: holds a {type(found).__name__}; expected an object with names; {RESTORE}")
    return found


def load_text_prosody(folder: Path, model: AcousticModel, identity: str, phone_count: int, device: str | torch.device) -> TextProsody | None:
    """The predictor in a model's folder; None if it has none. One that was trained for other weights is a UserError."""
    if not model.controls.words or not (folder / "card.json").is_file():
        return None
    of = read_card(folder).get("of")
    if of != identity:
        raise UserError(f"{folder}: this predictor of prosody was trained for the model {of}, beside it lies {identity}; "
                        "train it again (tts train --part prosody)")
    config = load_trained(folder, "model", "predictor").predictor
    bert = BertWords.for_speaking(folder / "bert", device) if config.bert != "none" else None
    found = TextProsody(model, phone_count, config, bert)
    load_weights(found, folder / "model.safetensors")
    return found.to(device).eval()

