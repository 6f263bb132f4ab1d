from array import array

import numpy as np

from tts.corpus.hashing import duplicates, hash64


def test_duplicates_are_those_of_a_dictionary():
    values = np.random.default_rng(0).integers(0, 300, size=500)
    seen, expected = {}, []
    for row, value in enumerate(values.tolist()):
        if value and value in seen:
            expected.append((seen[value], row))
        seen.setdefault(value, row)
    assert duplicates(array("Q", values.tolist())) == expected
    assert duplicates(array("Q")) == []


def test_hash_is_the_same_in_every_run():
    assert hash64("größe") == hash64("größe".encode()) == 0xe99a32c955e1f8f4
