"""What the aligner and the recogniser hear, and what they are told about it: sound files → centred log-mels, units → a row of
phones, both → padded batches.

    units   pause _ | word j ɛ s | word ɾ aɪ t | pause .
    row           ·        j ɛ s ·      ɾ aɪ t       ·        · is silence (0), optional wherever it stands
    written       ·        j ɛ s        ɾ aɪ t       ·        what CTC is told: without the silences that nobody wrote
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from tts.alignment.config import LISTENING
from tts.alignment.search import Topology, chain
from tts.corpus.manifest import resolve_audio
from tts.corpus.utterance import PAUSES, Unit, Utterance
from tts.errors import UserError
from tts.features.audio import load_audio
from tts.features.mel import MelSpectrogram
from tts.text.inventory import PhoneInventory
from tts.training.batch import frame_batches

SILENCE = 0
CACHE_BYTES = 2**30  # mels kept in memory as float16 between epochs, some twenty hours


@cache
def _mel() -> MelSpectrogram:
    return MelSpectrogram(LISTENING)


@torch.no_grad()
def listen(samples: np.ndarray) -> Tensor:
    """Log-mel [T, M] of samples at LISTENING.sample_rate: loudness taken out by the peak, colour by the utterance's mean."""
    wave = torch.from_numpy(np.ascontiguousarray(samples, np.float32))
    mel = _mel()(wave[None] * (0.5 / max(float(wave.abs().max()), 1e-3)))[0]
    return mel - mel.mean(0)


def labels(inventory: PhoneInventory) -> dict[str, int]:
    """Phone → number among the aligner's classes. All pauses are SILENCE (0), the phones follow in the inventory's order."""
    phones = [symbol for symbol in inventory.symbols if symbol not in PAUSES]
    return {**dict.fromkeys(PAUSES, SILENCE), **{symbol: number for number, symbol in enumerate(phones, start=1)}}


@dataclass(frozen=True)
class Row:
    """What may be heard in an utterance, in order.

    label     [R] class of each entry
    optional  [R] True for silences
    unit      [R] index of the unit that the entry belongs to, -1 for a silence between two words that no pause stands for
    phone     [R] index of the phone within that unit
    written   classes of the units alone
    """

    label: np.ndarray
    optional: list[bool]
    unit: np.ndarray
    phone: np.ndarray
    written: np.ndarray

    def states(self) -> tuple[np.ndarray, Topology]:
        """Entry of every search state, and the topology."""
        return chain(self.optional)


def row_of(units: list[Unit], numbers: dict[str, int], who: str) -> Row:
    """The row of an utterance; `who` names it in errors. Of several pauses in a row the first stands for all."""
    entries: list[tuple[int, bool, int, int]] = []
    written = []
    for index, unit in enumerate(units):
        silent_before = bool(entries) and entries[-1][1]
        if unit.is_pause:
            if not silent_before:
                entries.append((SILENCE, True, index, 0))
                written.append(SILENCE)
            continue
        if not silent_before:
            entries.append((SILENCE, True, -1, 0))
        for place, phone in enumerate(unit.phones):
            if phone.symbol not in numbers:
                raise UserError(f"utterance {who}: phone {phone.symbol!r} of {unit.text!r} is not among the "
                                f"{len(numbers)} phones of the inventory; make text and inventory together "
                                "(text stage), then train the aligner again")
            entries.append((numbers[phone.symbol], False, index, place))
            written.append(numbers[phone.symbol])
    if all(entry[1] for entry in entries):
        raise UserError(f"utterance {who}: has no phone to align; run the text stage, or leave the utterance out")
    label, optional, unit, phone = zip(*entries)
    return Row(np.array(label), list(optional), np.array(unit), np.array(phone), np.array(written))


@dataclass
class PhoneBatch:
    """mel [B, T, M] centred log-mel; frames [B]; rows of the utterances; written [B, L] and written_length [B] for CTC."""

    ids: list[str]
    mel: Tensor
    frames: Tensor
    rows: list[Row]
    written: Tensor
    written_length: Tensor

    def to(self, device: torch.device) -> PhoneBatch:
        return dataclasses.replace(self, **{name: value.to(device)
                                            for name, value in vars(self).items() if isinstance(value, Tensor)})


