"""Which style is a mel spoken in? A small network that is trained on recordings beforehand and then frozen: LCPVAE's style loss asks it.
It is told neither speaker nor language and sees every style, language and speaker equally often, so that none of them stands for another.

    mel [B, T, M] ─→ convolutions, each halving the frames ─→ GRU ─→ mean over time ─→ hidden [B, D] ─→ logits [B, S]
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.alignment.network import hide_patches
from tts.config.load import load_config
from tts.errors import UserError
from tts.features.fingerprint import Fingerprint, require_same
from tts.models.layers.masks import lengths_to_mask
from tts.models.layers.recurrent import BiGru
from tts.models.lcpvae.config import StyleClassifierConfig
from tts.training.batch import AcousticBatch
from tts.training.checkpoint import load_weights
from tts.training.statistics import band_statistics
from tts.training.system import BatchSource, Losses, System

MOST_BATCHES = 200  # looked at for the mean and deviation of every band
FILES = ("model.safetensors", "style_classifier.yaml", "styles.json", "fingerprint.json", "card.json")


@dataclass
class StyleLosses(Losses):
    """total: cross-entropy of the style."""

    total: Tensor


class StyleClassifier(System):
    """Logits of `styles` styles from mels with `bands` bands."""

    def __init__(self, bands: int, styles: int, config: StyleClassifierConfig):
        super().__init__()
        sizes = [bands] + [config.dim] * config.layers
        self.layers = nn.ModuleList(nn.Conv1d(enter, leave, 5, stride=2, padding=2) for enter, leave in zip(sizes, sizes[1:]))
        self.dropout = nn.Dropout(config.dropout)
        self.recurrent = BiGru(config.dim, config.recurrent_dim)
        self.hidden = nn.Linear(2 * config.recurrent_dim, config.dim)
        self.leave = nn.Linear(config.dim, styles)
        self.register_buffer("mel_mean", torch.zeros(bands))
        self.register_buffer("mel_std", torch.ones(bands))

    def prepare(self, source: BatchSource) -> None:
        for kept, found in zip((self.mel_mean, self.mel_std), band_statistics(source, MOST_BATCHES, least_deviation=0.01)):
            kept.copy_(found)

    def features(self, mel: Tensor, frame_mask: Tensor) -> Tensor:
        """The last hidden layer [B, D]. What lies behind an utterance's end does not count."""
        x = (mel - self.mel_mean) / self.mel_std
        if self.training:
            x = hide_patches(x, frame_mask.sum(1), length=24)
        lengths, x = frame_mask.sum(1), (x * frame_mask[..., None]).transpose(1, 2)
        for layer in self.layers:
            lengths = (lengths + 1) // 2
            x = functional.relu(layer(x))
            x = self.dropout(x) * lengths_to_mask(lengths, x.shape[2])[:, None]
        mask = lengths_to_mask(lengths, x.shape[2])
        states = self.recurrent(x.transpose(1, 2), mask)
        return torch.tanh(self.hidden((states * mask[..., None]).sum(1) / lengths[:, None].clamp(min=1)))

    def forward(self, mel: Tensor, frame_mask: Tensor) -> Tensor:
        """mel [B, T, M], frame_mask [B, T] → logits [B, S]."""
        return self.leave(self.dropout(self.features(mel, frame_mask)))

    def losses(self, batch: AcousticBatch) -> StyleLosses:
        return StyleLosses(functional.cross_entropy(self(batch.mel, batch.frame_mask).float(), batch.style))

    def measures(self, batch: AcousticBatch) -> dict[str, float]:
        """The share that is right."""
        return {"accuracy": float((self(batch.mel, batch.frame_mask).argmax(1) == batch.style).float().mean())}


def load_style_classifier(folder: Path, styles: tuple[str, ...], fingerprint: Fingerprint) -> StyleClassifier:
    """The frozen classifier in a folder. One that knows other styles or hears other mels is a UserError."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise UserError(f"{folder}: not a trained style classifier, {', '.join(missing)} missing; train one (tts train --part style-classifier)")
    known = tuple(json.loads((folder / "styles.json").read_text(encoding="utf-8")))
    if known != tuple(styles):
        raise UserError(f"{folder}: this classifier knows the styles {', '.join(known)}; expected {', '.join(styles)}; train it on the same corpus")
    heard = Fingerprint.load(folder / "fingerprint.json")
    require_same(heard, fingerprint, f"the style classifier in {folder}", "the features to train on", mel_only=True)
    config = load_config(StyleClassifierConfig, [folder / "style_classifier.yaml"])
    classifier = StyleClassifier(heard.config.mel_bands, len(known), config)
    load_weights(classifier, folder / "model.safetensors")
    return classifier.eval().requires_grad_(False)
