"""Who speaks in the mini corpus and how: made-up speakers (espeak-ng variant files drawn from a seed), named styles (settings for
a whole utterance), text rules and random emphasis (changes to single words). All of it is kept as truth beside the corpus.

What a change to a word does to the sound was measured on the library: F0 is multiplied by 1.0095 to the power of pitch points
(percent of the style's pitch), 1.0090 downward; time is divided by the rate; volume multiplies the amplitude.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tts.corpus.generated_cast import CastMember
from tts.errors import UserError
from tts.text.espeak import VoiceSettings

_NAMES = {"female": ("alice", "clara", "elena", "greta", "irene", "julia", "laura", "maria", "nora", "paula", "rosa", "vera"),
          "male": ("brian", "david", "felix", "henry", "jonas", "karl", "mateo", "oscar", "peter", "simon", "tomas", "victor")}
_LOW_HZ = {"female": (150, 205), "male": (84, 118)}
_GOLDEN = 0.618  # steps of this share spread speakers evenly over a range, however many there are

STYLES = {
    "neutral": VoiceSettings(rate=175, pitch=50, range=50, volume=55),
    "newscaster": VoiceSettings(rate=195, pitch=46, range=64, volume=62),
    "dj": VoiceSettings(rate=222, pitch=56, range=90, volume=72),
    "excited": VoiceSettings(rate=204, pitch=66, range=78, volume=68),
    "disappointed": VoiceSettings(rate=140, pitch=38, range=22, volume=40),
}


@dataclass(frozen=True)
class Speaker:
    """A made-up speaker. `low_hz` to `high_hz` is the F0 range in the neutral style, `tempo` multiplies each style's rate (larger
    is faster), `tract_percent` scales the formants (larger is a shorter vocal tract); `variant` is the espeak-ng variant file."""

    name: str
    language: str
    gender: str
    low_hz: int
    high_hz: int
    tempo: float
    tract_percent: int
    variant: str

    def settings(self, style: str) -> VoiceSettings:
        plain = STYLES[style]
        return VoiceSettings(round(plain.rate * self.tempo), plain.pitch, plain.range, plain.volume)


@dataclass(frozen=True)
class Change:
    """What is done to one word, in percent of the utterance's own: pitch +30 is higher, rate 75 is slower, volume 135 louder."""

    pitch: int = 0
    rate: int = 100
    volume: int = 100

    def ssml(self) -> dict[str, str]:
        plain = Change()
        return {key: value for key, value, same in (("pitch", f"{self.pitch:+d}%", self.pitch == plain.pitch),
                                                    ("rate", f"{self.rate}%", self.rate == plain.rate),
                                                    ("volume", f"{self.volume}%", self.volume == plain.volume)) if not same}

    def to_dict(self, style: str) -> dict:
        """The percentages, and what they should do to the sound of the word spoken in this style."""
        points = STYLES[style].pitch * self.pitch / 100
        return {"pitch_percent": self.pitch, "rate_percent": self.rate, "volume_percent": self.volume,
                "f0_ratio": round((1.0095 if points > 0 else 1.0090) ** points, 4), "time_ratio": round(100 / self.rate, 4),
                "volume_db": round(float(20 * np.log10(self.volume / 100)), 2)}


RULES = {
    "rise": Change(pitch=38),  # a yes-no question ends high
    "list": Change(pitch=20, rate=88),  # more is to come
    "close": Change(pitch=-26, rate=90),  # that was all
    "focus": Change(pitch=42, rate=70, volume=135),  # this and nothing else
}


def draw_emphasis(rng: np.random.Generator) -> Change:
    """A random change to a word; pitch, tempo and volume are drawn apart, so that one does not tell the other."""
    pitch = int(rng.integers(18, 45)) if rng.random() < 0.7 else -int(rng.integers(18, 38))
    rate = int(rng.integers(60, 86)) if rng.random() < 0.7 else int(rng.integers(118, 146))
    volume = int(rng.integers(115, 146)) if rng.random() < 0.7 else int(rng.integers(60, 86))
    return Change(pitch, rate, volume)


def make_speakers(cast: Sequence[CastMember], seed: int) -> list[Speaker]:
    """The made-up speakers of a cast; what it leaves open is drawn, women and men in turn. More speakers leave the first ones as they
    are."""
    speakers: list[Speaker] = []
    for index, member in enumerate(cast):
        gender = member.gender or ("female", "male")[index % 2]
        turn = sum(speaker.gender == gender for speaker in speakers)
        speakers.append(_make_speaker(index, turn, gender, member, seed))
    names = [speaker.name for speaker in speakers]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UserError(f"cast: two speakers are called {', '.join(twice)}; give one of them another name, or give names to all")
    return speakers


def _make_speaker(index: int, turn: int, gender: str, member: CastMember, seed: int) -> Speaker:
    """One speaker, the `turn`-th of this gender."""
    rng = np.random.default_rng([seed, 1, index])
    lowest, highest = _LOW_HZ[gender]
    low = round(lowest + (highest - lowest) * ((0.2 + turn * _GOLDEN) % 1) + rng.uniform(-2, 2))
    low = member.low_hz or low
    high = round(low * (1.35 + 0.4 * ((0.5 + turn * _GOLDEN**2) % 1)))  # narrow and wide ranges, whatever the height
    high = member.high_hz or high
    tract = int(np.clip(100 + 0.13 * (low - 95) + rng.normal(0, 4), 88, 122))
    names = _NAMES[gender]
    name = member.name or names[turn % len(names)] + (str(turn // len(names) + 1) if turn >= len(names) else "")
    lines = ["language variant", f"name {name}", f"gender {gender}", f"pitch {low} {high}", f"flutter {rng.integers(0, 5)}",
             f"roughness {rng.integers(0, 3)}", f"voicing {rng.integers(85, 111)}",
             f"consonants {rng.integers(85, 116)} {rng.integers(85, 116)}"]
    for formant in range(9):
        shift = rng.normal(0, 2.5) if formant else 0
        lines.append(f"formant {formant} {tract + shift:.0f} {rng.integers(88, 113)} {rng.integers(92, 118)}")
    tempo = round(float(rng.uniform(0.93, 1.07)), 3)
    return Speaker(name, member.language, gender, low, high, member.tempo or tempo, tract, "\n".join(lines) + "\n")
