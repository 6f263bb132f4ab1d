"""A tiny LCPVAE, a source of utterances in three styles that raise and slow the voice, and a classifier's folder."""

from __future__ import annotations

import dataclasses

import numpy as np

from tests.helpers.tiny import CONFIG, FEATURES, NAMES, PHONE_COUNT, TinySource
from tts.models.lcpvae.config import LcpvaeConfig
from tts.models.lcpvae.model import LCPVAE

STYLES = ("calm", "loud", "neutral")
STYLED = dataclasses.replace(NAMES, styles=STYLES)
SETTINGS = LcpvaeConfig(encoder_dim=16, encoder_layers=1, prior_dim=8)
LATENT = 3


def tiny_lcpvae(**settings) -> LCPVAE:
    import torch

    torch.manual_seed(1)
    config = dataclasses.replace(CONFIG, style_latent_dim=LATENT)
    model = LCPVAE(PHONE_COUNT, STYLED, FEATURES, config, dataclasses.replace(SETTINGS, **settings))
    model.prepare(StyledSource())
    for block in model.modules():  # "no modulation" is where training starts, and nothing could be seen of a style
        if getattr(block, "modulate", None) is not None:
            torch.nn.init.normal_(block.modulate.weight, std=0.1)
    return model


class StyledSource(TinySource):
    """Styles in turn; "loud" is three nepers louder."""

    def __init__(self, count: int = 12, batch_frames: int = 150, seed: int = 0):
        super().__init__(count, batch_frames, seed)
        self.rows = {name: dataclasses.replace(row, style=place % 3) for place, (name, row) in enumerate(self.rows.items())}
        for name, row in self.rows.items():
            self.store[name].mel += np.float32(3.0 * (row.style == 1))
