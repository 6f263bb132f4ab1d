import random
from collections import Counter

import pytest

from tts.mushra.design import letters_of, orders, williams


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 12, 20])
def test_williams_squares_balance_places_and_followers(count):
    rows = williams(count)
    assert all(sorted(row) == list(range(count)) for row in rows)
    for place in range(count):
        assert len(set(Counter(row[place] for row in rows).values())) == 1
    followers = Counter(pair for row in rows for pair in zip(row, row[1:]))
    assert len(followers) == count * (count - 1) and len(set(followers.values())) <= 1


def make(items: int, conditions: list[str], listeners: int, seed: int = 0, checks: int = 0):
    dice = random.Random(5)
    pages = {f"p{n:02}": letters_of(conditions, dice) for n in range(items)}
    pages |= {f"c{n}": {"A": "attention", "B": "attention", "C": "attention"} for n in range(checks)}
    return pages, orders(
        {"t01": letters_of(conditions, dice)} | pages, ["t01"], [f"c{n}" for n in range(checks)], listeners, seed
    )


def test_each_condition_stands_on_each_place_equally_often():
    pages, made = make(8, ["a", "b", "c", "d"], 8)
    for item in pages:  # over listeners, on each page
        places = Counter((pages[item][letter], place) for order in made for place, letter in enumerate(order["stimuli"][item]))
        assert len(places) == 16 and set(places.values()) == {2}
    for order in made:  # over pages, for each listener
        places = Counter((pages[item][letter], place) for item in pages for place, letter in enumerate(order["stimuli"][item]))
        assert len(places) == 16 and set(places.values()) == {2}
    for place in range(8):
        assert Counter(order["pages"][1 + place] for order in made) == Counter(pages.keys())
    followers = Counter(pair for order in made for pair in zip(order["pages"][1:], order["pages"][2:]))
    assert set(followers.values()) == {1} and len(followers) == 56


def test_practice_first_and_one_check_in_each_part():
    pages, made = make(9, ["a", "b"], 30, checks=3)
    for order in made:
        assert order["pages"][0] == "t01" and sorted(order["pages"]) == sorted(["t01", *pages])
        assert order["pages"][1][0] == "p"
        places = [order["pages"].index(f"c{n}") for n in range(3)]
        for number, place in enumerate(places):
            before = sum(item[0] == "p" for item in order["pages"][:place])
            assert 3 * number <= before <= 3 * number + 3
    assert len({order["pages"].index("c1") for order in made}) > 1


def test_x_stands_last_and_the_pair_changes_sides():
    made = orders({f"p{n}": {"A": "one", "B": "two", "X": "one"} for n in range(4)}, [], [], 8, 0)
    assert {order["stimuli"]["p0"] for order in made} == {"ABX", "BAX"}
    assert Counter(order["stimuli"]["p0"] for order in made) == {"ABX": 4, "BAX": 4}


def test_the_seed_decides():
    assert make(8, ["a", "b", "c"], 6)[1] == make(8, ["a", "b", "c"], 6)[1] != make(8, ["a", "b", "c"], 6, seed=1)[1]


def test_letters_say_nothing():
    dice = random.Random(0)
    drawn = Counter(letters_of(["a", "b", "c"], dice)["A"] for _ in range(3000))
    assert all(abs(count - 1000) < 120 for count in drawn.values()) and len(drawn) == 3
