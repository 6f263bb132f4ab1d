"""The recipe of F0-conditioned augmentation, from nothing to its claims in debug size, and again."""

import json

from tests.helpers.augmentation import TINY, RECIPE
from tests.helpers.project import ran, run

STAGES = ["corpus", "text", "alignment", "features", "recogniser", "conversion", "augmentation", "voices", "proof"]


def test_everything_is_there_afterwards(augmented):
    output, folder = (augmented.parents[2] / "first_run.txt").read_text(), augmented / "exp/f0_augmentation"
    assert ran(output) == STAGES and "Speak:" in output
    for path in ("f0_model/alma/tuned/model.safetensors", "conversion/alma/tuned/model.safetensors",
                 "conversion_without_f0/alma/tuned/model.safetensors", "augmented/alma/predicted/manifest.jsonl",
                 "augmented/alma/none/features/index.jsonl", "augmented/alma/detailed/manifest.jsonl", "augmented/alma/original/augmentation.json",
                 "voices/alma/alone/model.safetensors",
                 "voices/alma/none/model.safetensors", "voices/alma/detailed/model.safetensors", "voices/alma/predicted/aligner/model.safetensors", "claims/claims.json",
                 "RESULTS.md"):
        assert (folder / path).stat().st_size > 0, path
    cards = {name: json.loads((folder / path / "card.json").read_text()) for name, path in
             {"both": "conversion/alma/both", "tuned": "conversion/alma/tuned", "made": "voices/alma/predicted.both",
              "real": "voices/alma/predicted"}.items()}
    assert cards["tuned"]["started_from"] == "both" and cards["tuned"]["utterances"] < cards["both"]["utterances"]
    assert cards["tuned"]["speakers"] == cards["both"]["speakers"] == ["alma", "beth"] and cards["made"]["speakers"] == ["alma"]
    assert cards["made"]["synthetic"] > 0 == cards["real"]["synthetic"]


def test_claims_are_measured_and_an_interrupted_corpus_ends_the_same(augmented):
    claims = json.loads((augmented / "exp/f0_augmentation/claims/claims.json").read_text())["claims"]
    found = {f"{claim['group']}: {claim['name']}": claim for claim in claims}
    assert not [name for name, claim in found.items() if claim["verdict"] == "not measured"]
    assert found["cost: resumed is uninterrupted"]["verdict"] == "reached" and found["cost: conversion"]["estimate"]["mean"] > 5
    assert {claim["group"] for claim in claims} == {"F0 control", "F0 model", "distribution", "likeness", "voices", "cost"}


def test_a_second_run_does_nothing(augmented):
    output = run([f"{RECIPE}/run.sh", *TINY], augmented.parents[2])
    assert ran(output) == [] and output.count("done already") == len(STAGES)
