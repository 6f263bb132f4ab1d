"""Which style is speech in? A small network that is trained on recordings beforehand and then frozen: LCPVAE's style loss asks it.

It hears speech in the voice's own terms, so that what it learns of a style holds in another voice and another language: F0 and spectrum less what is usual
for who speaks, tempo less what is usual for the phones of the language. Of these it sees numbers over the whole utterance. In its place a network of
convolutions and a GRU over mels as they are heard 74 % of the mini corpus's dev part right in place of 87 %, and voices that learned from it were heard
worse in another language, not better. It sees every style, language and speaker equally often, so that none of them stands for another.

    mel, F0, voicing, durations ─→ numbers [B, N] ─→ hidden [B, D] ─→ logits [B, S]
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.config.load import load_config
from tts.errors import UserError
from tts.features.fingerprint import Fingerprint, require_same
from tts.models.backbone.conditions import F0Contour
from tts.models.backbone.f0_model import contour
from tts.models.copycat2.source import F0_SCALE
from tts.models.lcpvae.config import StyleClassifierConfig
from tts.training.batch import AcousticBatch, Names
from tts.training.checkpoint import load_weights
from tts.training.system import BatchSource, Losses, System

FILES = ("model.safetensors", "style_classifier.yaml", "names.json", "fingerprint.json", "card.json")
MOST_BATCHES = 200  # looked at for what is usual
GROUPS = 8  # of mel bands, whose mean levels say how speech is balanced
NUMBERS = 6 + GROUPS
LEAST_DEVIATION = 0.01


@dataclass(frozen=True)
class HeardSpeech:
    """Speech as the classifier hears it: mel [B, T, M] with frame_mask [B, T] and F0 [B, T]; who speaks and in which language, indices [B]; phones,
    is_pause and durations in frames [B, P], 0 for padding."""

    mel: Tensor
    frame_mask: Tensor
    f0: F0Contour
    speaker: Tensor
    language: Tensor
    phones: Tensor
    is_pause: Tensor
    durations: Tensor

    @classmethod
    def recorded(cls, batch: AcousticBatch) -> HeardSpeech:
        """The recordings of a batch."""
        return cls(batch.mel, batch.frame_mask, contour(batch.f0_hz, batch.voiced), batch.speaker, batch.language, batch.phones, batch.is_pause,
                   batch.durations)

    @property
    def spoken(self) -> Tensor:
        """Which phones [B, P] are no pauses and no padding."""
        return (self.durations > 0) & ~self.is_pause


@dataclass
class StyleLosses(Losses):
    """total: cross-entropy of the style."""

    total: Tensor


class StyleClassifier(System):
    """Logits of styles of speech by the speakers, in the languages, that `names` numbers; mels have `bands` bands, phones are `phone_count`."""

    def __init__(self, bands: int, phone_count: int, names: Names, config: StyleClassifierConfig):
        super().__init__()
        # What is usual: mean mel and log-F0 of every speaker, every style counting alike, and mean log-duration of every phone of a language.
        self.register_buffer("usual_mel", torch.zeros(len(names.speakers), bands))
        self.register_buffer("usual_f0", torch.zeros(len(names.speakers)))
        self.register_buffer("usual_duration", torch.zeros(len(names.languages), phone_count))
        self.register_buffer("known_phone", torch.zeros(len(names.languages), phone_count))
        self.register_buffer("mean", torch.zeros(NUMBERS))
        self.register_buffer("deviation", torch.ones(NUMBERS))
        self.hidden = nn.Linear(NUMBERS, config.dim)
        self.dropout = nn.Dropout(config.dropout)
        self.leave = nn.Linear(config.dim, len(names.styles))

    @torch.no_grad()
    def prepare(self, source: BatchSource) -> None:
        """What is usual, from balanced batches."""
        batches = [HeardSpeech.recorded(source.load(ids).to(self.mean.device)) for ids in source.batches(0)[:MOST_BATCHES]]
        mels, frames, f0, voiced = torch.zeros_like(self.usual_mel), *(torch.zeros_like(self.usual_f0) for _ in range(3))
        lasting, said = torch.zeros_like(self.usual_duration), torch.zeros_like(self.usual_duration)
        for speech in batches:
            real, heard = speech.frame_mask.to(mels.dtype), speech.f0.voiced * speech.frame_mask
            mels.index_add_(0, speech.speaker, (speech.mel * real[..., None]).sum(1))
            frames.index_add_(0, speech.speaker, real.sum(1))
            f0.index_add_(0, speech.speaker, (speech.f0.log_f0 * heard).sum(1))
            voiced.index_add_(0, speech.speaker, heard.sum(1))
            spoken, place = speech.spoken, (speech.language[:, None].expand_as(speech.phones), speech.phones.long())
            lasting.index_put_(place, speech.durations.clamp(min=1).log() * spoken, accumulate=True)
            said.index_put_(place, spoken.to(said.dtype), accumulate=True)
        self.usual_mel.copy_(mels / frames.clamp(min=1)[:, None])
        self.usual_f0.copy_(f0 / voiced.clamp(min=1))
        self.usual_duration.copy_(lasting / said.clamp(min=1))
        self.known_phone.copy_((said > 0).to(said.dtype))
        numbers = torch.cat([self.numbers(speech) for speech in batches])
        self.mean.copy_(numbers.mean(0))
        self.deviation.copy_(numbers.std(0).clamp(min=LEAST_DEVIATION))

    def numbers(self, speech: HeardSpeech) -> Tensor:
        """[B, NUMBERS]: mean, deviation and movement of F0; share of frames that is voiced; deviation of the level; tempo; mean levels of groups of bands. All
        but tempo and the share over voiced frames."""
        voiced = speech.f0.voiced * speech.frame_mask
        count = voiced.sum(1).clamp(min=1)

        def mean(values: Tensor) -> Tensor:
            return (values * voiced).sum(1) / count

        def deviation(values: Tensor) -> Tensor:
            return (mean((values - mean(values)[:, None]).square()) + 1e-6).sqrt()

        f0 = F0_SCALE * (speech.f0.log_f0 - self.usual_f0[speech.speaker][:, None])
        pairs = voiced[:, 1:] * voiced[:, :-1]
        movement = ((f0[:, 1:] - f0[:, :-1]).abs() * pairs).sum(1) / pairs.sum(1).clamp(min=1)
        levels = torch.stack([group.mean(2) for group in (speech.mel - self.usual_mel[speech.speaker][:, None]).tensor_split(GROUPS, 2)], 2)
        rows = torch.stack([mean(f0), deviation(f0), movement, count / speech.frame_mask.sum(1).clamp(min=1), deviation(levels.mean(2)),
                            self.tempo(speech)], 1)
        return torch.cat([rows, (levels * voiced[..., None]).sum(1) / count[:, None]], 1)

    def tempo(self, speech: HeardSpeech) -> Tensor:
        """By how much phones are shorter than usual in the language, ln [B]; larger is faster."""
        place = (speech.language[:, None].expand_as(speech.phones), speech.phones.long())
        known = speech.spoken * self.known_phone[place]
        return ((self.usual_duration[place] - speech.durations.clamp(min=1).log()) * known).sum(1) / known.sum(1).clamp(min=1)

    def features(self, speech: HeardSpeech) -> Tensor:
        """The hidden layer [B, D]."""
        return torch.tanh(self.hidden((self.numbers(speech) - self.mean) / self.deviation))

    def forward(self, speech: HeardSpeech) -> Tensor:
        """Logits [B, S]."""
        return self.leave(self.dropout(self.features(speech)))

    def losses(self, batch: AcousticBatch) -> StyleLosses:
        return StyleLosses(functional.cross_entropy(self(HeardSpeech.recorded(batch)).float(), batch.style))

    def measures(self, batch: AcousticBatch) -> dict[str, float]:
        """The share that is right."""
        return {"accuracy": float((self(HeardSpeech.recorded(batch)).argmax(1) == batch.style).float().mean())}


def load_style_classifier(folder: Path, names: Names, phone_count: int, fingerprint: Fingerprint) -> StyleClassifier:
    """The frozen classifier in a folder. One that knows other styles, speakers or languages, or hears other mels, is a UserError."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise UserError(f"{folder}: not a trained style classifier, {', '.join(missing)} missing; train one (tts train --part style-classifier)")
    known = Names.load(folder)
    for kind, wanted in vars(names).items():
        if getattr(known, kind) != wanted:
            raise UserError(f"{folder}: this classifier knows the {kind} {', '.join(getattr(known, kind))}; expected {', '.join(wanted)}; train it on the "
                            "same corpus")
    heard = Fingerprint.load(folder / "fingerprint.json")
    require_same(heard, fingerprint, f"the style classifier in {folder}", "the features to train on", mel_only=True)
    config = load_config(StyleClassifierConfig, [folder / "style_classifier.yaml"])
    classifier = StyleClassifier(heard.config.mel_bands, phone_count, names, config)
    load_weights(classifier, folder / "model.safetensors")
    return classifier.eval().requires_grad_(False)
