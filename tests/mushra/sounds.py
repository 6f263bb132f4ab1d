"""Folders of sounds for listening tests: buzzes that are as good as speech where only levels, lengths and spectra count."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tts.features.audio import save_audio
from tts.mushra.plan import Plan
from tts.mushra.prepare import Prepared, prepare
from tts.mushra.sound import Processing
from tts.mushra.systems import open_condition
from tts.mushra.wording import questionnaire, wording

QUICK = Processing(head_ms=60, tail_ms=60, margin_ms=20)


def buzz(
    f0_hz: float, seconds: float, rate: int = 24000, head: float = 0.15, tail: float = 0.25, gain: float = 0.1
) -> np.ndarray:
    """All harmonics of f0 at equal strength up to a tenth below half the rate, between silences."""
    time = np.arange(round(seconds * rate)) / rate
    sound = sum(np.cos(2 * np.pi * f0_hz * k * time + k * k) for k in range(1, int(0.45 * rate / f0_hz)))
    silence = [np.zeros(round(part * rate)) for part in (head, tail)]
    return np.concatenate([silence[0], gain * sound / np.abs(sound).max(), silence[1]])


def write_systems(
    folder: Path, names: tuple[str, ...] = ("reference", "ours", "theirs"), count: int = 6, seconds: float = 0.5
) -> None:
    """A folder of `count` sounds for each name, other in level, rate and silences."""
    for number, name in enumerate(names):
        for index in range(count):
            rate = (24000, 16000, 48000)[number % 3]
            sound = buzz(
                100 + 15 * number, seconds + 0.03 * index, rate, 0.1 + 0.2 * number, 0.3 - 0.1 * number, 0.05 * (1 + number)
            )
            save_audio(folder / name / f"utt_{index}.wav", sound, rate)


def describe(count: int) -> dict[str, dict[str, str]]:
    return {
        f"utt_{i}": {"text": f"Sentence <{i}> & more.", "speaker": f"s{i % 2}", "style": "calm", "language": "en-us"}
        for i in range(count)
    }


def quick_test(
    folder: Path,
    kind: str = "mushra",
    systems: tuple[str, ...] = ("ours", "theirs"),
    reference: bool = True,
    inline: bool = True,
    **plan,
) -> Prepared:
    """A small test in folder/test, of sounds in folder/NAME that are made when they are not there."""
    names = (*(("reference",) if reference else ()), *systems)
    if not (folder / names[0]).exists():
        write_systems(folder, names)
    descriptions = describe(6)
    mushra = kind == "mushra"
    settings = {
        "items": 3,
        "listeners": 6,
        "attention": 1,
        "training": 1,
        "anchors": ("anchor35",) if mushra else (),
        "open_reference": mushra,
        "shortest_seconds": 0.5,
        "processing": QUICK,
    } | plan
    conditions = [open_condition(name, folder / name) for name in names]
    return prepare(
        conditions, descriptions, Plan("test", kind, **settings), wording(kind), questionnaire(), folder / "test", inline
    )
