"""Boundary errors with known answers."""

import json

import numpy as np
import pytest

from tests.alignment.make import units_of
from tts.alignment.evaluation import BoundaryErrors, evaluate, letter_errors, read_emodb, syllables_to_words
from tts.corpus.manifest import write_manifest
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.features.config import FeatureConfig
from tts.paths import real_speech

CONFIG = FeatureConfig()


def test_errors_are_summed_up():
    errors = BoundaryErrors.of("x", [0.01, -0.01, 0.03, 0.06])
    assert (errors.count, errors.median_ms, errors.mean_ms) == (4, pytest.approx(20), pytest.approx(27.5))
    assert (errors.within_20_ms, errors.within_50_ms, errors.bias_ms) == (0.5, 0.75, pytest.approx(20))


def test_manifest_against_truth(tmp_path):
    utterance = Utterance("u", "ae io.", "s", "de", units=units_of("ae io."))
    for phone, frames in zip(utterance.phones, [8, 8, 8, 8, 8, 8]):
        phone.frames = frames
    write_manifest(tmp_path / "manifest.jsonl", [utterance, Utterance("v", "a.", "s", "de", units=units_of("a."))])
    truth = {"id": "u", "words": [{"start_s": 0.1, "phones": [["a", 0, 0.1, 0.2], ["e", 0, 0.21, 0.3]]},
                                  {"start_s": 0.33, "phones": [["i", 0, 0.33, 0.4], ["o", 0, 0.4, 0.5]]}]}
    (tmp_path / "truth.jsonl").write_text(json.dumps(truth) + "\n")
    lines = list(evaluate(tmp_path / "manifest.jsonl", CONFIG, tmp_path / "truth.jsonl", None))
    assert "4 starts: median   5.0 ms, mean  10.0" in lines[0]  # 0, -10, -30, 0 ms
    assert "2 starts: median  15.0 ms" in lines[1]
    assert "not compared: 1\n  v: no truth" in lines[2]


def test_syllables_are_put_into_words_by_their_spelling():
    syllables = "heu te a bend könn te ich es ihm sa gn".split()
    assert syllables_to_words("heute abend könnte ich es ihm sagen".split(), syllables) == [0, 2, 4, 6, 7, 8, 9]
    assert syllables_to_words(["wegbringen", "und"], ["weg", "bring", "gn", "und"]) == [0, 3]


def test_letter_errors():
    assert [letter_errors(*pair) for pair in [("", ""), ("abc", "abc"), ("abc", ""),
                          ("kitten", "sitting"), (["a", "b"], ["b"])]] == [0, 0, 3, 3, 1]


def test_emodb_marks_are_read(tmp_path):
    if real_speech() is None:
        pytest.skip("the real recordings (shared/data) are not there")
    folder = real_speech() / "real-speech" / "emodb-de"
    utterance = Utterance("emodb_03a01Wa", "Der Lappen liegt auf dem Eisschrank.", "emodb03", "de",
                          units=units_of("Der Lappen liegt auf dem Eisschrank."))
    starts = read_emodb(folder, [utterance])["emodb_03a01Wa"].words
    assert len(starts) == 6 and (np.diff(starts) > 0.05).all()
    with pytest.raises(UserError, match="no alignments/syllables"):
        read_emodb(tmp_path, [utterance])
