"""The schema of recipes/conf/*.yaml: one section per step of the line that has settings. Defaults stand in the dataclasses."""

from __future__ import annotations

from dataclasses import dataclass, field

from tts.alignment.config import AlignerConfig, RecogniserConfig
from tts.features.config import FeatureConfig
from tts.models.backbone.config import BackboneConfig
from tts.training.config import TrainingConfig


@dataclass(frozen=True)
class Recipe:
    """Everything that a recipe may set."""

    features: FeatureConfig = field(default_factory=FeatureConfig)
    aligner: AlignerConfig = field(default_factory=AlignerConfig)
    recogniser: RecogniserConfig = field(default_factory=RecogniserConfig)
    model: BackboneConfig = field(default_factory=BackboneConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
