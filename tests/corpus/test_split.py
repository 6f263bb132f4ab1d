import random

import pytest

from tts.corpus.manifest import read_manifest, write_manifest
from tts.corpus.split import split_manifest, text_key
from tts.corpus.utterance import Utterance
from tts.errors import UserError


def corpus(path, takes=3, texts=100, speakers=("ada", "bob"), order=None):
    """Every speaker reads every text of its own `takes` times."""
    rows = [Utterance(f"{s}_{t}_{k}", f"{s} reads number {t}", s, "en-us") for s in speakers for t in range(texts)
            for k in range(takes)]
    if order is not None:
        random.Random(order).shuffle(rows)
    write_manifest(path, rows)
    return path


def splits(path):
    return {u.id: u.split for u in read_manifest(path)}


def test_no_text_is_in_two_parts_and_shares_are_kept(tmp_path):
    path = corpus(tmp_path / "m.jsonl")
    facts = split_manifest(path, path, dev=30, test=60)
    parts = {}
    for utterance in read_manifest(path):
        parts.setdefault(utterance.text, set()).add(utterance.split)
    assert all(len(found) == 1 for found in parts.values())
    assert facts.parts == {"train": 510, "dev": 30, "test": 60}
    assert facts.speakers == {"ada": {"dev": 15, "test": 30, "train": 255}, "bob": {"dev": 15, "test": 30, "train": 255}}


def test_texts_shared_by_all_speakers_go_together(tmp_path):
    rows = [Utterance(f"{s}_{t}", f"Text {t}" + "!" * n, s, "en-us") for n, s in enumerate(["a", "b", "c", "d"])
            for t in range(10)]
    write_manifest(tmp_path / "m.jsonl", rows)
    facts = split_manifest(tmp_path / "m.jsonl", tmp_path / "s.jsonl", dev=4, test=1)
    # A text is four utterances: one is as near to 4 as can be, and the least that is more than none for 1.
    assert facts.parts == {"train": 32, "dev": 4, "test": 4}
    with pytest.raises(UserError, match="only 10 different texts|nothing would be left"):
        split_manifest(tmp_path / "m.jsonl", tmp_path / "s.jsonl", dev=20, test=20)


def test_speakers_are_set_apart_whole(tmp_path):
    path = corpus(tmp_path / "m.jsonl", speakers=("ada", "bob", "cid", "dan"))
    facts = split_manifest(path, tmp_path / "s.jsonl", dev=30, test=60, unseen=2)
    apart = {name for name, parts in facts.speakers.items() if "unseen" in parts}
    assert len(apart) == 2 and all(facts.speakers[name] == {"unseen": 300} for name in apart)
    assert facts.parts == {"train": 510, "dev": 30, "test": 60, "unseen": 600} and "unseen 600" in str(facts)
    with pytest.raises(UserError, match="nobody would be left"):
        split_manifest(path, tmp_path / "s.jsonl", dev=30, test=60, unseen=4)


def test_order_does_not_matter_and_seed_does(tmp_path):
    one, two = corpus(tmp_path / "1.jsonl"), corpus(tmp_path / "2.jsonl", order=5)
    split_manifest(one, one, 30, 60)
    split_manifest(two, two, 30, 60)
    assert splits(one) == splits(two)
    before = splits(one)
    split_manifest(one, one, 30, 60)
    assert splits(one) == before
    split_manifest(one, one, 30, 60, seed=1)
    assert splits(one) != before


def test_by_utterance_and_by_speaker(tmp_path):
    path = corpus(tmp_path / "m.jsonl", speakers=("a", "b", "c", "d", "e"), texts=7)
    assert split_manifest(path, path, 10, 10, by="utterance").parts == {"train": 85, "dev": 10, "test": 10}
    facts = split_manifest(path, path, 1, 2, by="speaker")
    assert sorted(tuple(parts) for parts in facts.speakers.values()) == [("dev",), ("test",), ("test",), ("train",), ("train",)]
    assert "not in train" in str(facts)


def test_uneven_speakers_get_their_share(tmp_path):
    rows = [Utterance(f"{s}{i}", f"{s} {i}", s, "de") for s, n in (("a", 80), ("b", 15), ("c", 5)) for i in range(n)]
    write_manifest(tmp_path / "m.jsonl", rows)
    facts = split_manifest(tmp_path / "m.jsonl", tmp_path / "m.jsonl", dev=0, test=20)
    assert {name: parts.get("test", 0) for name, parts in facts.speakers.items()} == {"a": 16, "b": 3, "c": 1}


def test_asking_for_everything_or_nonsense_is_refused(tmp_path):
    path = corpus(tmp_path / "m.jsonl", takes=1, texts=5)
    with pytest.raises(UserError, match="nothing would be left"):
        split_manifest(path, path, 5, 5)
    with pytest.raises(UserError, match="cannot split by 'mood'"):
        split_manifest(path, path, 1, 1, by="mood")
    assert set(splits(path).values()) == {None}


def test_text_key():
    assert text_key("Don't  STOP, Größe!") == text_key("don t stop — grösse") and text_key("?!") == "?!"
