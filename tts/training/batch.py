"""Aligned utterances and their features → padded batches of named tensors.

`AcousticBatch` is what every acoustic system sees; `FeatureSource` makes it from a manifest with alignments and a feature store;
`frame_batches` decides who goes together: batches hold about the same number of frames, utterances of like length sit together, and in
the first epoch the largest batch comes first, so that running out of memory happens at once or never.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from tts.corpus.utterance import PAUSES, Utterance
from tts.documents import read_json, understood
from tts.errors import UserError

RESTORE = "restore the model's folder from a copy, or train again"


@dataclass
class AcousticBatch:
    """One padded batch. Boolean masks are True where real; phone_to_unit maps each phone to its word or pause."""

    ids: list[str]
    phones: Tensor  # [B, P] indices of the phone inventory
    stress: Tensor  # [B, P] 0, 1, 2
    is_pause: Tensor  # [B, P] bool
    phone_mask: Tensor  # [B, P]
    phone_to_unit: Tensor  # [B, P]
    unit_mask: Tensor  # [B, W] words and pauses
    durations: Tensor  # [B, P] frames
    speaker: Tensor  # [B] index of the speaker map
    language: Tensor  # [B]
    style: Tensor  # [B]
    synthetic: Tensor  # [B] bool, True for speech that a model made
    mel: Tensor  # [B, T, M]
    f0_hz: Tensor  # [B, T] interpolated through unvoiced frames
    voiced: Tensor  # [B, T] 0 or 1
    energy: Tensor  # [B, T]
    frame_mask: Tensor  # [B, T]

    def to(self, device: torch.device) -> AcousticBatch:
        return dataclasses.replace(self, **{name: value.to(device, non_blocking=True)
                                            for name, value in vars(self).items() if isinstance(value, Tensor)})

    def part(self, rows: Tensor) -> AcousticBatch:
        """Some of its utterances, padded as they are."""
        chosen = {name: value[rows] for name, value in vars(self).items() if isinstance(value, Tensor)}
        return dataclasses.replace(self, ids=[self.ids[row] for row in rows.tolist()], **chosen)


@dataclass(frozen=True)
class Names:
    """Sorted names of speakers, languages and styles; their places are the numbers that the model uses."""

    speakers: tuple[str, ...]
    languages: tuple[str, ...]
    styles: tuple[str, ...]

    @classmethod
    def of(cls, utterances: Iterable[Utterance]) -> Names:
        speakers, languages, styles = set(), set(), set()
        for utterance in utterances:
            speakers.add(utterance.speaker)
            languages.add(utterance.language)
            styles.add(utterance.style)
        return cls(tuple(sorted(speakers)), tuple(sorted(languages)), tuple(sorted(styles)))

    @classmethod
    def load(cls, folder: Path) -> Names:
        """What the model in a folder numbers."""
        path = folder / "names.json"
        if not path.is_file():
            raise UserError(f"{folder}: not a trained model (no names.json); expected the folder that `tts train` wrote")
        with understood(path, f"speakers, languages and styles, a list of names each; {RESTORE}"):
            names = cls(**{key: tuple(value) for key, value in read_json(path, RESTORE).items()})
            if any(not isinstance(name, str) for some in vars(names).values() for name in some):
                raise ValueError("a name that is no text")
            return names

    def index(self, kind: str, name: str) -> int:
        """Place of a name; `kind` is speakers, languages or styles. An unknown name is a UserError with the nearest one."""
        known = getattr(self, kind)
        if name in known:
            return known.index(name)
        import difflib

        near = difflib.get_close_matches(name, known, n=1)
        raise UserError(f"unknown {kind[:-1]} {name!r}; " + (f"did you mean {near[0]!r}? " if near else "") + f"known: {', '.join(known)}")


@dataclass(frozen=True)
class PhoneRow:
    """One utterance as the model numbers it: arrays [P] and three indices."""

    phones: np.ndarray
    stress: np.ndarray
    is_pause: np.ndarray
    phone_to_unit: np.ndarray
    durations: np.ndarray | None
    speaker: int
    language: int
    style: int
    synthetic: bool = False


def phone_row(utterance: Utterance, inventory, names: Names, aligned: bool = True) -> PhoneRow:
    """Number the phones of an utterance; `aligned` takes its durations along."""
    phones = utterance.phones
    return PhoneRow(
        phones=np.asarray(inventory.ids(phones), dtype=np.int16),
        stress=np.array([p.stress for p in phones], dtype=np.int8),
        is_pause=np.array([p.symbol in PAUSES for p in phones], dtype=bool),
        phone_to_unit=np.repeat(np.arange(len(utterance.units), dtype=np.int32), [len(u.phones) for u in utterance.units]),
        durations=np.array(utterance.durations, dtype=np.int32) if aligned else None,
        speaker=names.index("speakers", utterance.speaker),
        language=names.index("languages", utterance.language),
        style=names.index("styles", utterance.style),
        synthetic=utterance.passport is not None,
    )


class FeatureSource:
    """A BatchSource over aligned utterances whose features lie in a store."""

    def __init__(self, utterances: Iterable[Utterance], store, inventory, names: Names, batch_frames: int, seed: int):
        self.store, self.batch_frames, self.seed = store, batch_frames, seed
        self.rows = {utterance.id: phone_row(utterance, inventory, names) for utterance in utterances}
        self.lengths = {name: int(row.durations.sum()) for name, row in self.rows.items()}
        if not self.rows:
            raise UserError("no utterances to train on; check the split of the manifest (tts corpus info)")
        for name, frames in self.lengths.items():
            if name not in store:
                raise UserError(f"utterance {name} is aligned but has no features; run the features stage again")
            if store.frames(name) != frames:
                raise UserError(f"utterance {name}: its durations add up to {frames} frames, its mel has {store.frames(name)}; "
                                "alignment and features were made with different settings: run both stages again")

    def batches(self, epoch: int) -> list[list[str]]:
        return frame_batches(self.lengths, self.batch_frames, self.seed, epoch)

    def frames(self, ids: list[str]) -> int:
        return sum(self.lengths[name] for name in ids)

    def load(self, ids: list[str]) -> AcousticBatch:
        return make_batch(ids, [self.rows[name] for name in ids], [self.store[name] for name in ids])


def make_batch(ids: list[str], rows: list[PhoneRow], features: list) -> AcousticBatch:
    """Aligned rows and their features (`tts.features.store.Features`) as one padded batch."""
    from tts.features.f0 import interpolate_f0

    frame_counts = torch.tensor([len(f.mel) for f in features])
    return AcousticBatch(
        ids=list(ids), **pad_rows(rows),
        durations=_pad([row.durations for row in rows], np.int64),
        mel=_pad([f.mel for f in features], np.float32),
        f0_hz=_pad([interpolate_f0(f.f0_hz, f.voiced) for f in features], np.float32),
        voiced=_pad([f.voiced for f in features], np.float32),
        energy=_pad([f.energy for f in features], np.float32),
        frame_mask=torch.arange(int(frame_counts.max())) < frame_counts[:, None])


def pad_rows(rows: list[PhoneRow]) -> dict[str, Tensor]:
    """The phone-level tensors of a batch, by the names of AcousticBatch's fields (all but durations)."""
    phone_counts = torch.tensor([len(row.phones) for row in rows])
    unit_counts = torch.tensor([int(row.phone_to_unit[-1]) + 1 for row in rows])
    return {
        "phones": _pad([row.phones for row in rows], np.int64),
        "stress": _pad([row.stress for row in rows], np.int64),
        "is_pause": _pad([row.is_pause for row in rows], bool),
        "phone_to_unit": _pad([row.phone_to_unit for row in rows], np.int64),
        "phone_mask": torch.arange(int(phone_counts.max())) < phone_counts[:, None],
        "unit_mask": torch.arange(int(unit_counts.max())) < unit_counts[:, None],
        "speaker": torch.tensor([row.speaker for row in rows]),
        "language": torch.tensor([row.language for row in rows]),
        "style": torch.tensor([row.style for row in rows]),
        "synthetic": torch.tensor([row.synthetic for row in rows]),
    }


