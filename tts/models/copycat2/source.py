"""The source's side of CopyCat2: what a recording shows, relative to the person who speaks.

Encoders must know the speaker so that their latents need not carry him (CopyCat gives them a speaker embedding). Here the speaker enters as
his own averages, which are subtracted: mean of every mel band, mean log-F0, mean energy, mean duration. For the speakers of the training
data they are measured once; for anybody else they are measured on the recordings given, so an unseen speaker needs no embedding.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tts.training.batch import AcousticBatch
from tts.training.system import BatchSource

MOST_BATCHES = 2000  # looked at in preparation
F0_INPUTS = 3  # log-F0, voicing, energy
F0_SCALE = 5.0  # of log-F0: a semitone is 0.3
LEAST_SPREAD = 0.02  # of log-F0, a third of a semitone: flatter utterances are not blown up


@dataclass(frozen=True)
class SourceAverages:
    """A speaker's own averages: mel [.., M], log_f0 [..], energy [..], log_duration [..] (mean of what phones last beyond the usual). f0_spread
    [..]: log-F0's deviation where that is taken away too, None where it stays."""

    mel: Tensor
    log_f0: Tensor
    energy: Tensor
    log_duration: Tensor
    f0_spread: Tensor | None = None


class SourceNormalizer(nn.Module):
    """Turns a batch into what the encoders see."""

    def __init__(self, speakers: int, mel_bands: int, phone_count: int):
        super().__init__()
        self.register_buffer("mel", torch.zeros(speakers, mel_bands))
        self.register_buffer("mel_std", torch.ones(mel_bands))
        self.register_buffer("log_f0", torch.full((speakers,), 5.0))
        self.register_buffer("energy", torch.zeros(speakers))
        self.register_buffer("log_duration", torch.zeros(speakers))
        self.register_buffer("phone_log_duration", torch.full((phone_count,), 1.9))  # usual log(1 + frames) of every phone

    def prepare(self, source: BatchSource) -> None:
        """Measure the averages of all speakers over the training data; speakers that do not occur get those of all."""
        batches = source.batches(0)[:MOST_BATCHES]
        self._measure_phones(map(source.load, batches))
        self._measure_speakers(map(source.load, batches))

    def _measure_phones(self, batches) -> None:
        sums = torch.zeros(2, len(self.phone_log_duration), dtype=torch.float64)
        for batch in batches:
            phones = batch.phones[batch.phone_mask]
            sums[0].index_add_(0, phones, torch.log1p(batch.durations[batch.phone_mask].double()))
            sums[1].index_add_(0, phones, torch.ones(len(phones), dtype=torch.float64))
        overall = sums[0].sum() / sums[1].sum().clamp(min=1)
        self.phone_log_duration.copy_(torch.where(sums[1] > 0, sums[0] / sums[1].clamp(min=1), overall))

    def _measure_speakers(self, batches) -> None:
        speakers, bands = self.mel.shape
        sums = {"frames": torch.zeros(speakers, 1), "mel": torch.zeros(speakers, bands), "square": torch.zeros(speakers, bands),
                "voiced": torch.zeros(speakers), "log_f0": torch.zeros(speakers), "energy": torch.zeros(speakers),
                "phones": torch.zeros(speakers), "log_duration": torch.zeros(speakers)}
        sums = {name: tensor.double() for name, tensor in sums.items()}
        for batch in batches:
            for row, speaker in enumerate(batch.speaker.tolist()):
                frames = int(batch.frame_mask[row].sum())
                mel, voiced = batch.mel[row, :frames].double(), batch.voiced[row, :frames].double()
                sums["frames"][speaker] += frames
                sums["mel"][speaker] += mel.sum(0)
                sums["square"][speaker] += mel.square().sum(0)
                sums["voiced"][speaker] += voiced.sum()
                sums["log_f0"][speaker] += (batch.f0_hz[row, :frames].double().clamp(min=1).log() * voiced).sum()
                sums["energy"][speaker] += (batch.energy[row, :frames].double() * voiced).sum()
                spoken = batch.phone_mask[row] & ~batch.is_pause[row]
                sums["phones"][speaker] += spoken.sum()
                sums["log_duration"][speaker] += self._beyond_usual(batch)[row][spoken].double().sum()
        self.mel.copy_(_means(sums["mel"], sums["frames"]))
        within = (sums["square"] - sums["mel"].square() / sums["frames"].clamp(min=1)).sum(0) / sums["frames"].sum()
        self.mel_std.copy_(within.clamp(min=1e-4).sqrt())
        for name, count in (("log_f0", "voiced"), ("energy", "voiced"), ("log_duration", "phones")):
            getattr(self, name).copy_(_means(sums[name], sums[count]))

    def _beyond_usual(self, batch: AcousticBatch) -> Tensor:
        """log(1 + frames) [B, P] minus what is usual for each phone."""
        return torch.log1p(batch.durations.to(self.phone_log_duration.dtype)) - self.phone_log_duration[batch.phones]

    def averages(self, speaker: Tensor) -> SourceAverages:
        """Those of known speakers [B]."""
        return SourceAverages(self.mel[speaker], self.log_f0[speaker], self.energy[speaker], self.log_duration[speaker])

    def measure(self, batch: AcousticBatch) -> SourceAverages:
        """Those of somebody unknown, from a batch of his recordings, all taken together: each with B = 1."""
        voiced, frames = batch.voiced * batch.frame_mask, batch.frame_mask
        spoken = batch.phone_mask & ~batch.is_pause
        count = voiced.sum().clamp(min=1)
        return SourceAverages(batch.mel[frames].mean(0)[None], ((batch.f0_hz.clamp(min=1).log() * voiced).sum() / count)[None],
                              ((batch.energy * voiced).sum() / count)[None], self._beyond_usual(batch)[spoken].mean()[None])

    def of_utterances(self, batch: AcousticBatch) -> SourceAverages:
        """Those of every utterance by itself [B], its spread of F0 among them: what is then left says nothing of the whole."""
        frames, voiced = batch.frame_mask.to(batch.mel.dtype), batch.voiced * batch.frame_mask
        spoken = (batch.phone_mask & ~batch.is_pause).to(batch.mel.dtype)

        def mean(values: Tensor, weight: Tensor) -> Tensor:
            return (values * weight).sum(1) / weight.sum(1).clamp(min=1)

        log_f0 = batch.f0_hz.clamp(min=1).log()
        height = mean(log_f0, voiced)
        spread = mean((log_f0 - height[:, None]).square(), voiced).sqrt().clamp(min=LEAST_SPREAD)
        return SourceAverages(mean(batch.mel, frames[..., None]), height, mean(batch.energy, voiced), mean(self._beyond_usual(batch), spoken), spread)

    def frames(self, batch: AcousticBatch, averages: SourceAverages, with_f0: bool) -> Tensor:
        """[B, T, M (+ 3)]: the mel relative to the speaker's, and if asked log-F0, voicing and energy relative to his."""
        mel = (batch.mel - averages.mel[:, None]) / self.mel_std
        if not with_f0:
            return mel
        f0 = batch.f0_hz.clamp(min=1.0).log() - averages.log_f0[:, None]
        f0 = F0_SCALE * f0 if averages.f0_spread is None else f0 / averages.f0_spread[:, None]
        energy = (batch.energy - averages.energy[:, None]).clamp(min=-5)
        return torch.cat([mel, torch.stack([f0 * (batch.f0_hz > 1), batch.voiced, energy], dim=2)], dim=2)

    def phones(self, batch: AcousticBatch, averages: SourceAverages) -> Tensor:
        """[B, P]: how much longer than usual every phone is, beyond the speaker's own tempo, in natural log."""
        return self._beyond_usual(batch) - averages.log_duration[:, None]


def _means(sums: Tensor, counts: Tensor) -> Tensor:
    """Row by row; rows without a count get the mean of all."""
    overall = sums.sum(0) / counts.sum(0).clamp(min=1)
    return torch.where(counts > 0, sums / counts.clamp(min=1), overall)
