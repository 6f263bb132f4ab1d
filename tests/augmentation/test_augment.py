"""A corpus out of another speaker's: same bytes for any number of processes and any interruption; what breaks a rule is named
and counted."""

import json
import multiprocessing
import os
import shutil
import signal
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tts.augmentation import augment as module
from tts.augmentation.augment import augment
from tts.augmentation.config import AugmentationConfig
from tts.augmentation.convert import Tools
from tts.cli import main
from tts.corpus.manifest import read_manifest
from tts.features.store import FeatureStore
from tts.text.inventory import PhoneInventory
from tts.training.batch import FeatureSource, Names

ALL = AugmentationConfig(-1, -2, 100, 10, 0)


@pytest.fixture(scope="module")
def corpus(augmented):
    """(tools, manifest, folder of the corpus with predicted F0)."""
    folder = augmented / "exp/f0_augmentation"
    tools = Tools(folder / "conversion/alma/tuned", augmented / "data/features", folder / "f0_model/alma/tuned", None,
                  augmented / "exp/aligner", augmented / "exp/recogniser")
    return tools, augmented / "data/alignment/manifest.jsonl", folder / "augmented/alma/predicted"


def all_bytes(folder: Path) -> dict:
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_corpus_like_any_other(corpus):
    tools, manifest, made = corpus
    sources = {u.id: u for u in read_manifest(manifest) if u.speaker == "beth" and u.split == "train"}
    rows, store = list(read_manifest(made / "manifest.jsonl")), FeatureStore(made / "features",
                                                                             expected=FeatureStore(tools.features).fingerprint)
    assert {row.passport["source"] for row in rows} == set(sources) and {(row.speaker, row.style, row.split)
                                                                         for row in rows} == {("alma", "excited", "train")}
    for row in rows:
        source = sources[row.passport["source"]]
        assert row.text == source.text and row.durations == source.durations and store.frames(row.id) == sum(row.durations)
        assert row.passport["f0"] == "predicted" and row.passport["supporter"] == "beth" and -1 <= row.passport["scores"]["likeness"] <= 1
    inventory = PhoneInventory.load(manifest.parents[1] / "text/phones.json")
    batch = FeatureSource(rows, store, inventory, Names.of(rows), 10**6, 0).load([rows[0].id])
    assert batch.synthetic.tolist() == [True] and batch.mel.shape[1] == sum(rows[0].durations)


def killed_at_the_second_shard(tools, manifest, folder):
    write, written = module.store.write_shard, []

    def die(*args, **more):
        if written:
            os.kill(os.getpid(), signal.SIGKILL)
        written.append(write(*args, **more))

    module.store.write_shard, module.PER_SHARD = die, 6
    augment(tools, manifest, "alma", "beth", "predicted", folder, ALL)


def test_killed_and_resumed_with_other_processes_is_the_same(corpus, tmp_path, monkeypatch):
    tools, manifest, _ = corpus
    monkeypatch.setattr(module, "PER_SHARD", 6)
    whole = augment(tools, manifest, "alma", "beth", "predicted", tmp_path / "whole", ALL, keep_wav=True)
    assert whole.made == 3 and whole.accepted == 16
    augment(replace(tools), manifest, "alma", "beth", "predicted", tmp_path / "parallel", ALL, jobs=2, keep_wav=True)
    assert all_bytes(tmp_path / "parallel") == all_bytes(tmp_path / "whole") and len(list((tmp_path / "whole/wav").iterdir())) == 16
    pytest.importorskip("submitit")
    augment(tools, manifest, "alma", "beth", "predicted", tmp_path / "cluster", ALL, keep_wav=True, cluster="submitit-local", cluster_jobs=2)
    shutil.rmtree(tmp_path / "cluster/submitit")  # its logs
    assert all_bytes(tmp_path / "cluster") == all_bytes(tmp_path / "whole")
    plain = augment(tools, manifest, "alma", "beth", "predicted", tmp_path / "plain", ALL)
    child = multiprocessing.get_context("fork").Process(target=killed_at_the_second_shard, args=(tools, manifest,
                                                                                                 tmp_path / "killed"))
    child.start(), child.join()
    assert child.exitcode == -signal.SIGKILL and not (tmp_path / "killed/manifest.jsonl").exists()
    first = tmp_path / "killed/features/shards/000000.safetensors"
    made_at = first.stat().st_mtime_ns
    time.sleep(0.01)
    assert augment(tools, manifest, "alma", "beth", "predicted", tmp_path / "killed", ALL).made == 2
    assert first.stat().st_mtime_ns == made_at and all_bytes(tmp_path / "killed") == all_bytes(tmp_path / "plain")
    # nothing to do
    assert augment(tools, manifest, "alma", "beth", "predicted", tmp_path / "killed", ALL) == replace(plain, made=0)


