"""Who is heard in what was made: the target, and not the supporter? Cosines of the speaker encoder with the mean directions of
real training recordings."""

from __future__ import annotations

import numpy as np

from tts.augmentation.contours import DETAILED, NONE, PREDICTED
from tts.corpus.utterance import Utterance
from tts.evaluation.claims.claims import Check, at_least, stated
from tts.evaluation.claims.f0_augmentation.work import Converted
from tts.evaluation.claims.likeness import NEARLY_ALWAYS, closest
from tts.evaluation.figure import Figure, mean_of
from tts.features.speaker import centroid
from tts.features.store import FeatureStore

GROUP = "likeness"


def voice_vectors(training: dict[str, list[Utterance]], store: FeatureStore) -> dict[str, np.ndarray]:
    """Every speaker's vector, from the training part."""
    return {name: centroid(store[u.id].speaker_vector for u in utterances) for name, utterances in training.items()}


def likeness_checks(heard: list[Converted], voices: dict[str, np.ndarray],
                    real: list[tuple[str, str, np.ndarray]]) -> list[Check]:
    """`real`: name, speaker and vector of unseen recordings of the targets."""
    def of(kind: str, stage: str = "tuned") -> list[Converted]:
        return [h for h in heard if h.task.kind == kind and h.task.stage == stage]

    def to_target(sounds: list[Converted]) -> Figure:
        return mean_of((h.name, float(h.vector @ voices[h.task.pair.target])) for h in sounds)

    def to_supporter(sounds: list[Converted]) -> Figure:
        return mean_of((h.name, float(h.vector @ voices[h.task.pair.supporter])) for h in sounds)

    def nearest(sounds: list[Converted]) -> Figure:
        return mean_of((h.name, float(closest(h.vector, voices) == h.task.pair.target)) for h in sounds)

    ours, plain, before = of(PREDICTED), of(NONE), of(PREDICTED, "both")
    real_nearest = mean_of((name, float(closest(vector, voices) == speaker)) for name, speaker, vector in real)
    real_likeness = mean_of((name, float(vector @ voices[speaker])) for name, speaker, vector in real)
    supporters = {h.task.pair.target: h.task.pair.supporter for h in ours}
    real_to_supporter = mean_of((name, float(vector @ voices[supporters[speaker]])) for name, speaker, vector in real)
    recordings = "recordings of the target"
    return [
        Check(GROUP, "not below the variant without F0", "likeness to the target of the variant with predicted F0 minus that of "
              "the one without, unseen utterances of the supporters", "cos", at_least(0), to_target(ours) - to_target(plain), "",
              {"predicted": to_target(ours), "detailed": to_target(of(DETAILED)), "none": to_target(plain), recordings: real_likeness}),
        Check(GROUP, "the nearest speaker is the target", "share of sounds with predicted F0 whose nearest of all speakers of the "
              "corpus is the target", "%", at_least(NEARLY_ALWAYS, "≥ 95 %"), nearest(ours), "",
              {"detailed": nearest(of(DETAILED)), "none": nearest(plain), "before fine-tuning": nearest(before), recordings: real_nearest}),
        Check(GROUP, "fine-tuning on the target", "likeness to the target after minus before it", "cos", stated(),
              to_target(ours) - to_target(before), "", {"before": to_target(before), "after": to_target(ours)}),
        Check(GROUP, "what is left of the supporter", "likeness to the supporter", "cos", stated(), to_supporter(ours), "",
              {"none": to_supporter(plain), recordings: real_to_supporter}),
    ]
