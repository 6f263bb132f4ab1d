"""Who hears what in which order, balanced and seeded.

Pages and the sounds of a page follow Williams squares (Williams 1949): over the rows of a square every condition stands on every
place equally often, and follows every other equally often. Listener k takes row k of the square of pages, and on page j row k + j
of the square of conditions, so that places are balanced over listeners for each page and over pages for each listener. Numbers of
listeners that are no multiple of the rows are as balanced as they can be. What a row's numbers mean is drawn from the seed.
"""

from __future__ import annotations

import random

from tts.mushra.folder import X

LETTERS = "ABCDEFGHIJKL"
RULE = (
    "Williams squares: listener k takes row k of the square of pages, and on page j row k + j of the square of its conditions; "
    "rows and what they number are drawn from the seed; training pages come first, attention checks one in each equal part of "
    "the test, at a place drawn from the seed"
)


def williams(count: int) -> list[list[int]]:
    """A Williams square of `count` conditions: `count` rows if that is even, twice as many if it is odd."""
    first = [0]
    for step in range(1, count):
        first.append((step + 1) // 2 if step % 2 else count - step // 2)
    rows = [[(number + shift) % count for number in first] for shift in range(count)]
    return rows + [row[::-1] for row in rows] if count % 2 and count > 1 else rows


def letters_of(conditions: list[str], dice: random.Random) -> dict[str, str]:
    """A letter for each condition, drawn anew for each item so that a letter says nothing: {letter: condition}."""
    shuffled = dice.sample(conditions, len(conditions))
    return dict(zip(LETTERS, shuffled))


def orders(pages: dict[str, dict[str, str]], training: list[str], checks: list[str], listeners: int, seed: int) -> list[dict]:
    """An order for each of `listeners`: {pages: [item …], stimuli: {item: letters}}.

    `pages` is {item: {letter: condition}} of all items (X always stands last); `training` and `checks` name those that are no
    ordinary pages.
    """
    dice = random.Random(f"{seed} orders")
    ordinary = [item for item in pages if item not in training and item not in checks]
    numbered = dice.sample(ordinary, len(ordinary))
    page_rows = _shuffled(williams(len(ordinary)), dice)
    conditions = sorted({condition for item in ordinary for condition in pages[item].values()})
    condition_rank = {name: rank for rank, name in enumerate(dice.sample(conditions, len(conditions)))}
    squares = {
        count: _shuffled(williams(count), dice) for count in sorted({len(set(letters) - {X}) for letters in pages.values()})
    }
    made = []
    for listener in range(listeners):
        row = page_rows[listener % len(page_rows)]
        stimuli = {}
        for number, (item, letters) in enumerate(pages.items()):
            ranked = sorted((condition_rank.get(condition, 0), letter) for letter, condition in letters.items() if letter != X)
            square = squares[len(ranked)]
            places = square[(listener + number) % len(square)]
            stimuli[item] = "".join(ranked[place][1] for place in places) + X * (X in letters)
        middle = _with_checks([numbered[place] for place in row], checks, random.Random(f"{seed} checks {listener}"))
        made.append({"pages": [*training, *middle], "stimuli": stimuli})
    return made


def _shuffled(rows: list[list[int]], dice: random.Random) -> list[list[int]]:
    return dice.sample(rows, len(rows))


def _with_checks(items: list[str], checks: list[str], dice: random.Random) -> list[str]:
    """One check somewhere in each equal part of the items, never on the first page."""
    result = list(items)
    for number in reversed(range(len(checks))):
        low, high = (len(items) * part // len(checks) for part in (number, number + 1))
        result.insert(dice.randint(max(low, 1), max(high, 1)), checks[number])
    return result