def frame_batches(lengths: Mapping[str, int], batch_frames: int, seed: int, epoch: int) -> list[list[str]]:
    """Group utterances so that (number in batch) x (longest) stays within `batch_frames`; another grouping and order each epoch."""
    longest = max(lengths, key=lengths.get)
    if lengths[longest] > batch_frames:
        raise UserError(f"utterance {longest} has {lengths[longest]} frames, more than training.batch_frames ({batch_frames}); raise it, "
                        "or split or remove the utterance (tts corpus validate names over-long ones)")
    chance = random.Random(f"{seed}/{epoch}")
    jitter = {name: frames * chance.uniform(0.9, 1.1) for name, frames in sorted(lengths.items())}
    batches, batch, widest = [], [], 0
    for name in sorted(jitter, key=jitter.get):
        widest = max(widest, lengths[name])
        if batch and widest * (len(batch) + 1) > batch_frames:
            batches.append(batch)
            batch, widest = [], lengths[name]
        batch.append(name)
    batches.append(batch)
    chance.shuffle(batches)
    if epoch == 0:
        batches.sort(key=lambda ids: -max(lengths[i] for i in ids) * len(ids))
        rest = batches[1:]
        chance.shuffle(rest)
        batches = [batches[0], *rest]
    return batches


def _pad(arrays: list[np.ndarray], dtype) -> Tensor:
    """Arrays [X] or [X, M] → [B, longest X (, M)], zeros behind."""
    longest = max(len(a) for a in arrays)
    out = np.zeros((len(arrays), longest, *arrays[0].shape[1:]), dtype=dtype)
    for row, array in zip(out, arrays):
        row[:len(array)] = array
    return torch.from_numpy(out)
