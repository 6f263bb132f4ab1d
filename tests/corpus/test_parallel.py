import pytest

from tts.corpus.parallel import CHUNK_ITEMS, CHUNKS_PER_JOB, ordered_map


def square(number):
    if number < 0:
        raise ValueError(f"{number} is negative")
    return number * number


def test_order_holds_and_only_a_bounded_number_is_drawn_ahead():
    drawn = 0

    def numbers():
        nonlocal drawn
        for drawn in range(2000):
            yield drawn

    results = ordered_map(square, numbers(), 2, "squares")
    assert next(results) == 0 and drawn <= 2 * CHUNKS_PER_JOB * CHUNK_ITEMS
    assert list(results) == [n * n for n in range(1, 2000)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_in_an_item_reaches_the_caller(jobs):
    with pytest.raises(ValueError, match="-1 is negative"):
        list(ordered_map(square, [1, 2, -1, 3], jobs, "squares"))
