"""Features on disk: shards of utterances, read at random by id.

    fingerprint.json        what the numbers are (see fingerprint.py)
    index.jsonl             a line per utterance, in the manifest's order: id, shard, frames
    speakers.json           what is known of each speaker: F0 range and statistics, mean vector, hours
    shards/000012.safetensors   "<id>/mel" float16 [T, M], "<id>/f0_hz" float32 [T], "<id>/voiced" bool [T],
                            "<id>/energy" float32 [T], "<id>/speaker_vector" float32 [V]

A shard appears only when whole, and a store only when its index is written, last of all. A store in memory is 16 bytes an
utterance; shards are mapped when first touched, so it can be handed to the worker processes of a data loader.
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from tts.corpus.manifest import atomic_writer
from tts.documents import built, parse_json, read_json, require_form, understood
from tts.errors import UserError
from tts.features.fingerprint import Fingerprint, require_same

UTTERANCES_PER_SHARD = 128
MAKE_AGAIN = "run the feature extraction again: it writes this file anew and keeps the shards"
OPEN_SHARDS = 128  # mapped at a time by one store; each costs the memory of its table of contents


@dataclass(frozen=True)
class Features:
    """What is known of one utterance, frame by frame. Numpy, float32 but for `voiced`."""

    mel: np.ndarray  # [T, M] natural logarithm, see mel.py
    f0_hz: np.ndarray  # [T] 0 where unvoiced
    voiced: np.ndarray  # [T] bool
    energy: np.ndarray  # [T] ln RMS, see energy.py
    speaker_vector: np.ndarray  # [V] of unit length


@dataclass(frozen=True)
class IndexRow:
    id: str
    shard: int
    frames: int


def shard_path(folder: str | Path, shard: int) -> Path:
    return Path(folder) / "shards" / f"{shard:06d}.safetensors"


def write_shard(folder: str | Path, shard: int, items: dict[str, Features], extra: dict[str, np.ndarray] | None = None,
                about: dict | None = None) -> None:
    """Write one shard, whole or not at all. `extra` arrays have keys that begin with "/", which no id does; `about` is JSON."""
    tensors = dict(extra or {})
    for utterance_id, features in items.items():
        for name, array in vars(features).items():
            kind = {"mel": np.float16, "voiced": np.bool_}.get(name, np.float32)
            tensors[f"{utterance_id}/{name}"] = np.ascontiguousarray(array, dtype=kind)
    # One metadata entry only: with several, the library writes them in an order that differs from run to run.
    content = save(tensors, metadata={"about": json.dumps(about or {}, ensure_ascii=False, sort_keys=True)})
    with atomic_writer(shard_path(folder, shard), "wb") as file:
        file.write(content)


def read_about(folder: str | Path, shard: int) -> dict | None:
    """What a finished shard says of itself; None if there is no such shard."""
    path = shard_path(folder, shard)
    if not path.is_file():
        return None
    with _open_shard(path) as handle, understood(path, "delete it and extract again"):
        return parse_json(handle.metadata()["about"])


def read_extra(folder: str | Path, shard: int) -> dict[str, np.ndarray]:
    """The arrays that `write_shard` got as `extra`."""
    with _open_shard(shard_path(folder, shard)) as handle:
        return {key: handle.get_tensor(key) for key in handle.keys() if key.startswith("/")}


def finish_store(folder: str | Path, fingerprint: Fingerprint, rows: Iterable[IndexRow], speakers: dict) -> None:
    """Make a folder of shards a store: fingerprint, speakers, and the index last."""
    folder = Path(folder)
    fingerprint.save(folder / "fingerprint.json")
    with atomic_writer(folder / "speakers.json") as file:
        json.dump(speakers, file, indent=1, ensure_ascii=False, sort_keys=True)
        file.write("\n")
    with atomic_writer(folder / "index.jsonl") as file:
        for row in rows:
            file.write(json.dumps(vars(row), ensure_ascii=False) + "\n")


class FeatureWriter:
    """Makes a store from features that come one at a time; for extraction in parallel see extract.py.

        with FeatureWriter(folder, fingerprint) as writer:
            writer.add("utterance_1", features)
    """

    def __init__(self, folder: str | Path, fingerprint: Fingerprint, speakers: dict | None = None):
        self.folder, self.fingerprint, self.speakers = Path(folder), fingerprint, speakers or {}
        self._pending: dict[str, Features] = {}
        self._rows: list[IndexRow] = []
        self._shard = 0

    def add(self, utterance_id: str, features: Features) -> None:
        if utterance_id in self._pending:
            raise UserError(f"{self.folder}: utterance {utterance_id} comes twice; ids must be unique")
        self._pending[utterance_id] = features
        self._rows.append(IndexRow(utterance_id, self._shard, len(features.mel)))
        if len(self._pending) == UTTERANCES_PER_SHARD:
            self._flush()

    def __enter__(self) -> FeatureWriter:
        return self

    def __exit__(self, kind, error, trace) -> None:
        if kind is None:
            if self._pending:
                self._flush()
            finish_store(self.folder, self.fingerprint, self._rows, self.speakers)

    def _flush(self) -> None:
        write_shard(self.folder, self._shard, self._pending)
        self._pending, self._shard = {}, self._shard + 1


class FeatureStore:
    """Features by utterance id: `store["utterance_1"].mel`, `"utterance_1" in store`, `store.frames("utterance_1")`."""

    def __init__(self, folder: str | Path, expected: Fingerprint | None = None):
        """Open the store in `folder`; with `expected`, refuse one whose features are others (the message names the fields)."""
        self.folder = Path(folder)
        if not (self.folder / "index.jsonl").is_file():
            raise UserError(f"{folder}: no feature store (no index.jsonl); run the feature extraction, "
                            "or let an interrupted one finish by running it again")
        self.fingerprint = Fingerprint.load(self.folder / "fingerprint.json")
        if expected is not None:
            require_same(expected, self.fingerprint, "what is asked for", f"the store {folder}")
        self._read_index()
        self._handles: OrderedDict[int, object] = OrderedDict()

    def _read_index(self) -> None:
        keys, shards, frames = array("Q"), array("i"), array("i")  # not lists: millions of rows
        for row in self.rows():
            keys.append(_key(row.id))
            shards.append(row.shard)
            frames.append(row.frames)
        keys = np.array(keys, dtype=np.uint64)
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        self._shards = np.array(shards, dtype=np.int32)[order]
        self._frames = np.array(frames, dtype=np.int32)[order]
        if np.any(self._keys[1:] == self._keys[:-1]):
            raise UserError(f"{self.folder}/index.jsonl: an utterance id occurs twice; validate the manifest and extract again")

    def rows(self) -> Iterator[IndexRow]:
        """The index, in the manifest's order, read from disk as it is iterated."""
        path = self.folder / "index.jsonl"
        with open(path, encoding="utf-8") as file, understood(path, MAKE_AGAIN):
            for line in file:
                yield built(IndexRow, parse_json(line))

    @property
    def speakers(self) -> dict:
        """The contents of speakers.json."""
        path = self.folder / "speakers.json"
        found = read_json(path, MAKE_AGAIN)
        with understood(path, MAKE_AGAIN):
            require_form(found, {"speakers": {...: dict}})
        return found

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, utterance_id: str) -> bool:
        return self._find(utterance_id) is not None

    def frames(self, utterance_id: str) -> int:
        """Number of frames, without touching a shard."""
        return int(self._frames[self._require(utterance_id)])

    def __getitem__(self, utterance_id: str) -> Features:
        handle = self._handle(int(self._shards[self._require(utterance_id)]))
        try:
            mel, f0_hz, voiced, energy, vector = (handle.get_tensor(f"{utterance_id}/{name}") for name in Features.__annotations__)
        except SafetensorError as error:
            raise UserError(f"{self.folder}: no whole features of {utterance_id} ({error}); delete the shard and extract again") from None
        frames = {len(mel), len(f0_hz), len(voiced), len(energy)}
        if any(values.dtype.kind != "f" for values in (mel, f0_hz, energy, vector)) or mel.ndim != 2 or len(frames) > 1:
            raise UserError(f"{self.folder}: features of {utterance_id} are no real numbers, or not one for every frame; delete the shard and extract again")
        if not all(np.isfinite(values).all() for values in (mel, f0_hz, energy, vector)):
            raise UserError(f"{self.folder}: features of {utterance_id} hold NaN or infinite numbers; delete the shard and extract again")
        return Features(mel.astype(np.float32), f0_hz, voiced, energy, vector)

    def _find(self, utterance_id: str) -> int | None:
        key = _key(utterance_id)
        position = int(np.searchsorted(self._keys, np.uint64(key)))
        return position if position < len(self._keys) and self._keys[position] == key else None

    def _require(self, utterance_id: str) -> int:
        position = self._find(utterance_id)
        if position is None:
            raise UserError(f"utterance {utterance_id} is not among the {len(self)} of the store {self.folder}; "
                            "it was dropped (see dropped.jsonl there) or belongs to another manifest")
        return position

    def _handle(self, shard: int):
        if shard in self._handles:
            self._handles.move_to_end(shard)
        else:
            self._handles[shard] = _open_shard(shard_path(self.folder, shard))
            if len(self._handles) > OPEN_SHARDS:
                self._handles.popitem(last=False)
        return self._handles[shard]

    def __getstate__(self) -> dict:
        return {**vars(self), "_handles": OrderedDict()}  # every process maps shards for itself


