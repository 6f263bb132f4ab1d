"""What a vocoder is, whoever made it: mel in, wave out, exactly T·hop samples, and an identity that says which mels it knows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import torch
from torch import Tensor, nn

from tts.features.fingerprint import Fingerprint


class Vocoder(nn.Module):
    """Base of all vocoders. The same mel gives the same samples, alone or in a batch; `.to(device)` moves it."""

    fingerprint: Fingerprint  # of the mels it was made for; `load.require_vocoder_fits` compares
    name: str  # as a user knows it

    @property
    def device(self) -> torch.device:
        return next(chain(self.parameters(), self.buffers())).device

    def forward(self, mel: Tensor, frame_mask: Tensor | None = None) -> Tensor:
        """The wave [B, T·hop] of log-mels [B, T, M]; zeros beyond the frames of `frame_mask` [B, T] (True where real)."""
        raise NotImplementedError

    def stream(self, mel: Tensor, chunk_frames: int = 64) -> Iterator[Tensor]:
        """The wave of one log-mel [T, M] in pieces, in order. One that can't work by pieces gives it all at once."""
        if len(mel):
            yield self(mel[None].to(self.device))[0]
