import numpy as np
import pytest

from tts.evaluation.claims.probe import probe


def latents(planted: float, speakers: int = 4, utterances: int = 30):
    rng = np.random.default_rng(0)
    marks = rng.normal(size=(speakers, 8)) * planted
    return [
        (f"s{s}_{u}", f"s{s}", rng.normal(size=(rng.integers(4, 9), 8)) + marks[s])
        for s in range(speakers)
        for u in range(utterances)
    ]


def test_a_planted_speaker_is_found_and_a_random_one_is_not():
    planted, random = probe(latents(2.0)), probe(latents(0.0))
    assert planted.accuracy.value > 0.9
    assert random.accuracy.value - random.chance < 0.1
    assert random.balanced.value == pytest.approx(random.balanced_chance, abs=0.06) and random.balanced_chance == 0.25


def test_chance_knows_of_a_frequent_speaker():
    items = [item for item in latents(0.0) if item[1] == "s0" or item[0].endswith(("1", "2"))]
    found = probe(items)
    assert found.chance > 0.5
    assert abs(found.accuracy.value - found.chance) < 0.1
    assert found.balanced.value == pytest.approx(0.25, abs=0.1)


def test_judged_on_other_utterances_than_fitted():
    rng = np.random.default_rng(1)
    one_value_each = [(f"s{s}_{u}", f"s{s}", np.full((5, 3), rng.normal())) for s in range(3) for u in range(40)]
    assert probe(one_value_each).accuracy.value < 0.6  # within an utterance all units are alike: seen halves would give 1


def test_one_speaker_cannot_be_told_apart():
    assert probe(latents(1.0, speakers=1)) is None
