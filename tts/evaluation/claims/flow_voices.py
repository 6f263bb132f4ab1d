"""Claims on voices that nobody has: densities compared by speakers held out, drawn voices by how far they lie from speakers and from each other, on
the vectors themselves and on the sound of them."""

from __future__ import annotations

from collections import Counter

import numpy as np

from tts.evaluation.claims.claims import Check, at_least, between, stated
from tts.evaluation.claims.flow_work import CONVERSION, TEXT, FlowSystems, JudgedRecording, SpokenVoice
from tts.evaluation.figure import Figure, combine, mean_of, median_of
from tts.speakers.density import SpeakerDensity
from tts.speakers.distances import nearest_distances, spawn_distances

NEAR, FAR = 0.5, 2.0  # a distance over that between speakers: below it are copies, above it no voices
LEAST_AGREEMENT = 0.8
SMOOTHING = 0.5  # added to every phone's count


def density_checks(systems: FlowSystems, densities: dict[str, SpeakerDensity]) -> list[Check]:
    """Held-out likelihood of every family, and the distances of what it draws, as vectors."""
    if not densities:
        return [Check("densities", "held-out speakers", "", "nats", stated(), None,
                      "the model knows its speakers by a table, or knows too few")]
    speakers = np.stack([*systems.loaded.speaker_vectors.values()])
    ids, checks = tuple(systems.loaded.speaker_vectors), []
    for family, density in densities.items():
        share = -(-len(speakers) // len(density.accents))
        drawn = np.concatenate([density.sample(accent, share, 1) for accent in density.accents])[: len(speakers)]
        found = spawn_distances(speakers, drawn)
        checks.append(Check("densities", f"{family}, held-out speakers",
                            "log-density given the accent, per dimension, speakers held out in turn", "nats", stated(),
                            _constant(ids, density.held_out)))
        checks.append(Check("densities", f"{family}, to speakers",
                            "cosine distance from a drawn vector to the nearest speaker's, over that between speakers (median)",
                            "x",
                            stated(), _constant(ids, found.g2s / found.s2s),
                            note=f"s2s {found.s2s:.3f}, g2s {found.g2s:.3f}, g2g {found.g2g:.3f}."))
    return checks


def new_voice_checks(spoken: list[SpokenVoice], accents: dict[str, str], judged: list[JudgedRecording]) -> list[Check]:
    """Drawn voices beside the speakers', both as they sound when the flow speaks with them."""
    group = "new voices"
    made = [voice for voice in spoken if voice.id not in accents]
    known = [voice for voice in spoken if voice.id in accents]
    if len(made) < 3 or len(known) < 3:
        return [Check(group, "distance to the nearest speaker", "", "cos", at_least(0), None,
                      "no voices were drawn and spoken with")]
    checks = []
    for kind in (TEXT, CONVERSION):
        speakers, voices = (np.stack([voice.vectors[kind] for voice in group_]) for group_ in (known, made))
        own, to_speakers, each_other = nearest_distances(speakers), nearest_distances(voices, speakers), nearest_distances(voices)
        nearest = (voices @ speakers.T).argmax(1)
        ids = [voice.id for voice in made]
        s2s = median_of(zip([voice.id for voice in known], own))
        g2s, g2g = median_of(zip(ids, to_speakers)), median_of(zip(ids, each_other))
        beside = {"s2s": s2s, "g2s": g2s, "g2g": g2g}
        checks.append(Check(group, f"{kind}: nobody's copy",
                            "distance to the nearest speaker minus that speaker's to its own nearest, on the sound", "cos",
                            at_least(0, "≥ 0"), mean_of(zip(ids, to_speakers - own[nearest])), "", beside))
        for name, figure, what in (("to speakers", g2s, "g2s over s2s"), ("to each other", g2g, "g2g over s2s")):
            checks.append(Check(group, f"{kind}: {name}", f"{what}: neither copies nor off the map", "x",
                                between(NEAR, FAR, f"{NEAR:g} to {FAR:g}"),
                                combine(lambda a, b: a / b, figure, s2s)))
        checks.append(Check(group, f"{kind}: spread", "summed variance of the vectors of drawn voices over that of speakers", "x",
                            stated(),
                            combine(lambda a, b: a / b, summed_variance(ids, voices),
                                    summed_variance([voice.id for voice in known], speakers))))
    return [*checks, *_ranking(made), *_accent(made, judged)]


def _ranking(made: list[SpokenVoice]) -> list[Check]:
    """Conversion spreads voices at least as wide as text mode, and that wider than a CopyCat."""
    ids = [voice.id for voice in made]
    spread = {kind: summed_variance(ids, np.stack([voice.vectors[kind] for voice in made])) for kind in made[0].vectors}
    checks = [Check("new voices", "spread: conversion beside text mode", "ratio of summed variances; the paper 0.28 / 0.22", "x",
                    at_least(1, "≥ 1"),
                    combine(lambda a, b: a / b, spread[CONVERSION], spread[TEXT]))]
    why = "" if "copycat" in spread else "no CopyCat that knows voices by vectors was given (--base)"
    ratio = None if why else combine(lambda a, b: a / b, spread[TEXT], spread["copycat"])
    return [*checks, Check("new voices", "spread: text mode beside CopyCat", "ratio of summed variances; the paper 0.22 / 0.19",
                           "x", at_least(1, "> 1"), ratio, why)]


def _accent(made: list[SpokenVoice], judged: list[JudgedRecording]) -> list[Check]:
    """Does a classifier that learned accents from recordings hear the accent that was asked for?"""
    heard = [(one.utterance.language, one.real.phones) for one in judged if one.real.phones]
    accents = sorted({accent for accent, _ in heard})
    spoken = [voice for voice in made if voice.phones and voice.accent in accents]
    if len(accents) < 2 or not spoken:
        return [Check("new voices", "accent", "", "%", at_least(LEAST_AGREEMENT), None,
                      "no recogniser is trained (exp/recogniser), or there is one accent only")]
    classify = accent_classifier(heard)
    right = mean_of((voice.id, float(classify(voice.phones) == voice.accent)) for voice in spoken)
    others = {one.id: accent_classifier([pair for pair in heard if pair[1] is not one.real.phones]) for one in judged if one.real.phones}
    on_recordings = mean_of((one.id, float(others[one.id](one.real.phones) == one.utterance.language)) for one in judged if one.id in others)
    return [Check("new voices", "accent", f"share whose accent a classifier of heard phones takes for the one asked for, of {len(accents)}", "%",
                  at_least(LEAST_AGREEMENT, "≥ 80 %"), right, "", {"recordings, one at a time left out": on_recordings})]


def accent_classifier(heard: list[tuple[str, tuple[str, ...]]]):
    """phones → the likeliest accent, by how often each phone is heard in it (naive Bayes), all accents equally likely at first."""
    counts = {accent: Counter() for accent, _ in heard}
    for accent, phones in heard:
        counts[accent].update(phones)
    symbols = sorted(set().union(*counts.values()))
    log_share = {}
    for accent, found in counts.items():
        total = sum(found.values()) + SMOOTHING * len(symbols)
        log_share[accent] = {symbol: np.log((found[symbol] + SMOOTHING) / total) for symbol in symbols}

    def classify(phones: tuple[str, ...]) -> str:
        return max(sorted(log_share), key=lambda accent: sum(log_share[accent].get(phone, 0.0) for phone in phones))

    return classify


def summed_variance(ids: list[str], vectors: np.ndarray) -> Figure:
    """Variance over voices, summed over the dimensions of their vectors [N, V]."""
    order = np.argsort(ids)
    rows = vectors[order]

    def of(counts: np.ndarray) -> np.ndarray:
        total = counts.sum(axis=1, keepdims=True)
        mean, square = counts @ rows / total, counts @ rows**2 / total
        return (square - mean**2).sum(axis=1)

    return Figure(tuple(sorted(ids)), of)


def _constant(ids: tuple[str, ...], value: float) -> Figure:
    return Figure(ids, lambda counts: np.full(len(counts), value))