def test_what_another_vocoder_of_the_same_name_made_is_made_again(corpus, tmp_path, monkeypatch):
    tools, manifest, _ = corpus
    opened = module.open_tools(tools)
    for weights in (b"old", b"new"):
        (tmp_path / "vocoder").mkdir(exist_ok=True)
        (tmp_path / "vocoder/model.safetensors").write_bytes(weights)
        monkeypatch.setattr(module, "open_tools", lambda tools: replace(opened, vocoder=Named(str(tmp_path / "vocoder"), opened.vocoder)))
        module._tools_identity.cache_clear()
        assert augment(tools, manifest, "alma", "beth", "predicted", tmp_path / "out", ALL).made == 1
        assert augment(tools, manifest, "alma", "beth", "predicted", tmp_path / "out", ALL).made == 0
    module._tools_identity.cache_clear()


class Named:
    """A vocoder that lies in another folder than its own."""

    def __init__(self, name: str, vocoder):
        self.name, self.vocoder = name, vocoder

    def __call__(self, mel):
        return self.vocoder(mel)


def test_what_breaks_a_rule_is_named_and_counted(corpus, tmp_path):
    tools, manifest, made = corpus
    scores = sorted(row.passport["scores"]["likeness_margin"] for row in read_manifest(made / "manifest.jsonl"))
    strict = replace(ALL, least_likeness_margin=scores[5] + 1e-6)
    found = augment(tools, manifest, "alma", "beth", "predicted", tmp_path, strict)
    rejected = [json.loads(line) for line in (tmp_path / "rejected.jsonl").read_text().splitlines()]
    assert found.rejected == len(rejected) == 6 and found.accepted == 10 and {tuple(row["broken"])
                                                                              for row in rejected} == {("likeness_margin",)}
    facts = json.loads((tmp_path / "augmentation.json").read_text())
    assert {rule["score"]: rule["rejected"] for rule in facts["rules"]}["likeness_margin"] == 6 and facts["accepted"] == 10
    store = FeatureStore(tmp_path / "features")
    assert len(store) == 10 and not any(row["id"] in store for row in rejected)


def test_faults_are_a_sentence(corpus, tmp_path, capsys):
    tools, manifest, _ = corpus
    common = ["augment", "--manifest", str(manifest), "--features", str(tools.features), "--output", str(tmp_path / "out")]
    assert main([*common, "--model", str(tools.model), "--target", "alba", "--supporter", "beth"]) == 1
    assert "did you mean 'alma'" in capsys.readouterr().err
    voice = tools.model.parents[2] / "voices/alma/alone"
    assert main([*common, "--model", str(voice), "--target", "alma", "--supporter", "beth"]) == 1
    assert "expected a copycat" in capsys.readouterr().err
    assert main([*common, "--model", str(tools.model), "--target", "alma", "--supporter", "beth", "--set",
                 "augmentation.least_in_range=2"]) == 1
    assert "none of 16 converted utterances was accepted" in capsys.readouterr().err
