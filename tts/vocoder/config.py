"""What a neural vocoder is made of, how it is trained, and what judges it while it learns."""

from __future__ import annotations

from dataclasses import dataclass, field

from tts.training.config import TrainingConfig

PHASES = ("harmonic", "free")
DISCRIMINATORS = ("none", "light", "full")
ADVERSARIAL = ("least squares", "hinge")


@dataclass(frozen=True)
class GeneratorConfig:
    """The network from mel to wave; see generator.py. The defaults are size small."""

    phase: str = "harmonic"  # of a pulse train that follows the F0 seen in the mel; or free: the network makes phases up
    dim: int = 192
    layers: int = 6
    kernel: int = 5
    dilations: tuple[int, ...] = (1, 1, 2)  # block after block, over again
    window_hops: int = 2  # length of the synthesis window; a free phase wants 4, as overlap is what ties its frames together
    settle: int = 6  # rounds in which finished sound gets the magnitudes that were meant (settling.py); each costs a Fourier transform and its inverse
    pitch_dim: int = 96
    pitch_layers: int = 4

    def __post_init__(self):
        problems = []
        if self.phase not in PHASES:
            problems.append(f"phase {self.phase!r}; expected one of {', '.join(PHASES)}")
        if self.window_hops < 2:
            problems.append(f"window_hops {self.window_hops} leaves gaps between frames; use 2, 3 or 4")
        for name in ("kernel",):
            if getattr(self, name) % 2 == 0:
                problems.append(f"{name} {getattr(self, name)} has no middle; use {getattr(self, name) - 1} or {getattr(self, name) + 1}")
        if problems:
            raise ValueError("vocoder.generator: " + "; ".join(problems))


@dataclass(frozen=True)
class VocoderConfig:
    """The generator, its losses, and the crops that it learns from."""

    generator: GeneratorConfig = field(default_factory=GeneratorConfig)
    crop_frames: int = 48
    speeds: tuple[float, float] = (1.0, 1.0)  # bounds at which crops are played: 0.8 to 1.25 makes many speakers of few
    gains_db: tuple[float, float] = (0.0, 0.0)  # bounds of what is added to their level
    noisy_share: float = 0.0  # of the crops, to which noise between white and brown is added, for rooms that are not studios
    snrs_db: tuple[float, float] = (10.0, 40.0)  # bounds of how far their level lies above it
    speaker_balance: float = 0.0  # 0: every second of sound is as likely as any other; 1: every speaker; 0.5 lies between
    windows_ms: tuple[float, ...] = (10.0, 25.0, 50.0, 100.0)  # resolutions of the spectral losses and of the discriminators
    bands: tuple[int, ...] = (20, 40, 80, 120)  # mel bands at each
    mel_weight: float = 15.0
    magnitude_weight: float = 0.0  # L1 of log magnitudes, bin by bin, at the same resolutions
    meant_weight: float = 5.0  # log-spectral distance of the magnitudes that the sound is settled to (where it is settled)
    pitch_weight: float = 0.5
    discriminators: str = "light"  # none, or full: the usual sizes, for a GPU
    adversarial: str = "least squares"  # or hinge
    adversarial_weight: float = 1.0
    matching_weight: float = 2.0  # of the discriminators' features
    pitch_first: float = 0.1  # share of the steps in which nothing but the pitch is learned, which takes little time
    warm_up: float = 0.5  # share of the steps before discriminators come in
    validation_utterances: int = 12
    audio_cache_mb: int = 1000  # decoded recordings kept in memory by each process

    def __post_init__(self):
        problems = []
        if len(self.windows_ms) != len(self.bands):
            problems.append(f"{len(self.windows_ms)} windows_ms and {len(self.bands)} bands; give one number of bands for each window")
        if self.discriminators not in DISCRIMINATORS:
            problems.append(f"discriminators {self.discriminators!r}; expected one of {', '.join(DISCRIMINATORS)}")
        if self.adversarial not in ADVERSARIAL:
            problems.append(f"adversarial {self.adversarial!r}; expected one of {', '.join(ADVERSARIAL)}")
        for name in ("pitch_first", "warm_up", "speaker_balance", "noisy_share"):
            if not 0 <= getattr(self, name) <= 1:
                problems.append(f"{name} {getattr(self, name)}; expected 0 to 1")
        for name in ("speeds", "gains_db", "snrs_db"):
            low, high = getattr(self, name)
            if low > high or (name == "speeds" and low <= 0):
                problems.append(f"{name} {low}, {high}; expected the lower bound, then the upper one" + (", both above 0" if name == "speeds" else ""))
        if self.crop_frames < 8:
            problems.append(f"crop_frames {self.crop_frames} is too short to hear anything in; use 32 or more")
        if problems:
            raise ValueError("vocoder: " + "; ".join(problems))


def default_training() -> TrainingConfig:
    """What suits a vocoder, where a recipe says nothing else; the last average of weights is the result, as no single loss tells which
    checkpoint of an adversarial training sounds best."""
    return TrainingConfig(steps=20000, batch_frames=768, learning_rate=1e-3, warmup_steps=100, betas=(0.8, 0.99), gradient_clip=10.0,
                          validate_every=1000, checkpoint_every=1000, keep_best=0, sample_count=0)