class PhoneSource:
    """A BatchSource over utterances with units. `silences` says whether CTC is told of written pauses."""

    def __init__(self, utterances: Iterable[Utterance], audio_root: Path, inventory: PhoneInventory, batch_frames: int, seed: int,
                 silences: bool = True):
        self.audio_root, self.batch_frames, self.seed, self.silences = Path(audio_root), batch_frames, seed, silences
        numbers = labels(inventory)
        self.rows: dict[str, Row] = {}
        self.audio: dict[str, Path] = {}
        self.lengths: dict[str, int] = {}
        self.unfit: dict[str, str] = {}  # utterances that cannot be trained on, and why
        for utterance in utterances:
            self._take(utterance, numbers)
        if not self.rows:
            raise UserError("no utterance to train on" + first_reasons(self.unfit))
        self._kept: dict[str, Tensor] = {}
        self._kept_bytes = 0
        self._lock = threading.Lock()

    def _take(self, utterance: Utterance, numbers: dict[str, int]) -> None:
        try:
            row = row_of(utterance.units, numbers, utterance.id)
            path = resolve_audio(self.audio_root / "manifest", utterance)
            frames = sound_frames(path)
        except UserError as error:
            self.unfit[utterance.id] = str(error)
            return
        if frames < 2 * len(row.written) + 2:
            self.unfit[utterance.id] = f"{frames * LISTENING.frame_seconds:.2f} s are too short for {len(row.written)} phones"
        elif frames > self.batch_frames:
            self.unfit[utterance.id] = f"{frames * LISTENING.frame_seconds:.0f} s are too long to train on (aligned all the same)"
        else:
            self.rows[utterance.id], self.audio[utterance.id], self.lengths[utterance.id] = row, path, frames

    def batches(self, epoch: int) -> list[list[str]]:
        return frame_batches(self.lengths, self.batch_frames, self.seed, epoch)

    def frames(self, ids: list[str]) -> int:
        return sum(self.lengths[name] for name in ids)

    def mel(self, name: str) -> Tensor:
        """The centred mel of an utterance as float16, from memory where it was heard before."""
        if name in self._kept:
            return self._kept[name]
        mel = listen(load_audio(self.audio[name], LISTENING.sample_rate)).half()
        with self._lock:
            if self._kept_bytes + mel.nbytes <= CACHE_BYTES:
                self._kept[name] = mel
                self._kept_bytes += mel.nbytes
        return mel

    def load(self, ids: list[str]) -> PhoneBatch:
        mels = [self.mel(name) for name in ids]
        rows = [self.rows[name] for name in ids]
        written = [row.written if self.silences else row.written[row.written != SILENCE] for row in rows]
        padded = torch.zeros(len(ids), max(len(w) for w in written), dtype=torch.long)
        for place, values in zip(padded, written):
            place[:len(values)] = torch.from_numpy(values)
        return PhoneBatch(list(ids), torch.nn.utils.rnn.pad_sequence(mels, batch_first=True).float(),
                          torch.tensor([len(m) for m in mels]), rows, padded, torch.tensor([len(w) for w in written]))


def first_reasons(reasons: dict[str, str]) -> str:
    """Why the first few utterances of many were refused, as the end of a sentence."""
    return "".join(f"; {name}: {why}" for name, why in list(reasons.items())[:3])


def sound_frames(path: Path) -> int:
    """Frames of a sound file without decoding it, within one of what `listen` gives."""
    import soundfile

    try:
        info = soundfile.info(path)
    except (soundfile.SoundFileError, OSError) as error:
        raise UserError(f"{path}: not readable as sound ({error}); check --audio-root, or leave the utterance out") from None
    return -(-round(info.frames * LISTENING.sample_rate / info.samplerate) // LISTENING.hop_samples)


def spread(source: PhoneSource, limit: int = 200) -> Tensor:
    """Standard deviation [M] of the first utterances' mels around their own means."""
    return torch.cat([source.mel(name).float() for name in list(source.rows)[:limit]]).std(0).clamp(min=0.1)
