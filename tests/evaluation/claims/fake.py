"""A system whose latents are the prosody itself: acoustic [W, 2] semitones and dB, timing [W, 1] ln stretch. A voice is a pitch
and a spectrum. What it does with the latents can be spoiled in known ways."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from zlib import crc32

import numpy as np

from tts.corpus.utterance import Phone, Unit, Utterance
from tts.evaluation.claims.evidence import Corpus, Truth
from tts.evaluation.claims.system import Latents, Rendered, Systems
from tts.features.config import FeatureConfig

CONFIG = FeatureConfig()
PITCH_HZ = {"ada": 210.0, "ben": 115.0, "cleo": 160.0, "dora": 250.0}
LANGUAGE = {"ada": "en-us", "ben": "en-us", "cleo": "en-us", "dora": "es"}
WORDS, TEXTS = 6, 3
RULED = 2  # the word that the text raises


def random_of(*key) -> np.random.Generator:
    return np.random.default_rng(crc32(repr(key).encode()))


def utterance_of(speaker: str, number: int, split: str) -> Utterance:
    """An utterance of WORDS words between pauses, timed as its prosody says."""
    rng = random_of("text", number, split, LANGUAGE[speaker])
    words = [f"w{rng.integers(40)}" for _ in range(WORDS)]
    utterance = Utterance(f"{speaker}_{split}_{number}", " ".join(words), speaker, LANGUAGE[speaker], audio="-", split=split)
    units = [Unit("_", (0, 0), [Phone("_")])]
    for word in words:
        units.append(Unit(word, (0, 0), [Phone("a")]))
    units.append(Unit(".", (0, 0), [Phone(".")]))
    return replace(utterance, units=with_lengths(units, true_latents(utterance).timing))


def true_latents(utterance: Utterance) -> Latents:
    rng = random_of("prosody", utterance.id)
    units = WORDS + 2
    acoustic = np.stack([rng.uniform(-3, 3, units), rng.uniform(-4, 4, units)], axis=1)
    acoustic[RULED + 1, 0] = rng.uniform(2, 4)
    acoustic[:, 0] -= acoustic[1:-1, 0].mean()
    timing = rng.uniform(-0.5, 0.5, (units, 1))
    return Latents(acoustic, timing, np.full_like(acoustic, -4.0), np.full_like(timing, -6.0))


def with_lengths(units: list[Unit], timing: np.ndarray) -> list[Unit]:
    base = [8 if unit.is_pause else 14 + crc32(unit.text.encode()) % 8 for unit in units]
    return [
        Unit(u.text, u.span, [Phone(u.phones[0].symbol, 0, max(1, round(n * float(np.exp(t)))))])
        for u, n, t in zip(units, base, timing[:, 0])
    ]


def sound_of(units: list[Unit], voice: str, semitones: np.ndarray, gain_db: np.ndarray) -> np.ndarray:
    """A buzz per word, silence per pause."""
    lengths = [unit.frames * CONFIG.hop_samples for unit in units]
    semitones = semitones + np.array([crc32(unit.text.encode()) % 7 / 3 - 1 for unit in units])  # what the text alone does
    hz = np.repeat(PITCH_HZ[voice] * 2 ** (semitones / 12), lengths)
    level = np.repeat([0.0 if unit.is_pause else 0.02 * 10 ** (g / 20) for unit, g in zip(units, gain_db)], lengths)
    phase = 2 * np.pi * np.cumsum(hz) / CONFIG.sample_rate
    colours = random_of("spectrum", voice).uniform(0.2, 1.0, 16)
    return (level * sum(c * np.cos((h + 1) * phase) for h, c in enumerate(colours))).astype(np.float32)


@dataclass(frozen=True)
class Fake:
    """deaf: latents are ignored; stuck: speaks with the source's voice; leak: how much of the speaker is added to the latents;
    smear: how much a word's latents reach all others."""

    deaf: bool = False
    stuck: bool = False
    leak: float = 0.0
    smear: float = 0.0
    voices: tuple[str, ...] = tuple(PITCH_HZ)
    features: FeatureConfig = field(default_factory=FeatureConfig)
    speaker_vectors: str = "table"

    def language_of(self, voice):
        return LANGUAGE[voice]

    def f0_range_hz(self, voice):
        return PITCH_HZ[voice] / 2, PITCH_HZ[voice] * 2

    def recording(self, utterance):
        latents = true_latents(utterance)
        return sound_of(utterance.units, utterance.speaker, *latents.acoustic.T)

    def copy(self, utterance):
        return Rendered(self.recording(utterance), utterance.units)

    def source(self, utterance):
        latents, mark = true_latents(utterance), random_of("mark", utterance.speaker).normal(size=3) * self.leak
        return replace(latents, acoustic=latents.acoustic + mark[:2], timing=latents.timing + mark[2:])

    def centroid(self, utterance, voice):
        units = len(utterance.units)
        return Latents(np.zeros((units, 2)), np.zeros((units, 1)))

    def predicted(self, utterance, voice):
        own, rng = true_latents(utterance), random_of("guess", utterance.id)
        return Latents(
            0.7 * own.acoustic + rng.normal(0, 0.5, own.acoustic.shape),
            0.7 * own.timing + rng.normal(0, 0.05, own.timing.shape),
            np.full_like(own.acoustic, 0.5),
            np.full_like(own.timing, -3.0),
        )

    def speak(self, utterance, voice, latents, semitones=None):
        acoustic, timing = (
            np.zeros_like(z) if self.deaf else z + self.smear * (z.mean(axis=0) - z) for z in (latents.acoustic, latents.timing)
        )
        units = with_lengths(utterance.units, timing)
        raised = acoustic[:, 0] + (0 if semitones is None else semitones)
        return Rendered(sound_of(units, utterance.speaker if self.stuck else voice, raised, acoustic[:, 1]), units, 0.0)

    def say(self, utterance, voice):
        return self.speak(utterance, voice, self.predicted(utterance, voice))

    def extract(self, utterance):
        pass


