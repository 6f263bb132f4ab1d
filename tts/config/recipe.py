"""The schema of recipes/conf/*.yaml: which system, and one section per part that has settings. Defaults stand in the dataclasses."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tts.alignment.config import AlignerConfig, RecogniserConfig
from tts.augmentation.config import AugmentationConfig
from tts.config.load import resolve
from tts.errors import UserError
from tts.features.config import FeatureConfig
from tts.models.backbone.config import BackboneConfig
from tts.text.bert.config import SmallBertConfig
from tts.models.copycat.config import CopyCatConfig
from tts.models.copycat2.config import CopyCat2Config, PredictorConfig
from tts.models.flowtts.config import FlowTTSConfig
from tts.models.lcpvae.config import LcpvaeConfig, StyleClassifierConfig, classifier_training
from tts.models.studio.config import StudioConfig
from tts.speakers.config import SpeakerEncoderConfig
from tts.speakers.config import default_training as default_speaker_training
from tts.training.config import TrainingConfig
from tts.vocoder.config import VocoderConfig, default_training

SYSTEMS = {  # and the sections beside features and model that describe them
    "base": (),
    "copycat2": ("copycat2",),
    "copycat": ("copycat",),
    "lcpvae": ("lcpvae",),
    "flowtts": ("flowtts",),
    "studio": ("copycat2", "lcpvae", "studio"),
}


@dataclass(frozen=True)
class Recipe:
    """Everything that a recipe may set."""

    system: str = "base"  # or copycat2, copycat (its frame-level baseline), lcpvae, flowtts, studio (the first's words and the third's style at once)
    features: FeatureConfig = field(default_factory=FeatureConfig)
    aligner: AlignerConfig = field(default_factory=AlignerConfig)
    recogniser: RecogniserConfig = field(default_factory=RecogniserConfig)
    bert: SmallBertConfig = field(default_factory=SmallBertConfig)
    model: BackboneConfig = field(default_factory=BackboneConfig)
    copycat2: CopyCat2Config = field(default_factory=CopyCat2Config)
    copycat: CopyCatConfig = field(default_factory=CopyCatConfig)
    lcpvae: LcpvaeConfig = field(default_factory=LcpvaeConfig)
    style_classifier: StyleClassifierConfig = field(default_factory=StyleClassifierConfig)
    flowtts: FlowTTSConfig = field(default_factory=FlowTTSConfig)
    studio: StudioConfig = field(default_factory=StudioConfig)
    predictor: PredictorConfig = field(default_factory=PredictorConfig)
    speaker_encoder: SpeakerEncoderConfig = field(default_factory=SpeakerEncoderConfig)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    predictor_training: TrainingConfig = field(default_factory=TrainingConfig)
    speaker_training: TrainingConfig = field(default_factory=default_speaker_training)
    style_training: TrainingConfig = field(default_factory=classifier_training)
    fine_tuning: TrainingConfig = field(default_factory=TrainingConfig)
    augmentation: AugmentationConfig = field(default_factory=AugmentationConfig)
    vocoder: VocoderConfig = field(default_factory=VocoderConfig)
    vocoder_training: TrainingConfig = field(default_factory=default_training)

    def __post_init__(self):
        if self.system not in SYSTEMS:
            raise ValueError(f"system {self.system!r}; expected one of {', '.join(SYSTEMS)}")


def load_trained(folder: str | Path, *sections: str) -> Recipe:
    """The configuration in the folder of something trained. An unknown key, such as an option that there was in an earlier version, is an error in
    `sections`, if none are named in those of the model, and passed over elsewhere: what was trained does not consist of it."""
    found = resolve(Recipe, [Path(folder) / "config.yaml"], pass_over_unknown=True)
    needed = {"features", *(sections or ("model", *SYSTEMS[found.config.system]))}
    for key, sentence in found.unknown.items():
        if "." not in key or key.partition(".")[0] in needed:
            raise UserError(sentence)
    return found.config
