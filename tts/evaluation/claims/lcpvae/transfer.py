"""Is a style heard in voices that never spoke the language, and does it do there what it does in recordings?"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from tts.evaluation.claims.claims import Check, above_zero, stated
from tts.evaluation.claims.lcpvae.material import NEUTRAL, OURS, PLAIN, VAE, StyleEvidence, accuracy, constant, hears
from tts.evaluation.claims.style_work import CROSS, Spoken
from tts.evaluation.claims.styles import MEASURES, UNITS
from tts.evaluation.figure import Figure, combine, mean_of, pooled


def cross_checks(evidence: StyleEvidence) -> list[Check]:
    """Voices in a language that they never spoke, in every style: does the judge hear it?"""
    group, heard = "other language", evidence.by_role(CROSS)
    if OURS not in heard:
        return [Check(group, "style heard", "", "%", stated(), None, "nothing was spoken: every voice was trained in every language of the test sentences")]
    others = [role for role in heard if role != OURS]
    found = {role: accuracy(evidence, spoken) for role, spoken in heard.items()}
    anchors = {"recordings": mean_of((r.utterance.id, hears(evidence, r.utterance.speaker, r, r.utterance.style)) for r in evidence.recorded.values()),
               "copies": mean_of((r.utterance.id, hears(evidence, r.utterance.speaker, r.copy, r.utterance.style)) for r in evidence.recorded.values()),
               "chance": constant(tuple(evidence.recorded), 1 / len(evidence.styles))}
    text = "share of sounds in which the judge hears the style asked for, in voices that never spoke the language, every style equally often"
    checks = [Check(group, "style heard", text, "%", stated(), found[OURS], "", {**{role: found[role] for role in others}, **anchors})]
    steps = [(PLAIN, VAE, "the learned prior above the plain VAE"), (OURS, PLAIN, "the style loss above the learned prior alone"),
             (OURS, VAE, "both above the plain VAE")]
    for better, worse, name in steps:
        there = better in found and worse in found
        checks.append(Check(group, f"style heard: {name}", f"{text}: {better} minus {worse}", "%", above_zero(),
                            found[better] - found[worse] if there else None, f"not both {better} and {worse} were given (--baseline)",
                            {better: found[better], worse: found[worse]} if there else {}))
    for style in evidence.styles:
        of_style = {role: accuracy(evidence, [s for s in spoken if s.style == style]) for role, spoken in heard.items()}
        checks.append(Check(group, f"style heard: {style}", "the same for one style", "%", stated(), of_style[OURS], "",
                            {role: of_style[role] for role in others}))
    for language in sorted({s.language for s in heard[OURS]}):
        in_it = {role: accuracy(evidence, [s for s in spoken if s.language == language]) for role, spoken in heard.items()}
        who = ", ".join(sorted({s.voice for s in heard[OURS] if s.language == language}))
        checks.append(Check(group, f"style heard: in {language}", f"the same for {who}", "%", stated(), in_it[OURS], "",
                            {role: in_it[role] for role in others}))
    return checks


def distance_checks(evidence: StyleEvidence) -> list[Check]:
    """What a style does to F0, its spread, the tempo and the level, against what it does in recordings of people who speak the language; each
    relative to the voice's own neutral, so that voices need not be alike."""
    group, real = "distance to real styles", real_changes(evidence)
    heard = evidence.by_role(CROSS)
    if not real or OURS not in heard:
        return [Check(group, "what styles do", "", "st", stated(), None, f"no recordings of a style {NEUTRAL!r} to compare with")]
    whole, checks = {}, []
    for role, spoken in heard.items():
        changes = spoken_changes(spoken)
        whole[role] = {measure: distance(changes, real, measure) for measure in MEASURES}
    for measure in MEASURES:
        checks.append(Check(group, measure.replace("_", " "), f"mean over styles and languages of how far the mean change from neutral to the style is from "
                            f"that in recordings of the language, {measure.replace('_', ' ')}", UNITS[measure], stated(), whole[OURS][measure], "",
                            {role: whole[role][measure] for role in whole if role != OURS} | {"size of the change in recordings":
                                                                                         constant(tuple(evidence.recorded), size_of(real, measure))}))
    together = {role: combine(lambda *d: np.mean([x / size_of(real, m) for x, m in zip(d, MEASURES)], axis=0), *whole[role].values()) for role in whole}
    there = VAE in together
    checks.append(Check(group, "nearer than the plain VAE", "the plain VAE's minus ours, mean over the four measures, each as a share of its mean change in recordings",
                        "%", above_zero(), together[VAE] - together[OURS] if there else None, "no plain VAE was given (--baseline)", dict(together)))
    return checks


def real_changes(evidence: StyleEvidence) -> dict[tuple[str, str], dict[str, float]]:
    """(language, style) → mean over its speakers of what the style does to each measure."""
    values = defaultdict(list)
    for r in (*evidence.references, *evidence.recorded.values()):
        values[r.utterance.language, r.utterance.speaker, r.utterance.style.casefold()].append([r.numbers.measures[m] for m in MEASURES])
    means = {key: np.nanmean(rows, axis=0) for key, rows in values.items()}
    changes = defaultdict(list)
    for (language, speaker, style), mean in means.items():
        if style != NEUTRAL and (language, speaker, NEUTRAL) in means:
            changes[language, style].append(mean - means[language, speaker, NEUTRAL])
    return {key: dict(zip(MEASURES, np.nanmean(rows, axis=0))) for key, rows in changes.items()}


def spoken_changes(spoken: list[Spoken]) -> list[tuple[str, tuple[str, str], dict[str, float]]]:
    """(text's id, (language, style), what the style did to each measure) of every sound with a neutral one of the same text and voice."""
    neutral = {(s.id, s.voice): s.numbers.measures for s in spoken if s.style.casefold() == NEUTRAL}
    return [(s.id, (s.language, s.style.casefold()), {m: s.numbers.measures[m] - neutral[s.id, s.voice][m] for m in MEASURES})
            for s in spoken if s.style.casefold() != NEUTRAL and (s.id, s.voice) in neutral]


def distance(changes: list, real: dict[tuple[str, str], dict[str, float]], measure: str) -> Figure:
    """Mean over (language, style) of |mean change − real change|."""
    cells = sorted({cell for _, cell, _ in changes if cell in real})
    wanted = np.array([real[cell][measure] for cell in cells])
    rows: dict[str, np.ndarray] = {}
    for name, cell, change in changes:
        if cell in real and np.isfinite(change[measure]):
            row = rows.setdefault(name, np.zeros((2, len(cells))))
            row[:, cells.index(cell)] += change[measure], 1.0

    def far(s: np.ndarray) -> np.ndarray:
        sums, counts = s[..., : len(cells)], s[..., len(cells):]
        return np.nanmean(np.abs(np.where(counts > 0, sums / counts, np.nan) - wanted), axis=-1)

    return pooled({name: row.ravel() for name, row in rows.items()}, far)


def size_of(real: dict[tuple[str, str], dict[str, float]], measure: str) -> float:
    """How much styles change a measure, on average."""
    return float(np.mean([abs(change[measure]) for change in real.values()]))