class JoinedStore:
    """Several stores of the same features as one: what the earlier ones do not have is looked for in the later."""

    def __init__(self, folders: Iterable[str | Path]):
        self.stores = [FeatureStore(folder) for folder in folders]
        for other in self.stores[1:]:
            require_same(self.fingerprint, other.fingerprint, f"the store {self.stores[0].folder}", f"the store {other.folder}")

    @property
    def fingerprint(self) -> Fingerprint:
        return self.stores[0].fingerprint

    @property
    def speakers(self) -> dict:
        """As FeatureStore's; a speaker in several stores is described as in the first."""
        described = [store.speakers for store in self.stores]
        return {**described[0], "speakers": {name: row for one in reversed(described) for name, row in one["speakers"].items()}}

    def __contains__(self, utterance_id: str) -> bool:
        return any(utterance_id in store for store in self.stores)

    def frames(self, utterance_id: str) -> int:
        return self._holder(utterance_id).frames(utterance_id)

    def __getitem__(self, utterance_id: str) -> Features:
        return self._holder(utterance_id)[utterance_id]

    def _holder(self, utterance_id: str) -> FeatureStore:
        return next((store for store in self.stores if utterance_id in store), self.stores[-1])  # the last says what is missing


def _key(utterance_id: str) -> int:
    """64 bits that stand for an id: a dictionary of strings would take ten times the memory."""
    return int.from_bytes(hashlib.blake2b(utterance_id.encode(), digest_size=8).digest(), "little")


def _open_shard(path: Path):
    try:
        return safe_open(path, framework="numpy")
    except (OSError, SafetensorError) as error:
        raise UserError(f"{path}: cannot be read as a shard of features ({error}); delete it and extract again") from None
