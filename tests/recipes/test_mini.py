"""The mini recipe of CopyCat2, whose stages are all there are, from nothing to its page in debug size, and again."""

import json
import time

from tests.helpers.project import TINY_CORPUS, ran, run

STAGES = ["corpus", "text", "alignment", "features", "bert", "train", "prosody", "synthesis", "transfer", "recogniser", "evaluation", "claims", "report"]


def test_everything_is_there_afterwards(demo):
    output, recipe = (demo / "first_run.txt").read_text(), demo / "egs/mini/copycat2"
    assert ran(output) == STAGES and all(word in output for word in ("Listen:", "Speak:", "Transfer:"))
    for path in ("data/corpus/manifest.jsonl", "data/text/phones.json", "data/alignment/manifest.jsonl", "data/features/fingerprint.json",
                 "exp/copycat2/model.safetensors", "exp/copycat2/config.yaml", "exp/copycat2/command.sh", "exp/copycat2/page.html", "exp/copycat2/RESULTS.md",
                 "exp/copycat2/prosody/model.safetensors", "exp/copycat2/claims/claims.md", "exp/copycat2/wav/edited/transfer.json"):
        assert (recipe / path).stat().st_size > 0, path
    rows = [json.loads(line) for line in (recipe / "exp/copycat2/stages.jsonl").read_text().splitlines()]
    assert [row["stage"] for row in rows[: len(STAGES)]] == STAGES and all(row["facts"] for row in rows)


def test_a_second_run_does_nothing(demo):
    recipe = demo / "egs/mini/copycat2"
    before = {path: path.stat().st_mtime_ns for path in (recipe / "exp/copycat2").rglob("*") if path.is_file()}
    started = time.monotonic()
    output = run(["egs/mini/copycat2/run.sh", *TINY_CORPUS], demo)
    assert ran(output) == [] and output.count("done already") == len(STAGES)
    assert time.monotonic() - started < 10
    assert {path: path.stat().st_mtime_ns for path in (recipe / "exp/copycat2").rglob("*") if path.is_file()} == before


def test_a_lost_artefact_is_rebuilt_and_nothing_else(demo):
    recipe = demo / "egs/mini/copycat2"
    lost = recipe / "data/text/phones.json"
    content = lost.read_bytes()
    lost.unlink()
    assert "[2 text] would run: data/text/phones.json is gone" in run(["egs/mini/copycat2/run.sh", *TINY_CORPUS, "--dry-run"], demo)
    assert not lost.exists()
    assert ran(run(["egs/mini/copycat2/run.sh", *TINY_CORPUS], demo)) == ["text"]
    assert lost.read_bytes() == content


def test_a_changed_configuration_redoes_what_depends_on_it(demo):
    def would_run(*overrides):
        output = run(["egs/mini/copycat2/run.sh", *TINY_CORPUS, "--dry-run", "--overrides", " ".join(overrides)], demo)
        return [line.split("]")[0].split()[1] for line in output.splitlines() if "would run: " in line and "only if" not in line]

    assert would_run("training.steps=30") == ["train"] and would_run("predictor_training.steps=30") == ["prosody"]
    assert {"features", "train"} <= set(would_run("features.hop_samples=256", "features.window_samples=1024"))


def test_a_wrong_key_of_the_configuration_is_told_the_right_one(demo):
    output = run(["egs/mini/copycat2/run.sh", "--overrides", "training.stepps=30"], demo, status=1)
    assert "did you mean training.steps?" in output
