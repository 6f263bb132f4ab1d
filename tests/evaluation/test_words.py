"""Words are judged only by a recogniser that understands the recordings."""

from dataclasses import replace
from pathlib import Path

import pytest

from tts.corpus.utterance import Utterance
from tts.evaluation import recipe
from tts.evaluation.intelligibility import Errors
from tts.evaluation.recipe import Job, words_can_be_judged
from tts.evaluation.results import Results
from tts.features.config import FeatureConfig

JOB = Job(Utterance("u", "One two.", "s", "en-us"), Path("r"), Path("c"), Path("s"), None, FeatureConfig(), (None, None), None, "griffin-lim")


@pytest.mark.parametrize("errors, judged", [(3, True), (9, False)])
def test_a_recogniser_that_fails_on_recordings_is_not_asked_further(errors, judged, monkeypatch):
    class Judge:
        def judge(self, *_):
            return Errors(errors, 10)

    monkeypatch.setattr(recipe.WordJudge, "available", staticmethod(lambda: True))
    monkeypatch.setattr(recipe, "_word_judge", Judge)
    monkeypatch.setattr(recipe, "load_audio", lambda path, rate: None)
    results = Results([])
    assert words_can_be_judged([JOB] * 20, results) is judged
    assert any("90 %" in note for note in results.notes) is not judged


def test_without_pocketsphinx_it_is_said_and_without_english_nothing_is(monkeypatch):
    monkeypatch.setattr(recipe.WordJudge, "available", staticmethod(lambda: False))
    results = Results([])
    assert not words_can_be_judged([JOB], results) and "not installed" in results.notes[0]
    german, results = replace(JOB, utterance=Utterance("u", "Eins.", "s", "de")), Results([])
    assert not words_can_be_judged([german], results) and not results.notes
