"""Which melody a converted utterance gets (Comini et al. 2022, section 3.4):

    none        what the model makes of the source by itself; for models without F0
    original    the source's own contour
    predicted   what the target would do with these phones and durations, by the model's F0 model
    detailed    predicted, and how the supporter's own contour departs from the one predicted for the supporter: what does not follow from the text

All contours are shifted and scaled, with one pair of numbers for all utterances, so that their log-F0 has the mean and
deviation that the target has in training: the supporter's range is another's, and predicted contours are flatter than spoken
ones. "detailed" is not the paper's: a prediction is an average, without the quick turns of a contour that someone spoke, and
the supporter did speak these phones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch

from tts.augmentation.f0 import predict_f0
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.features.f0 import interpolate_f0
from tts.features.store import FeatureStore
from tts.models.backbone.conditions import F0Contour
from tts.models.load import LoadedModel

NONE, ORIGINAL, PREDICTED, DETAILED = "none", "original", "predicted", "detailed"
KINDS = (NONE, ORIGINAL, PREDICTED, DETAILED)


@dataclass(frozen=True)
class Moments:
    """Mean and deviation of log-F0 over voiced frames."""

    mean: float
    deviation: float


@dataclass(frozen=True)
class Contours:
    """Makes the contour [1, T] of one utterance in the voice of `target`; `found` and `wanted` are the moments before and after, `detail` by how much
    the supporter's departures count: as the target's deviation is to the supporter's."""

    kind: str
    target: str
    found: Moments
    wanted: Moments
    detail: float = 0.0

    def contour(self, f0_model: LoadedModel, store: FeatureStore, utterance: Utterance) -> F0Contour | None:
        if self.kind == NONE:
            return None
        raw = _raw(self.kind, self.target, f0_model, store, utterance, self.detail)
        scale = self.wanted.deviation / max(self.found.deviation, 1e-6)
        return F0Contour((raw.log_f0 - self.found.mean) * scale + self.wanted.mean, raw.voiced)


def make_contours(kind: str, loaded: LoadedModel, f0_model: LoadedModel, store: FeatureStore, target: str,
                  own: Iterable[Utterance],
                  sources: Iterable[Utterance]) -> Contours:
    """`loaded` converts, `f0_model` predicts (it may be the same); `own`: training utterances of the target; `sources`: (some
    of) those that will be converted."""
    if kind == NONE:
        if loaded.model.f0_model is not None:
            raise UserError(f"{loaded.folder}: this model hears F0, so it cannot go without; train one with model.f0_layers=0, or ask for "
                            f"{ORIGINAL} or {PREDICTED}")
        return Contours(kind, target, Moments(0, 1), Moments(0, 1))
    if loaded.model.f0_model is None:
        raise UserError(f"{loaded.folder}: this model hears no F0 (model.f0_layers is 0), so it cannot follow one; expected --f0 {NONE}")
    sources, detail = list(sources), 0.0
    wanted = moments(_raw(ORIGINAL, target, f0_model, store, utterance) for utterance in own)
    if kind == DETAILED:
        theirs = moments(_raw(ORIGINAL, target, f0_model, store, utterance) for utterance in sources)
        detail = round(wanted.deviation / max(theirs.deviation, 1e-6), 5)
    found = moments(_raw(kind, target, f0_model, store, utterance, detail) for utterance in sources)
    return Contours(kind, target, found, wanted, detail)


def moments(contours: Iterable[F0Contour]) -> Moments:
    count, total, squares = 0.0, 0.0, 0.0
    for one in contours:
        values = one.log_f0[one.voiced > 0.5].double()
        count, total, squares = count + len(values), total + float(values.sum()), squares + float(values.square().sum())
    if count < 2:
        raise UserError("no voiced frame was found to measure mean and deviation of F0 on; expected speech of the target and of the supporter")
    deviation = max(squares / count - (total / count) ** 2, 0.0) ** 0.5
    # so that another order of sums, in a resumed run, gives the same
    return Moments(round(total / count, 5), round(deviation, 5))


def _raw(kind: str, target: str, f0_model: LoadedModel, store: FeatureStore, utterance: Utterance, detail: float = 0.0) -> F0Contour:
    if kind == PREDICTED:
        return predict_f0(f0_model, utterance, target)
    if kind == DETAILED:
        predicted, spoken = predict_f0(f0_model, utterance, target), _raw(ORIGINAL, target, f0_model, store, utterance)
        departure = spoken.log_f0 - predict_f0(f0_model, utterance, utterance.speaker).log_f0
        return F0Contour(predicted.log_f0 + detail * departure, predicted.voiced)
    return recorded_contour(store, utterance)


def recorded_contour(store: FeatureStore, utterance: Utterance) -> F0Contour:
    """An utterance's own contour [1, T], interpolated through unvoiced frames."""
    features = store[utterance.id]
    return F0Contour(torch.from_numpy(np.log(np.maximum(interpolate_f0(features.f0_hz, features.voiced), 1.0)))[None],
                     torch.from_numpy(features.voiced.astype(np.float32))[None])
