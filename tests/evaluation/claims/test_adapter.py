"""Models with random weights behind the checks' interface: what goes in must be what is spoken."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.helpers.tiny import CONFIG
from tests.helpers.voice import voice_folder
from tts.cli import main
from tts.config.recipe import Recipe
from tts.corpus.manifest import write_manifest
from tts.errors import UserError
from tts.evaluation.claims.adapter import Models
from tts.features.audio import load_audio
from tts.features.extract import extract_features
from tts.features.fingerprint import fingerprint
from tts.features.store import FeatureWriter
from tts.models.copycat2.latents import WordEdits, WordLatents
from tts.models.load import build_model, load_model, save_description
from tts.synthesis.synthesizer import Synthesizer
from tts.training.checkpoint import save_tensors

TEXT = "The quick brown fox jumps over the lazy dog."


def folder_of(base: Path, folder: Path, system: str, **model) -> Path:
    """A model of another system with the same phones and names as the base model's."""
    loaded = load_model(base)
    recipe = dataclasses.replace(Recipe(), system=system, model=dataclasses.replace(CONFIG, **model))
    torch.manual_seed(1)
    made = build_model(recipe, loaded.phones, loaded.names, loaded.speakers)
    made.decoder.mel_mean.fill_(-6.0)
    if system == "copycat2":
        torch.nn.init.normal_(made.acoustic_centroid)
    save_description(
        folder,
        recipe,
        loaded.phones,
        loaded.names,
        fingerprint(recipe.features),
        loaded.speakers,
        {**loaded.card, "system": system},
    )
    save_tensors(folder / "model.safetensors", made.state_dict())
    return folder


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    """(folder of a recipe with models base, copycat2, copycat, a corpus that base spoke and its features, the corpus's
    utterances)."""
    root = tmp_path_factory.mktemp("recipe")
    base = voice_folder(root / "exp" / "base")
    folder_of(base, root / "exp" / "copycat2", "copycat2", word_latent_dim=4)
    folder_of(base, root / "exp" / "copycat", "copycat", frame_latent_dim=4)
    synthesizer, utterances = Synthesizer.load(base), []
    with FeatureWriter(root / "data" / "features", synthesizer.loaded.fingerprint) as store:
        for name, voice, split in (("one", "ada", "test"), ("two", "ada", "train"), ("three", "ben", "train")):
            spoken = synthesizer.say(TEXT, voice, "en-us")
            path = root / "data" / "corpus" / f"{name}.wav"
            spoken.save(path)
            utterances.append(dataclasses.replace(spoken.utterance(name, path.name), split=split))
            store.add(name, extract_features(load_audio(path, 24000), synthesizer.loaded.features, None, None))
    write_manifest(root / "data" / "alignment" / "manifest.jsonl", utterances)
    return root, utterances


def models(root: Path, **more) -> Models:
    return Models(
        root / "exp" / "copycat2", root / "data/alignment/manifest.jsonl", root / "data/corpus", root / "data/features", **more
    )


def test_what_is_given_is_spoken(recipe):
    root, utterances = recipe
    ours = models(root).open().ours
    latents = ours.source(utterances[0])
    units = len(utterances[0].units)
    assert latents.acoustic.shape == latents.acoustic_log_variance.shape == (units, 4)
    assert np.ptp(latents.acoustic, axis=0).min() > 0  # every unit its own
    semitones = np.zeros(units)
    semitones[2] = 3.0
    loaded = ours.loaded
    row = ours._row(utterances[0], "ben")
    for asked in (None, semitones):
        edits = None if asked is None else dataclasses.replace(WordEdits.none(units), semitones=torch.tensor(asked))
        with torch.inference_mode():
            made = loaded.model.synthesize(
                row, latents=WordLatents(torch.from_numpy(latents.acoustic), torch.from_numpy(latents.timing)), edits=edits
            )
            wave = ours.synthesizer.vocoder(torch.from_numpy(made.mel)[None])[0].numpy()
        spoken = ours.speak(utterances[0], "ben", latents, asked)
        assert [p.frames for u in spoken.units for p in u.phones] == made.durations.tolist()
        assert np.allclose(spoken.samples, wave, atol=1e-4)
        assert spoken.vocoder_seconds > 0


def test_the_mean_prosody_is_the_models(recipe):
    root, utterances = recipe
    ours = models(root).open().ours
    found = ours.centroid(utterances[0], "ben")
    words = np.array([not unit.is_pause for unit in utterances[0].units])
    speaker = ours.loaded.names.speakers.index("ben")
    assert np.allclose(found.acoustic[words], ours.loaded.model.acoustic_centroid[speaker, 0].numpy())
    assert ours.predicted(utterances[0], "ben") is None


def test_the_baseline_keeps_the_durations(recipe):
    root, utterances = recipe
    frame_level = models(root, baselines=(root / "exp/copycat",)).open().frame_level["copycat"]
    spoken = frame_level.speak(utterances[0], "ben")
    assert [u.frames for u in spoken.units] == [u.frames for u in utterances[0].units]
    assert frame_level.latents(utterances[0]).shape == (sum(utterances[0].durations), 4)


def test_a_model_of_another_system_is_refused(recipe):
    root, _ = recipe
    with pytest.raises(UserError, match="expected copycat"):
        models(root, baselines=(root / "exp/base",)).open()


def test_command_writes_its_files(recipe, monkeypatch, capsys):
    root, _ = recipe
    monkeypatch.chdir(root)
    assert (
        main(
            [
                "evaluate",
                "claims",
                "--system",
                "copycat2",
                "--model",
                "exp/copycat2",
                "--baseline",
                "exp/copycat",
                "--base",
                "exp/base",
            ]
        )
        == 0
    )
    said = capsys.readouterr().out
    written = root / "exp/copycat2/claims"
    assert {path.name for path in written.iterdir()} == {"claims.json", "claims.csv", "claims.md"}
    assert (written / "claims.md").read_text() in said
    assert "| cost: extraction | " in said and "predicts nothing from text" in said
