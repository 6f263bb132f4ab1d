import numpy as np
import pytest

from tests.evaluation.claims.fake import FakeCorpus, FakeOpener
from tts.evaluation.claims.plan import borrowed, replacement, voice_pairs
from tts.evaluation.claims.work import in_processes, listen


@pytest.fixture(scope="module")
def listened():
    found, failures = in_processes(listen, FakeOpener(), list(FakeCorpus().corpus.test), 1, "listening")
    assert not failures
    return {item.utterance.id: item for item in found}


def test_borrowed_latents_keep_words_for_words(listened):
    giver, taker = listened["ada_test_1"], listened["ada_test_0"]
    found = borrowed(giver, taker)
    words = ~taker.is_pause
    assert np.array_equal(found.acoustic[words], giver.latents.acoustic[~giver.is_pause])
    assert len(found.timing) == len(taker.is_pause)


def test_a_replacing_word_differs_clearly(listened):
    for item in listened.values():
        word, giver, given = replacement(item, listened)
        melody = [i.words.f0 - i.words.f0.mean() for i in (item, giver)]
        assert abs(melody[0][word] - melody[1][given]) > 2 and giver is not item


def test_pairs_are_thinned_out_evenly():
    systems, corpus = FakeOpener().open(), FakeCorpus().corpus
    pairs = voice_pairs(systems, list(corpus.test) * 10)
    assert len(pairs) == 120 and {voice for _, voice in pairs} == {"ada", "ben", "cleo"}
