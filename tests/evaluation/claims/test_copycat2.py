"""The whole of the checks on systems whose merits are known."""

import pytest

from tests.evaluation.claims.fake import Fake, FakeCorpus, FakeOpener
from tts.evaluation.claims.claims import MISSED, NOT_MEASURED, REACHED, claims_of
from tts.evaluation.claims.copycat2 import judge_systems
from tts.evaluation.claims.evidence import Corpus
from tts.evaluation.claims.work import TRANSFER


def judged(opener: FakeOpener, corpus: Corpus | None = None, jobs: int = 1):
    return judge_systems(opener, opener.open(), corpus or FakeCorpus().corpus, jobs)


def verdicts(one) -> dict[str, str]:
    return {f"{c.group}: {c.name}": c.verdict for c in claims_of([one.checks]) if c.group != "cost"}


@pytest.fixture(scope="module")
def perfect():
    return judged(FakeOpener())


@pytest.fixture(scope="module")
def deaf():
    return judged(FakeOpener(Fake(deaf=True), others=False))


def test_a_perfect_system_misses_nothing(perfect):
    found = verdicts(perfect)
    assert {name for name, verdict in found.items() if verdict == MISSED} == set()
    rare = {f"truth: rule {rule}, {measure}" for rule in ("list", "close", "focus") for measure in ("f0", "duration")}
    assert {name for name, verdict in found.items() if verdict == NOT_MEASURED} == rare
    assert perfect.failures == {}


def test_a_deaf_system_fails_what_it_should_and_keeps_what_it_has(deaf):
    found = verdicts(deaf)
    should_fail = {
        "transfer: word f0",
        "transfer: word energy",
        "factorised: acoustic only moves word f0",
        "factorised: timing only moves word duration",
        "fine-grained: one word's f0",
        "fine-grained: one word's duration",
        "prediction: word f0 with the recording",
        "prediction: spread of word f0",
        "truth: emphasis, f0",
        "truth: rule rise, f0",
    }
    should_fail |= {
        f"transfer: word {measure} better than {rival}"
        for measure in ("f0", "duration", "energy")
        for rival in ("the voice's mean latents", "another utterance's latents")
    }
    assert {found[name] for name in should_fail} == {MISSED}
    assert found["identity: closest voice is the target"] == REACHED
    assert found["prediction: R² of acoustic latents"] == REACHED  # a good predictor whose decoder does not listen
    assert {found["against frame-level: word f0"], found["naturalness: F0 RMSE"]} == {NOT_MEASURED}


def test_every_sound_has_a_row(perfect):
    kinds = perfect.facts["sounds"]
    assert len(perfect.rows) == sum(kinds.values()) and kinds[TRANSFER] == 18  # 9 recordings of 3 voices, two others each
    moved = [row for row in perfect.rows if row["kind"] == TRANSFER]
    assert all(row["closest"] == row["voice"] != row["speaker"] for row in moved)
    assert min(row["r_f0"] for row in moved) > 0.9
    assert "18 pairs of a recording and another voice of its language; 3 of 12 recordings have none" in " ".join(perfect.facts["notes"])
