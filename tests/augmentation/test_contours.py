"""Contours get the target's mean and deviation; models that cannot be asked are refused."""

import json

import numpy as np
import pytest
import torch

from tts.augmentation.contours import DETAILED, KINDS, NONE, ORIGINAL, PREDICTED, make_contours, moments
from tts.corpus.manifest import read_manifest
from tts.errors import UserError
from tts.features.store import FeatureStore
from tts.models.backbone.conditions import F0Contour
from tts.models.load import load_model


@pytest.fixture(scope="module")
def parts(augmented):
    folder = augmented / "exp/f0_augmentation"
    models = {kind: load_model(folder / kind / "alma/tuned") for kind in ("conversion", "conversion_without_f0", "f0_model")}
    utterances = [u for u in read_manifest(augmented / "data/alignment/manifest.jsonl") if u.split == "train"]
    speakers = [[u for u in utterances if u.speaker == name] for name in ("alma", "beth")]
    return models, FeatureStore(augmented / "data/features"), *speakers


@pytest.mark.parametrize("kind", [ORIGINAL, PREDICTED, DETAILED])
def test_mean_and_deviation_become_the_targets(parts, kind):
    models, store, own, sources = parts
    contours = make_contours(kind, models["conversion"], models["f0_model"], store, "alma", own, sources)
    made = [contours.contour(models["f0_model"], store, u) for u in sources]
    found = moments(made)
    assert found.mean == pytest.approx(contours.wanted.mean,
                                       abs=1e-3) and found.deviation == pytest.approx(contours.wanted.deviation, abs=1e-3)
    assert contours.wanted.mean > contours.found.mean  # alma is higher than beth
    assert all(one.log_f0.shape == one.voiced.shape == (1, store.frames(u.id)) for one, u in zip(made, sources))


def test_details_of_the_target_itself_give_back_what_it_said(parts):
    models, store, own, _ = parts
    contours = make_contours(DETAILED, models["conversion"], models["f0_model"], store, "alma", own, own)
    assert contours.detail == 1
    for utterance in own[:3]:
        made = contours.contour(models["f0_model"], store, utterance).log_f0[0].numpy()
        unscaled = (made - contours.wanted.mean) * contours.found.deviation / contours.wanted.deviation + contours.found.mean
        features = store[utterance.id]
        assert unscaled[features.voiced] == pytest.approx(np.log(features.f0_hz[features.voiced]), abs=1e-3)


def test_only_voiced_frames_count():
    found = moments([F0Contour(torch.tensor([[1.0, 9.0, 3.0]]), torch.tensor([[1.0, 0.0, 1.0]]))])
    assert (found.mean, found.deviation) == (2.0, 1.0)


@pytest.mark.parametrize("kind, model, says", [(PREDICTED, "conversion_without_f0", "hears no F0"),
                                               (ORIGINAL, "conversion_without_f0", "hears no F0"),
                                               (NONE, "conversion", "cannot go without")])
def test_a_model_that_cannot_is_refused(parts, kind, model, says):
    models, store, own, sources = parts
    with pytest.raises(UserError, match=says):
        make_contours(kind, models[model], models["f0_model"], store, "alma", own, sources)


def test_all_kinds_are_on_disk(augmented):
    for kind in KINDS:
        facts = json.loads((augmented / f"exp/f0_augmentation/augmented/alma/{kind}/augmentation.json").read_text())
        assert facts["f0"]["kind"] == kind and facts["target"] == "alma" and len(facts["rules"]) == 5
