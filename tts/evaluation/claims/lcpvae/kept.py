"""Is nothing lost beside a plain VAE, and is the classifier of the style loss not deceived?"""

from __future__ import annotations

from tts.evaluation.claims.claims import Check, at_least, at_most, stated
from tts.evaluation.claims.lcpvae.material import OURS, VAE, StyleEvidence, accuracy, hears
from tts.evaluation.claims.style_work import CROSS, OWN, Spoken
from tts.evaluation.figure import Figure, mean_of, ratio_of

ACCURACY_MARGIN, LIKENESS_MARGIN, GAMED = 0.02, 0.02, 0.10


def kept_checks(evidence: StyleEvidence) -> list[Check]:
    """In their own language and in another one: style, voice, words and language no worse than the plain VAE's."""
    checks, why = [], "no plain VAE was given (--baseline), or it spoke nothing"
    for kind in (OWN, CROSS):
        group = f"nothing lost, {kind}"
        figures = {role: kept_figures(evidence, spoken) for role, spoken in evidence.by_role(kind).items()}
        if OURS not in figures:
            continue
        for name, (unit, margin, sign) in KEPT.items():
            if name == "style" and kind == CROSS:
                continue
            figure, text = figures[OURS][name], f"{name}: {KEPT_TEXT[name]}; ours minus the plain VAE's"
            rule = at_least(-margin, f"≥ −{_margin(margin, unit)}") if sign > 0 else at_most(margin, f"≤ {_margin(margin, unit)}")
            beside = {role: found[name] for role, found in figures.items() if found[name] is not None}
            beside |= {"recordings": recorded_figure(evidence, name)} if figure is not None else {}
            checks.append(Check(group, name, text, unit, rule, figure - figures[VAE][name] if VAE in figures and figure is not None else None,
                                why if figure is not None else "there is no recogniser (exp/recogniser)", beside))
    return checks


KEPT = {"style": ("%", ACCURACY_MARGIN, +1), "likeness": ("cos", LIKENESS_MARGIN, +1), "phone errors": ("%", ACCURACY_MARGIN, -1),
        "language": ("%", ACCURACY_MARGIN, +1)}


KEPT_TEXT = {"style": "share of sounds in which the judge hears the style", "likeness": "cosine with the voice's recordings",
             "phone errors": "phone error rate of the recogniser", "language": "share of sounds whose heard phones are in the order of the text's language"}


def _margin(value: float, unit: str) -> str:
    return f"{100 * value:g} points" if unit == "%" else f"{value:g}"


def kept_figures(evidence: StyleEvidence, spoken: list[Spoken]) -> dict[str, Figure | None]:
    recognised = all(s.phones is not None for s in spoken)
    return {
        "style": accuracy(evidence, spoken),
        "likeness": mean_of((s.id, float(s.vector @ evidence.voices[s.voice])) for s in spoken if s.voice in evidence.voices),
        "phone errors": ratio_of((s.id, s.errors, s.total) for s in spoken) if recognised else None,
        "language": mean_of((s.id, float(evidence.languages.tell(s.phones) == s.language)) for s in spoken) if recognised else None,
    }


def recorded_figure(evidence: StyleEvidence, name: str) -> Figure:
    """The same of the test recordings."""
    items = [(r.utterance, r) for r in evidence.recorded.values()]
    if name == "style":
        return mean_of((u.id, hears(evidence, u.speaker, r, u.style)) for u, r in items)
    if name == "likeness":
        return mean_of((u.id, float(r.vector @ evidence.voices[u.speaker])) for u, r in items if u.speaker in evidence.voices)
    if name == "phone errors":
        return ratio_of((u.id, r.errors, r.total) for u, r in items)
    return mean_of((u.id, float(evidence.languages.tell(r.phones) == u.language)) for u, r in items)


def gamed_checks(evidence: StyleEvidence) -> list[Check]:
    """Does the classifier of the style loss hear more than the judge?"""
    name, group = "the loss's classifier hears no more than the judge", "not gamed"
    spoken = evidence.of(OURS, CROSS)
    if not spoken or any(s.trained is None for s in spoken):
        return [Check(group, name, "", "%", stated(), None, "there is no style classifier (exp/style_classifier), or no voice in another language")]
    trained = {role: mean_of((s.id, float(s.trained == s.style)) for s in made) for role, made in evidence.by_role(CROSS).items()}
    return [Check(group, name, "share of sounds in another language in which the style loss's classifier hears the style, minus the judge's", "%",
                  at_most(GAMED, "≤ 10 points"), trained[OURS] - accuracy(evidence, spoken), "",
                  {f"the classifier, {role}": figure for role, figure in trained.items()})]
