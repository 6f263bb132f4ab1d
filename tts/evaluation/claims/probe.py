"""Can one hear from a latent who spoke? A logistic regression from single latents to the speaker, fitted on half of the
utterances and judged on the other half. A latent free of the speaker lets it do no better than chance.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tts.evaluation.claims.claims import Check, above_zero, at_most, stated
from tts.evaluation.claims.evidence import Evidence
from tts.evaluation.claims.work import Learned
from tts.evaluation.figure import Figure, combine, pooled

MARGIN = 0.10  # above chance
FEWEST = 4  # utterances of a speaker, two for each half


@dataclass(frozen=True)
class Probed:
    """accuracy: share of units whose speaker was found; chance: share of the commonest speaker; balanced: mean over speakers of
    the share found, chance of which is balanced_chance."""

    accuracy: Figure
    balanced: Figure
    chance: float
    balanced_chance: float


def probe(items: list[tuple[str, str, np.ndarray]]) -> Probed | None:
    """Probe latents: items are (utterance id, speaker, latents [W, Z]); None with fewer than two speakers to tell apart."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    by_speaker = defaultdict(list)
    for item in items:
        by_speaker[item[1]].append(item)
    speakers = sorted(s for s, own in by_speaker.items() if len(own) >= FEWEST)
    if len(speakers) < 2:
        return None
    fitted = [item for s in speakers for item in by_speaker[s][::2]]
    judged = [item for s in speakers for item in by_speaker[s][1::2]]
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    model.fit(np.concatenate([z for _, _, z in fitted]), np.concatenate([[s] * len(z) for _, s, z in fitted]))
    rows = {}
    for name, speaker, latents in judged:
        own = np.array([speaker == s for s in speakers], dtype=np.float64)
        rows[name] = np.concatenate([own * (model.predict(latents) == speaker).sum(), own * len(latents)])
    units = sum(rows.values())[len(speakers) :]
    return Probed(pooled(rows, _accuracy), pooled(rows, _balanced), float(units.max() / units.sum()), 1 / len(speakers))


def _accuracy(s: np.ndarray) -> np.ndarray:
    found, total = np.split(s, 2, axis=-1)
    return found.sum(-1) / total.sum(-1)


def _balanced(s: np.ndarray) -> np.ndarray:
    found, total = np.split(s, 2, axis=-1)
    return np.nanmean(found / np.where(total > 0, total, np.nan), axis=-1)


LATENTS: dict[str, Callable[[Learned], np.ndarray]] = {
    "acoustic": lambda item: item.latents.acoustic,
    "timing": lambda item: item.latents.timing,
}


def probe_latents(learned: list[Learned], latent: Callable[[Learned], np.ndarray]) -> Probed | None:
    """Probe one kind of latents of recordings."""
    return probe([(item.utterance.id, item.utterance.speaker, latent(item)) for item in learned])


def leakage_checks(evidence: Evidence) -> list[Check]:
    """Both latents against chance, over all speakers and within each language, and against the frame-level models'."""
    learned = [item for item in evidence.learned if item.utterance.speaker in evidence.voices]
    spoken = sorted({item.utterance.language for item in learned})
    frames = {name: probe_latents(learned, lambda item, name=name: item.frame_level[name]) for name in evidence.frame_level}
    checks = []
    for latent, of in LATENTS.items():
        found = probe_latents(learned, of)
        if found is None:
            checks.append(
                Check("leakage", f"{latent} latent", "", "%", stated(), None, f"fewer than two voices with {FEWEST} utterances")
            )
            continue
        checks += over_chance(f"{latent} latent", found, "all voices")
        for language in spoken if len(spoken) > 1 else ():
            inside = probe_latents([item for item in learned if item.utterance.language == language], of)
            checks += over_chance(f"{latent} latent, {language}", inside, f"the voices of {language}") if inside else []
        checks += [below_frame_level(latent, found, name, theirs) for name, theirs in frames.items() if theirs]
        if not frames:
            why = "no frame-level model was given (--baseline)"
            checks.append(Check("leakage", f"{latent} latent below frame-level", "", "%", above_zero(), None, why))
    return checks


def below_frame_level(latent: str, found: Probed, baseline: str, theirs: Probed) -> Check:
    return Check(
        "leakage",
        f"{latent} latent below frame-level {baseline}",
        "accuracy on the frame-level model's latents, averaged over the same words, minus that on these",
        "%",
        above_zero(),
        theirs.accuracy - found.accuracy,
        "",
        {"frame-level": theirs.accuracy},
    )


def over_chance(name: str, found: Probed, who: str) -> list[Check]:
    """A probe's accuracy above both kinds of chance."""
    text = f"probe's accuracy on single units among {who}, minus"
    rule = at_most(MARGIN, "≤ 10 points")
    chances = {
        "": (found.accuracy, found.chance, f"{text} the commonest speaker's share, {100 * found.chance:.1f} %"),
        ", balanced": (
            found.balanced,
            found.balanced_chance,
            f"the same, every speaker counting alike, minus {100 * found.balanced_chance:.1f} %",
        ),
    }
    return [
        Check("leakage", name + kind, compared, "%", rule, combine(lambda a, c=chance: a - c, figure), "", {"accuracy": figure})
        for kind, (figure, chance, compared) in chances.items()
    ]
