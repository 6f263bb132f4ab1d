"""Who does it sound like? Cosine of the speaker encoder's vector of a sound with a voice's: the mean direction of its real
training recordings. Three anchors say what the number means: recordings of the same speaker, of another of the same gender, and
the transfer's own source.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from tts.evaluation.claims.claims import Check, above_zero, at_least, stated
from tts.evaluation.claims.evidence import Evidence
from tts.evaluation.claims.transfer import with_source
from tts.evaluation.claims.work import COPY, FRAME_LEVEL, PREDICTED, TRANSFER
from tts.evaluation.figure import Figure, combine, mean_of
from tts.features.speaker import centroid

MARGIN = 0.02  # by which transfer may sound less like the target than the target's own synthesis
NEARLY_ALWAYS = 0.95
PAPER_GAIN = "the paper: 33 % in listeners' scores"
NOT_MUCH_LOWER = -0.1  # correlation against the frame-level model's, which copies frame by frame


def voice_vectors(evidence: Evidence) -> dict[str, np.ndarray]:
    """Every voice's vector from its references; test recordings are no part of it."""
    vectors = defaultdict(list)
    for item in evidence.learned:
        if item.utterance.id not in evidence.listened:
            vectors[item.utterance.speaker].append(item.vector)
    return {voice: centroid(vectors[voice]) for voice in evidence.voices if voice in vectors}


def nearest_other(voice: str, voices: dict[str, np.ndarray], genders: dict[str, str]) -> str | None:
    """The most alike other voice, of the same gender if genders are known."""
    others = [v for v in voices if v != voice and (voice not in genders or genders.get(v) == genders[voice])]
    return max(others, key=lambda other: float(voices[voice] @ voices[other]), default=None)


def closest(vector: np.ndarray, voices: dict[str, np.ndarray]) -> str:
    return max(voices, key=lambda voice: float(vector @ voices[voice]))


def likeness_of(evidence: Evidence, kind: str, voices: dict[str, np.ndarray]) -> Figure | None:
    """Mean likeness to the target of a kind of sound in other voices."""
    found = [(h.id, float(h.vector @ voices[h.voice])) for h in evidence.of_kind(kind, own=False) if h.voice in voices]
    return mean_of(found) if found else None


def anchors(evidence: Evidence, voices: dict[str, np.ndarray]) -> dict[str, Figure]:
    """What the likeness of real sounds is."""
    real = [(item.utterance, item.vector) for item in evidence.listened.values() if item.utterance.speaker in voices]
    same = [(u.id, float(vector @ voices[u.speaker])) for u, vector in real]
    others = {voice: nearest_other(voice, voices, evidence.corpus.genders) for voice in voices}
    other = [(u.id, float(vector @ voices[others[u.speaker]])) for u, vector in real if others[u.speaker]]
    source = [(h.id, float(evidence.listened[h.id].vector @ voices[h.voice])) for h in evidence.of_kind(TRANSFER, own=False)]
    copies = [(h.id, float(h.vector @ voices[h.voice])) for h in evidence.own(COPY).values() if h.voice in voices]
    found = {
        "real, same speaker": same,
        "real, nearest other of the gender": other,
        "the source": source,
        "copy-synthesis": copies,
    }
    return {name: mean_of(values) for name, values in found.items() if values}


def identity_checks(evidence: Evidence) -> list[Check]:
    voices = voice_vectors(evidence)
    moved, own = (likeness_of(evidence, kind, voices) for kind in (TRANSFER, PREDICTED))
    if moved is None:
        return [
            Check(
                "identity",
                "likeness to the target",
                "",
                "cos",
                stated(),
                None,
                "the model has no other voice for any test utterance",
            )
        ]
    heard = [h for h in evidence.of_kind(TRANSFER, own=False) if h.voice in voices]
    to_source = [(h.id, float(h.vector @ (voices[h.voice] - voices[h.speaker]))) for h in heard if h.speaker in voices]
    hits = mean_of((h.id, float(closest(h.vector, voices) == h.voice)) for h in heard)
    return [
        Check(
            "identity",
            "likeness to the target",
            "cosine of the transferred speech with the target's real recordings",
            "cos",
            stated(),
            moved,
            "",
            anchors(evidence, voices),
        ),
        Check(
            "identity",
            "as like as the target's own synthesis",
            "likeness of transfer minus that of the target's own speaking of the same text, predicted",
            "cos",
            at_least(-MARGIN),
            moved - own if own else None,
            "" if own else "the model predicts nothing from text",
            {"own synthesis": own} if own else {},
        ),
        Check(
            "identity",
            "more like the target than the source",
            "likeness to the target minus that to the source's speaker",
            "cos",
            above_zero(),
            mean_of(to_source) if to_source else None,
            "the sources are no voices of the model",
        ),
        Check(
            "identity",
            "closest voice is the target",
            f"share of transferred sentences, among {len(voices)} voices",
            "%",
            at_least(NEARLY_ALWAYS, "≥ 95 %"),
            hits,
        ),
        *against_frame_level(evidence, moved, voices),
    ]


def against_frame_level(evidence: Evidence, moved: Figure, voices: dict[str, np.ndarray]) -> list[Check]:
    """Every frame-level baseline in turn; a check that says so where there is none."""
    if evidence.frame_level:
        return [c for name in evidence.frame_level for c in frame_level_checks(evidence, name, moved, voices)]
    why = "no frame-level model was given (--baseline)"
    return [Check("against frame-level", name, "", "cos", above_zero(), None, why) for name in ("likeness to the target", "word f0")]


def frame_level_checks(evidence: Evidence, baseline: str, moved: Figure, voices: dict[str, np.ndarray]) -> list[Check]:
    """Against a frame-level baseline: likeness to the target, and how much of the source's prosody arrives."""
    group, theirs_kind = f"against frame-level {baseline}", FRAME_LEVEL + baseline
    frames = likeness_of(evidence, theirs_kind, voices)
    if frames is None:
        return [Check(group, "likeness to the target", "", "cos", above_zero(), None, "the baseline spoke nothing")]
    f0, f0_frames = (with_source(evidence, kind, "f0") for kind in (TRANSFER, theirs_kind))
    checks = [
        Check(
            group,
            "likeness to the target",
            "likeness of transfer minus that of the frame-level model's",
            "cos",
            above_zero(),
            moved - frames,
            "",
            {"frame-level": frames},
        ),
        Check(
            group,
            "gain in likeness",
            "the same, relative",
            "%",
            stated(PAPER_GAIN),
            combine(lambda a, b: a / b - 1, moved, frames),
        ),
        Check(
            group,
            "word f0",
            "correlation with the source minus that of the frame-level model's",
            "r",
            at_least(NOT_MUCH_LOWER),
            f0 - f0_frames,
            "",
            {"frame-level": f0_frames},
        ),
    ]
    for measure in ("duration", "energy"):
        ours, theirs = (with_source(evidence, kind, measure) for kind in (TRANSFER, theirs_kind))
        checks.append(
            Check(
                group,
                f"word {measure}",
                "the same; a frame-level model copies durations as they are",
                "r",
                stated(),
                ours - theirs,
                "",
                {"frame-level": theirs},
            )
        )
    return checks
