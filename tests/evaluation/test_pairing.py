"""Sounds belong together by exact id."""

import numpy as np
import pytest

from tts.corpus.manifest import write_manifest
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.evaluation.pairing import pair, sounds_in
from tts.features.audio import save_audio


def folder(path, *names):
    for name in names:
        save_audio(path / f"{name}.wav", np.zeros(300), 24000)
    return path


def test_an_id_inside_another_is_another(tmp_path):
    found = pair(
        sounds_in(folder(tmp_path / "a", "utt_1", "utt_2")), sounds_in(folder(tmp_path / "b", "utt_10", "utt_2", "utt_22"))
    )
    assert list(found.reference) == list(found.hypothesis) == ["utt_2"]
    assert (found.only_reference, found.only_hypothesis) == (["utt_1"], ["utt_10", "utt_22"])


def test_nothing_in_common_twice_the_same_and_nothing_at_all_are_errors(tmp_path):
    with pytest.raises(UserError, match="no id is on both sides"):
        pair(sounds_in(folder(tmp_path / "a", "x")), sounds_in(folder(tmp_path / "b", "y")))
    folder(tmp_path / "a" / "deeper", "x")
    with pytest.raises(UserError, match="'x' occurs twice"):
        sounds_in(tmp_path / "a")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="no sound there"):
        sounds_in(tmp_path / "empty")


def test_a_manifest_pairs_with_a_folder(tmp_path):
    folder(tmp_path / "m" / "wav", "p", "q")
    write_manifest(
        tmp_path / "m" / "manifest.jsonl",
        [Utterance(n, "t", "s", "de", audio=f"wav/{n}.wav", split=split) for n, split in (("p", "test"), ("q", "train"))],
    )
    found = pair(sounds_in(tmp_path / "m" / "manifest.jsonl", "test"), sounds_in(folder(tmp_path / "h", "p", "q")))
    assert list(found.reference) == ["p"] and found.only_hypothesis == ["q"]
