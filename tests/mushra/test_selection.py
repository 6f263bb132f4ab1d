import random
from collections import Counter
from itertools import islice

from tts.mushra.selection import Candidate, ranked


def corpus(count: int = 240) -> list[Candidate]:
    """Nine tenths are one speaker's, and most are neutral: what a blind draw would be made of."""
    dice = random.Random(1)
    return [
        Candidate(f"u_{i}", dice.uniform(1, 10), f"text {i}", "one" if i % 10 else "two", "sad" if i % 6 == 0 else "neutral")
        for i in range(count)
    ]


def test_speakers_styles_and_lengths_are_even():
    candidates = corpus()
    limits = sorted(candidate.seconds for candidate in candidates)[80:161:80]
    chosen = list(islice(ranked(candidates, 0), 24))
    assert Counter(c.speaker for c in chosen) == {"one": 12, "two": 12}
    assert Counter(c.style for c in chosen) == {"neutral": 12, "sad": 12}
    assert sorted(Counter(sum(c.seconds >= limit for limit in limits) for c in chosen).values()) == [8, 8, 8]
    assert len({c.id for c in chosen}) == 24


def test_fewer_are_the_first_of_more_and_the_order_of_the_folder_does_not_count():
    candidates = corpus()
    many = [c.id for c in islice(ranked(candidates, 3), 30)]
    assert many[:10] == [c.id for c in islice(ranked(candidates[::-1], 3), 10)]
    assert many != [c.id for c in islice(ranked(candidates, 4), 30)]


def test_a_text_comes_twice_only_when_all_were_taken():
    candidates = [Candidate(f"{text}_{speaker}", 2.0, text, speaker) for text in "abcd" for speaker in ("x", "y")]
    chosen = list(ranked(candidates, 0))
    assert len({c.text for c in chosen[:4]}) == 4 and len(chosen) == 8
