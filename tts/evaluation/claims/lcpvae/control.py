"""Do strength and blends move the measured style, step by step?"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from tts.evaluation.claims.claims import Check, above_zero
from tts.evaluation.claims.lcpvae.material import NEUTRAL, OURS, StyleEvidence
from tts.evaluation.claims.style_work import BLEND, STRENGTH
from tts.evaluation.figure import combine, mean_of

STRENGTHS, SHARES = (0.0, 0.5, 1.0, 1.5), (0.0, 0.25, 0.5, 0.75, 1.0)


def control_checks(evidence: StyleEvidence) -> list[Check]:
    """Do strength and blends move the measured style, step by step?"""
    text = "smallest mean step of the judge's ln of {} between neighbouring {}"
    checks, neutral = [], next((style for style in evidence.judge.styles if style.casefold() == NEUTRAL), None)
    spoken = evidence.of(OURS, STRENGTH)
    if neutral is None or not spoken:
        checks.append(Check("control", "strength", "", "ln", above_zero(), None, f"the corpus has no style {NEUTRAL!r}"))
    for style in sorted({s.style for s in spoken} if neutral else ()):
        scores = {(s.id, s.strength): evidence.judge.contrast(s.voice, s.numbers.all, style, neutral) for s in spoken if s.style == style}
        checks.append(_steps(f"strength, {style}", text.format(f"{style} against {neutral}", f"strengths {_list(STRENGTHS)}"), scores, STRENGTHS))
    blends = defaultdict(dict)
    for s in evidence.of(OURS, BLEND):
        (a, share), (b, _) = (part.split("=") for part in s.style.split(","))
        blends[a, b][s.id, float(share)] = evidence.judge.contrast(s.voice, s.numbers.all, a, b)
    for (a, b), scores in blends.items():
        checks.append(_steps(f"blend, {b} to {a}", text.format(f"{a} against {b}", f"shares {_list(SHARES)}"), scores, SHARES))
    return checks


def _list(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values)


def _steps(name: str, compared: str, scores: dict[tuple[str, float], float], at: tuple[float, ...]) -> Check:
    """scores: by text and setting."""
    levels = {value: mean_of((text, score) for (text, setting), score in scores.items() if setting == value) for value in at}
    steps = [levels[b] - levels[a] for a, b in zip(at, at[1:])]
    return Check("control", name, compared, "ln", above_zero(), combine(lambda *found: np.min(found, axis=0), *steps), "",
                 {f"at {value:g}": figure for value, figure in levels.items()})
