"""Loudness, peak and clipping of every sound, and its difference of loudness from the reference."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tts.errors import UserError
from tts.evaluation.loudness import clipping_share, integrated_loudness, peak_dbfs
from tts.evaluation.measures.base import Measure, Scored
from tts.evaluation.sound import Pair, Settings, Sound


@dataclass(frozen=True)
class LoudnessMeasure(Measure):
    """At each file's own rate: resampling moves peaks."""

    name = "loudness"
    of_reference = True

    def check(self, settings: Settings) -> None:
        integrated_loudness([0.0] * 48000, 48000)

    def of_sound(self, sound: Sound) -> Scored:
        samples, _ = sound.as_in_file
        return Scored(
            {"loudness_lufs": loudness_of(sound), "peak_dbfs": peak_dbfs(samples), "clipping_share": clipping_share(samples)}
        )

    def of_pair(self, pair: Pair) -> Scored:
        return Scored({"loudness_difference_lu": loudness_of(pair.hypothesis) - loudness_of(pair.reference)})

    def notes(self, settings: Settings) -> list[str]:
        return ["Loudness, peak and clipping are those of the file's own rate; several channels are averaged to one first."]


def loudness_of(sound: Sound) -> float:
    """LUFS; an error for a sound that is too quiet to have any."""
    loudness = integrated_loudness(*sound.as_in_file)
    if not math.isfinite(loudness):
        raise UserError(f"{sound.source.path}: is silent, or below the -70 LUFS gate: it has no loudness")
    return loudness