@dataclass(frozen=True)
class FrameFake:
    """Copies the prosody frame by frame, and half of the source's pitch with it; its latents tell who spoke."""

    ours: Fake
    description: str = "a latent for every frame"

    def speak(self, utterance, voice):
        latents = true_latents(utterance)
        drag = 6 * np.log2(PITCH_HZ[utterance.speaker] / PITCH_HZ[voice])
        return Rendered(
            sound_of(utterance.units, voice, latents.acoustic[:, 0] + drag, latents.acoustic[:, 1]), utterance.units
        )

    def latents(self, utterance):
        rows = replace(self.ours, leak=3.0).source(utterance).acoustic
        return np.repeat(rows, [unit.frames for unit in utterance.units], axis=0)


@dataclass(frozen=True)
class BaseFake:
    ours: Fake

    def say(self, utterance, voice):
        return self.ours.speak(utterance, voice, self.ours.centroid(utterance, voice))


@dataclass(frozen=True)
class FakeOpener:
    ours: Fake = Fake()
    others: bool = True

    def open(self) -> Systems:
        return Systems(self.ours, {"frames": FrameFake(self.ours)}, BaseFake(self.ours)) if self.others else Systems(self.ours)


class FakeCorpus:
    """Test and training utterances of all voices, with the emphasis that the first word of each truly has, and the word that a
    rule raises."""

    @cached_property
    def corpus(self) -> Corpus:
        test, train = (
            [utterance_of(speaker, n, split) for speaker in PITCH_HZ for n in range(count)]
            for split, count in (("test", TEXTS), ("train", 6))
        )
        truth = {}
        for utterance in test:
            (semitones, decibels), timing = true_latents(utterance).acoustic[1], true_latents(utterance).timing[1, 0]
            first = {"f0_ratio": 2 ** (semitones / 12), "time_ratio": float(np.exp(timing)), "volume_db": float(decibels)}
            truth[utterance.id] = Truth(
                (first, *[None] * (WORDS - 1)), tuple("rise" if word == RULED else None for word in range(WORDS))
            )
        return Corpus(tuple(test), tuple(train), truth=truth, genders={"ada": "female", "dora": "female", "cleo": "female", "ben": "male"})
