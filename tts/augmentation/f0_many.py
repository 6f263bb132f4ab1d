"""The contours of a whole manifest, on disk, and how far they are from the recordings'."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from tts.augmentation.f0 import PhoneMeans, f0_errors, in_hz, predict_f0
from tts.corpus.manifest import atomic_writer, read_manifest
from tts.errors import UserError
from tts.features.store import FeatureStore
from tts.models.load import load_model
from tts.paths import file_in


def predict_all(model: Path, manifest: Path, output: Path, voice: str | None = None, split: str | None = None,
                features: Path | None = None, speakers: Sequence[str] | None = None) -> str:
    """Write OUTPUT/ID.npy for every utterance (of a split, of speakers); returns the line of facts. With `features`, utterances that the
    voice itself spoke are held against the recordings."""
    started, loaded = time.monotonic(), load_model(model)
    store = FeatureStore(features, expected=loaded.fingerprint) if features is not None else None
    if voice is not None:
        loaded.names.index("speakers", voice)
    means: dict[str, PhoneMeans] = {}
    errors: dict[str, list[dict[str, float]]] = defaultdict(list)
    count = frames = 0
    for utterance in tqdm(read_manifest(manifest), desc="predicting F0", unit=" utterances", disable=None):
        if split not in (None, utterance.split) or speakers and utterance.speaker not in speakers or not utterance.units:
            continue
        who = voice or utterance.speaker
        contour = in_hz(predict_f0(loaded, utterance, who))
        with atomic_writer(file_in(output, utterance.id, ".npy"), "wb") as file:
            np.save(file, contour, allow_pickle=False)
        count, frames = count + 1, frames + len(contour)
        if store is not None and who == utterance.speaker and utterance.id in store and len(contour) == store.frames(utterance.id):
            if who not in means:
                means[who] = PhoneMeans.of((u for u in read_manifest(manifest) if u.split == "train" and u.speaker == who
                                            and u.id in store), store)
            measured = store[utterance.id].f0_hz
            errors["predicted"].append(f0_errors(measured, contour))
            errors["phone means"].append(f0_errors(measured, means[who].predict(utterance)))
    if not count:
        raise UserError(f"{manifest}: no utterance with phones" + (f" has split {split!r}" if split
                                                                   else "") + "; run the text stage")
    loaded.fingerprint.save(output / "fingerprint.json")
    judged = "; ".join(f"{name}: " + ", ".join(f"{key} {np.nanmean([row[key] for row in rows]):.3g}" for key in rows[0])
                       for name, rows in errors.items())
    return (f"{output}: contours of {count} utterances, {frames * loaded.features.frame_seconds:.0f} s"
            + (f"; against {len(errors['predicted'])} recordings: {judged}" if errors
               else "") + f"; {time.monotonic() - started:.1f} s")
