"""The vectors of a corpus's speakers by one encoder, and how well that encoder tells speakers apart.

    FOLDER/vectors.safetensors   "speakers" [S, V]: the mean direction of each one's training recordings (of all, for who has none)
    FOLDER/speakers.json         identity of the encoder; names in the order of the rows, with the number of recordings and whether `heard`
    FOLDER/verification.json     equal error rates
    FOLDER/encoder/              a copy of the encoder, if it is a folder
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save
from tqdm import tqdm

from tts.corpus.manifest import atomic_writer, read_manifest, resolve_audio
from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.evaluation.results import without_nan
from tts.features.audio import load_audio
from tts.features.fingerprint import require_same
from tts.features.speaker import centroid
from tts.features.store import FeatureStore
from tts.speakers.load import IdentifiedEncoder, TrainedEncoder, copy_encoder, load_encoder

JUDGED = 40  # recordings of a speaker, at most, that error rates are measured on
TRIAL_SPEAKERS = 200


@dataclass(frozen=True)
class Verification:
    """Equal error rates of recordings that no training saw, of speakers it heard and of speakers it never heard; NaN where there are none."""

    heard: float
    unheard: float
    speakers_heard: int
    speakers_unheard: int


def measure_vectors(encoder: str | Path, manifest: Path, features: Path, folder: Path,
                    audio_root: Path | None = None) -> Verification:
    """Write the vectors of all speakers of a manifest to `folder`."""
    network, store = load_encoder(encoder), FeatureStore(features)
    if isinstance(network, TrainedEncoder):
        require_same(network.fingerprint, store.fingerprint, f"the encoder {encoder}", f"features in {features}", mel_only=True)
    sums, counts, trials = defaultdict(lambda: np.zeros((2, network.size))), defaultdict(lambda: [0, 0]), defaultdict(list)
    for utterance, vector in _vectors(network, manifest, store, audio_root or manifest.parent):
        trained = utterance.split in ("train", None)
        sums[utterance.speaker][int(trained)] += vector
        counts[utterance.speaker][int(trained)] += 1
        if not trained and len(trials[utterance.speaker]) < JUDGED:
            trials[utterance.speaker].append(vector)
    if not sums:
        raise UserError(f"{manifest}: no utterance has features in {features}; run the features stage again")
    names = sorted(sums)
    rows = np.stack([centroid([sums[name][1] if counts[name][1] else sums[name][0]]) for name in names]).astype(np.float32)
    about = {name: {"recordings": sum(counts[name]), "heard": counts[name][1] > 0} for name in names}
    groups = [{name: trials[name] for name in names if about[name]["heard"] == heard and len(trials[name]) > 1}
              for heard in (True, False)]
    found = Verification(*(equal_error_rate(group) for group in groups), *(len(group) for group in groups))
    folder.mkdir(parents=True, exist_ok=True)
    if Path(encoder).is_dir():
        copy_encoder(Path(encoder), folder / "encoder")
    with atomic_writer(folder / "vectors.safetensors", "wb") as file:
        file.write(save({"speakers": rows}))
    for name, content in (("verification.json", without_nan(vars(found))),
                          ("speakers.json", {"encoder": network.identity, "speakers": about})):
        with atomic_writer(folder / name) as file:
            json.dump(content, file, indent=1, ensure_ascii=False)
    return found


def _vectors(network: IdentifiedEncoder, manifest: Path, store: FeatureStore,
             audio_root: Path) -> Iterator[tuple[Utterance, np.ndarray]]:
    for utterance in tqdm(read_manifest(manifest), desc="speaker vectors", unit=" utterances", disable=None):
        if utterance.id not in store:
            continue
        if isinstance(network, TrainedEncoder):
            yield utterance, network.of_mel(store[utterance.id].mel)
        else:
            rate = store.fingerprint.config.sample_rate
            yield utterance, network(load_audio(resolve_audio(audio_root / "manifest.jsonl", utterance), rate), rate)


@dataclass(frozen=True)
class SpeakerTable:
    """What `measure_vectors` wrote: encoder identity, speakers' vectors by name, the encoder's folder if there is one."""

    identity: str
    vectors: dict[str, np.ndarray]
    encoder: Path | None

    @classmethod
    def load(cls, folder: Path) -> SpeakerTable:
        if not (folder / "vectors.safetensors").is_file() or not (folder / "speakers.json").is_file():
            raise UserError(f"{folder}: no speaker vectors there; expected what `tts speakers vectors` writes")
        about = json.loads((folder / "speakers.json").read_text(encoding="utf-8"))
        rows = load_file(folder / "vectors.safetensors")["speakers"]
        encoder = folder / "encoder"
        return cls(about["encoder"], dict(zip(about["speakers"], rows)), encoder if encoder.is_dir() else None)


def equal_error_rate(recordings: dict[str, list[np.ndarray]]) -> float:
    """Of all pairs of recordings: the rate at which as many pairs of one speaker are taken for two as pairs of two are taken for one.
    NaN with fewer than two speakers."""
    if len(recordings) < 2:
        return float("nan")
    names = sorted(recordings)[:TRIAL_SPEAKERS]
    rows = np.stack([vector for name in names for vector in recordings[name]])
    who = np.repeat(np.arange(len(names)), [len(recordings[name]) for name in names])
    upper = np.triu_indices(len(rows), 1)
    scores, same = (rows @ rows.T)[upper], (who[:, None] == who[None])[upper]
    order = np.argsort(scores)
    missed = np.cumsum(same[order]) / same.sum()
    accepted = 1 - np.cumsum(~same[order]) / (~same).sum()
    place = int(np.argmin(np.abs(missed - accepted)))
    return float((missed[place] + accepted[place]) / 2)
