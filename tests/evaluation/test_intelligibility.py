"""Phone and word errors."""

import csv
import math

import pytest

from tts.corpus.utterance import Phone, Unit, Utterance
from tts.evaluation.intelligibility import Errors, PhoneJudge, WordJudge, plain_words
from tts.features.audio import load_audio
from tts.paths import real_speech


def test_words_are_compared_without_case_and_signs():
    assert plain_words("“Don’t,” she said—NOT 42 e-mails!") == ["don't", "she", "said", "not", "e", "mails"]


def test_a_rate_without_a_reference_is_no_rate():
    assert Errors(1, 4).rate == 0.25 and math.isnan(Errors(0, 0).rate)


def test_phone_errors_count_insertions_deletions_and_substitutions():
    class Recogniser:
        def phones(self, samples, sample_rate):
            return ["h", "ɛ", "l", "l"]

    judge = PhoneJudge.__new__(PhoneJudge)
    judge.recogniser = Recogniser()
    units = [
        Unit("_", (0, 0), [Phone("_")]),
        Unit("hello", (0, 5), [Phone(s) for s in ("h", "ə", "l", "oʊ")]),
        Unit(".", (5, 6), [Phone(".")]),
    ]
    found = judge.judge(Utterance("u", "Hello.", "s", "en-us", units=units), None, 24000)
    assert (found.errors, found.total) == (2, 4)


def test_word_judge_understands_recordings():
    pytest.importorskip("pocketsphinx", reason="pocketsphinx is an extra (asr)")
    root = real_speech()
    if root is None:
        pytest.skip("no real speech beside the checkout")
    folder, judge, errors, words = root / "real-speech" / "ljspeech-en", WordJudge(), 0, 0
    for row in list(csv.DictReader(open(folder / "manifest.tsv", encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE))[:3]:
        utterance = Utterance(row["utt_id"], row["transcript"], "lj", "en-us")
        found = judge.judge(utterance, load_audio(folder / row["audio"], 24000), 24000)
        errors, words = errors + found.errors, words + found.total
    assert words > 10 and errors / words < 0.5
