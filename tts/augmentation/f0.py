"""The F0 model by itself: what a voice would do with given phones and durations, and how near that is to what it did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import torch

from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.evaluation.f0 import compare_f0
from tts.features.store import FeatureStore
from tts.models.backbone.conditions import F0Contour
from tts.models.backbone.duration import to_frames
from tts.models.backbone.f0_model import F0Model
from tts.models.copycat.model import CopyCat
from tts.models.copycat2.model import CopyCat2
from tts.models.load import LoadedModel
from tts.training.batch import phone_row


def predict_f0(loaded: LoadedModel, utterance: Utterance, voice: str) -> F0Contour:
    """The contour [1, T] that `voice` would give the utterance; durations that the utterance does not have are predicted too."""
    model = loaded.model
    if model.f0_model is None or isinstance(model, CopyCat2) or (isinstance(model, CopyCat) and model.settings.f0_from_latents):
        raise UserError(f"{loaded.folder}: its F0 does not follow from phones and durations alone; expected a base model, or a conversion model "
                        "with copycat.f0_from_latents: false (recipes/conf/f0_augmentation.yaml)")
    with model.speaking():
        units, _ = loaded.phones.fit(utterance.units)
        aligned = all(phone.frames is not None for unit in units for phone in unit.phones)
        known = replace(utterance, units=units, speaker=voice, style=loaded.names.styles[0], passport=None)
        row = phone_row(known, loaded.phones, loaded.names, aligned)
        part, voice_vector, encodings = model.read(row)
        if aligned:
            durations = torch.from_numpy(row.durations.astype(np.int64)).to(encodings.device)
        else:
            durations = to_frames(model.duration_model(encodings, part["phone_mask"], voice_vector)[0], part["is_pause"][0])
        mask = torch.ones(1, int(durations.sum()), dtype=torch.bool, device=encodings.device)
        found = F0Model.decide(model.f0_model(encodings, durations[None], mask, voice_vector))
        return F0Contour(found.log_f0.float().cpu(), found.voiced.float().cpu())


def in_hz(contour: F0Contour) -> np.ndarray:
    """[T] in Hz, 0 where unvoiced."""
    return (contour.log_f0.exp() * contour.voiced)[0].numpy().astype(np.float32)


@dataclass(frozen=True)
class PhoneMeans:
    """The least that a predictor must beat: every phone always at its mean."""

    log_f0: dict[str, float]
    overall: float

    @classmethod
    def of(cls, utterances: Iterable[Utterance], store: FeatureStore) -> PhoneMeans:
        values = defaultdict(list)
        for utterance in utterances:
            features = store[utterance.id]
            for symbol, frames in _frames_of_phones(utterance):
                voiced = features.f0_hz[frames][features.voiced[frames]]
                values[symbol].append(np.log(voiced.astype(np.float64)))
        joined = {symbol: np.concatenate(parts) for symbol, parts in values.items()}
        joined = {symbol: found for symbol, found in joined.items() if len(found)}
        if not joined:
            raise UserError("no voiced frame was found in the training utterances; expected speech")
        return cls({symbol: float(found.mean()) for symbol, found in joined.items()},
                   float(np.concatenate(list(joined.values())).mean()))

    def predict(self, utterance: Utterance) -> np.ndarray:
        """[T] in Hz."""
        return np.concatenate([np.full(frames.stop - frames.start, np.exp(self.log_f0.get(symbol, self.overall)))
                               for symbol, frames in _frames_of_phones(utterance)])


def _frames_of_phones(utterance: Utterance) -> Iterable[tuple[str, slice]]:
    start = 0
    for phone in utterance.phones:
        yield phone.symbol, slice(start, start + phone.frames)
        start += phone.frames


def f0_errors(measured_hz: np.ndarray, predicted_hz: np.ndarray) -> dict[str, float]:
    """Pearson's r of log-F0, RMSE in semitones and in Hz over frames voiced in both."""
    scores = compare_f0(measured_hz, predicted_hz)
    return {"r": scores.f0_correlation, "rmse_st": scores.f0_rmse_cents / 100, "rmse_hz": scores.f0_rmse_hz}
