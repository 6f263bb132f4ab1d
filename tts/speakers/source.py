"""Utterances and who speaks → batches of mels; all that a speaker encoder learns from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from tts.corpus.utterance import Utterance
from tts.errors import UserError
from tts.features.store import FeatureStore
from tts.training.batch import frame_batches


@dataclass
class SpeakerBatch:
    """mel [B, T, M], frame_mask [B, T], speaker [B]."""

    ids: list[str]
    mel: Tensor
    frame_mask: Tensor
    speaker: Tensor

    def to(self, device: torch.device) -> SpeakerBatch:
        return replace(self, mel=self.mel.to(device), frame_mask=self.frame_mask.to(device), speaker=self.speaker.to(device))


class SpeakerSource:
    """A BatchSource over utterances whose mels lie in a store; speakers go by their place in `names`."""

    def __init__(self, utterances: Iterable[Utterance], store: FeatureStore, names: tuple[str, ...], batch_frames: int,
                 seed: int):
        self.store, self.batch_frames, self.seed = store, batch_frames, seed
        self.speakers = {u.id: names.index(u.speaker) for u in utterances if u.id in store}
        self.lengths = {name: store.frames(name) for name in self.speakers}
        if not self.lengths:
            raise UserError("no utterances to learn speakers from; check the split of the manifest (tts corpus info) and the features")

    def batches(self, epoch: int) -> list[list[str]]:
        return frame_batches(self.lengths, self.batch_frames, self.seed, epoch)

    def frames(self, ids: list[str]) -> int:
        return sum(self.lengths[name] for name in ids)

    def load(self, ids: list[str]) -> SpeakerBatch:
        mels = [torch.from_numpy(self.store[name].mel) for name in ids]
        lengths = torch.tensor([len(mel) for mel in mels])
        mask = torch.arange(int(lengths.max())) < lengths[:, None]
        return SpeakerBatch(list(ids), pad_sequence(mels, batch_first=True), mask,
                            torch.tensor([self.speakers[name] for name in ids]))
