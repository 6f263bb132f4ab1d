import dataclasses

import numpy as np

from tests.evaluation.claims.fake import CONFIG, Fake, FakeCorpus, FakeOpener
from tts.errors import UserError
from tts.evaluation.claims.work import TRANSFER, Task, fit_length, hear, in_processes, listen, per_unit

UTTERANCES = FakeCorpus().corpus.test[:2]


def test_processes_change_nothing():
    (alone, _), (shared, failures) = (
        in_processes(listen, FakeOpener(), list(UTTERANCES), jobs, "listening") for jobs in (1, 2)
    )
    assert not failures and len(shared) == 2
    for here, there in zip(alone, shared):
        assert np.array_equal(here.words.f0, there.words.f0) and np.array_equal(here.vector, there.vector)


@dataclasses.dataclass(frozen=True)
class Refusing(Fake):
    """Refuses one utterance and speaks too few words of another."""

    def speak(self, utterance, voice, latents, semitones=None):
        if utterance.id == UTTERANCES[0].id:
            raise UserError("not today")
        spoken = super().speak(utterance, voice, latents, semitones)
        return dataclasses.replace(spoken, units=spoken.units[:3] + spoken.units[-1:])


def test_what_fails_is_named_with_its_reason():
    opener = FakeOpener(Refusing())
    latents = opener.ours.source(UTTERANCES[0])
    found, failures = in_processes(hear, opener, [Task(TRANSFER, u, "ben", latents) for u in UTTERANCES], 1, "speaking")
    assert found == []
    assert failures[f"transfer {UTTERANCES[0].id} ben"] == "not today"
    assert "other words" in failures[f"transfer {UTTERANCES[1].id} ben"]


def test_vectors_of_frames_are_averaged_over_units():
    assert per_unit(np.arange(6.0)[:, None], [2, 0, 4]).ravel().tolist() == [0.5, 0.0, 3.5]


def test_sounds_are_as_long_as_their_units():
    units = UTTERANCES[0].units
    wanted = sum(unit.frames for unit in units) * CONFIG.hop_samples
    assert [len(fit_length(np.ones(wanted + extra), units, CONFIG)) for extra in (-7, 0, 7)] == [wanted] * 3
