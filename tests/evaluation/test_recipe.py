"""The table of a recipe whose synthesis equals its recordings."""

import pytest

from tts.cli import main
from tts.evaluation.recipe import COPY, RECORDING, SYNTHESIS
from tts.evaluation.results import Results


@pytest.fixture(scope="module")
def results(evaluated):
    assert evaluated.status == [0, 0]
    return Results.load(evaluated.model / "evaluation" / "results.json")


def test_speech_that_equals_the_recording_is_perfect(results):
    for metric, value in (
        ("mcd", 0),
        ("voicing_decision_error", 0),
        ("f0_rmse_cents", 0),
        ("length_ratio", 1),
        ("duration_rmse_ms", 0),
        ("duration_correlation", 1),
    ):
        assert results.estimate(SYNTHESIS, metric).mean == pytest.approx(value, abs=1e-9), metric
    assert results.estimate(SYNTHESIS, "mcd").count == 2


def test_copy_synthesis_is_near_but_not_perfect(results):
    assert 0 < results.estimate(COPY, "mcd").mean < 8
    glide = next(row for row in results.of(COPY) if row.id == "u_1")
    assert glide.scores["f0_rmse_cents"] < 60 and glide.scores["length_ratio"] == 1


def test_what_was_not_spoken_or_not_measured_is_said(results):
    assert results.not_scored == {"synthesis: u_2": "was not spoken"}
    assert len(results.of(RECORDING)) == len(results.of(COPY)) == 3
    assert results.estimate(RECORDING, "mcd") is None
    assert any(note.startswith("Phone error rate: not measured") for note in results.notes)


def test_speech_of_other_features_is_refused(evaluated, monkeypatch, capsys):
    monkeypatch.chdir(evaluated.root)
    sidecar = evaluated.model / "fingerprint.json"
    before = sidecar.read_text()
    try:
        from tts.features.config import FeatureConfig
        from tts.features.fingerprint import fingerprint

        fingerprint(FeatureConfig(hop_samples=240)).save(sidecar)
        assert main(["evaluate", "recipe", "--model", "exp/try"]) == 1
    finally:
        sidecar.write_text(before)
    error = capsys.readouterr().err
    assert "hop_samples is 300" in error and "240" in error


def test_a_part_without_utterances_is_an_error(evaluated, monkeypatch, capsys):
    monkeypatch.chdir(evaluated.root)
    assert main(["evaluate", "recipe", "--model", "exp/try", "--split", "tset", "--spoken", "exp/try/wav/test"]) == 1
    assert "'tset'" in capsys.readouterr().err
