"""Small things that several of these tests need: sounds with a known order of tones, and utterances to go with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tts.corpus.utterance import Phone, Unit, Utterance
from tts.features.audio import save_audio
from tts.text.inventory import PhoneInventory

TONES = {"a": 300.0, "e": 600.0, "i": 1200.0, "o": 2000.0, "u": 3200.0, "s": 5000.0}
INVENTORY = PhoneInventory.from_counts(dict.fromkeys([*TONES, "_", "."], 1), "none")
RATE = 16000


def units_of(text: str) -> list[Unit]:
    """"ae, io." -> pause, word a e, pause, word i o, pause: a letter is a phone."""
    units, place = [Unit("_", (0, 0), [Phone("_")])], 0
    for token in text.split():
        word = token.rstrip(",.")
        units.append(Unit(word, (place, place + len(word)), [Phone(letter) for letter in word]))
        if word != token:
            units.append(Unit(token[-1], (place + len(word), place + len(token)), [Phone(token[-1])]))
        place += len(token) + 1
    return units


def tone_utterance(folder: Path, name: str, text: str, rng: np.random.Generator,
                   gap_seconds: float = 0.0) -> tuple[Utterance, np.ndarray]:
    """An utterance whose phones are tones of random length; silence at both ends and `gap_seconds` between words. Also its
    phones' starts."""
    pieces, starts, at = [np.zeros(int(0.1 * RATE))], [], 0.1
    for index, word in enumerate(text.replace(",", "").replace(".", "").split()):
        if index and gap_seconds:
            pieces.append(np.zeros(round(gap_seconds * RATE)))
            at += gap_seconds
        for letter in word:
            seconds = round(rng.uniform(0.06, 0.14), 3)
            pieces.append(0.3 * np.sin(2 * np.pi * TONES[letter] * np.arange(round(seconds * RATE)) / RATE))
            starts.append(at)
            at += seconds
    pieces.append(np.zeros(int(0.1 * RATE)))
    samples = np.concatenate(pieces) + 1e-3 * rng.normal(size=sum(map(len, pieces)))
    (folder / "wav").mkdir(parents=True, exist_ok=True)
    save_audio(folder / "wav" / f"{name}.wav", samples, RATE)
    return (Utterance(name, text, "beeper", "es", audio=f"wav/{name}.wav", seconds=len(samples) / RATE, units=units_of(text)),
            np.array(starts))


def random_text(rng: np.random.Generator, words: int = 3) -> str:
    letters = list(TONES)
    made = []
    for _ in range(words):
        word = [str(rng.choice(letters))]
        while len(word) < 3:
            word.append(str(rng.choice([letter for letter in letters if letter != word[-1]])))
        if made and made[-1][-1] == word[0]:
            word = word[::-1] if word[-1] != word[0] else word[1:]
        made.append("".join(word))
    return " ".join(made) + "."
