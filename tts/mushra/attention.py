"""Attention checks: pages whose sounds say numbers. Who listens knows the answer, whoever does not cannot read it anywhere.

espeak-ng says the numbers, in the listeners' language. In mushra each slider is to be set to the number that its sound says; in
mos the number is the answer; in preference the sound that says the number asked for is to be chosen; in abx X says the same
number as one of the others.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import soxr

from tts.errors import UserError
from tts.mushra.folder import X
from tts.mushra.sound import RATE

TOLERANCE = {"mushra": 5, "mos": 0, "preference": 0, "abx": 0}
SLIDERS = 3


@dataclass(frozen=True)
class Check:
    """One page: the number that each letter says, the expected scores, and the number that the instruction names (preference
    only)."""

    numbers: dict[str, int]
    expected: dict[str, float]
    asked: int | None = None
    answer: str | None = None  # abx: the letter that X equals


def draw_check(kind: str, dice: random.Random) -> Check:
    """A check for a kind of test; the answers are drawn."""
    if kind == "mushra":
        numbers = dict(zip("ABC", dice.sample(range(10, 100, 10), SLIDERS)))
        return Check(numbers, {letter: float(number) for letter, number in numbers.items()})
    if kind == "mos":
        number = dice.randint(1, 5)
        return Check({"A": number}, {"A": float(number)})
    numbers = dict(zip("AB", dice.sample(range(2, 10), 2)))
    right = dice.choice("AB")
    expected = {letter: float(letter == right) for letter in numbers}
    if kind == "abx":
        return Check({**numbers, X: numbers[right]}, expected, answer=right)
    return Check(numbers, expected, asked=numbers[right])


def say_number(number: int, language: str) -> np.ndarray:
    """A number, said twice, samples [N] at RATE."""
    from tts.text.espeak import get_espeak

    espeak = get_espeak()
    voice = espeak.voice_name(language)
    if voice is None:
        raise UserError(
            f"no voice says numbers in {language!r} for the attention checks; give another --language, or --attention 0"
        )
    spoken = espeak.say([f"{number},", str(number)], voice)  # no full stop: "7." is read as "seventh" in some languages
    return soxr.resample(spoken.samples / 32768, spoken.sample_rate, RATE, quality="VHQ")
