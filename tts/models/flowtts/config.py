"""Sizes and switches of Flow-TTS, beside those of the backbone it is built on."""

from __future__ import annotations

from dataclasses import dataclass

CONDITIONS = ("phones", "speaker", "accent", "f0", "voicing")


@dataclass(frozen=True)
class FlowTTSConfig:
    """The flow: twelve steps on pairs of frames, sixteen channels leaving after every fourth (Merritt et al. 2022)."""

    steps: int = 12
    early_every: int = 4  # steps after which channels leave
    early_channels: int = 16  # of 2 × mel bands; 0: all channels go through all steps
    dim: int = 128  # inside the couplings
    layers: int = 2  # gated convolutions of a coupling
    kernel: int = 3  # their width, in pairs of frames
    context_layers: int = 4  # gated convolutions over the conditions, once for all that hears them
    # The first step normalises each frame by the mean and deviation that the conditions let expect, so that couplings are left with what they do
    # not tell. Without it, as in the papers, conditions are heard in the couplings alone, and in a short training hardly heeded.
    expectation: bool = True
    rotation_groups: int = 8  # the 1×1 convolutions mix groups of channels (1: all of them); learns faster, and costs less
    # What the flow is told; the rest is left to z. `accent` is the language of the utterance.
    conditions: tuple[str, ...] = CONDITIONS
    # F0 as high as it is. Else, as in the papers, less its sentence's mean: then z chooses the height of harmonics, anew in every frame.
    absolute_f0: bool = True
    # Deviation of the noise added to log mels in training, so that digital silence has a density; a natural mel varies ten times as much.
    noise: float = 0.05
    # Share of AE-Flow's L1 between the recording's mel and one decoded from z ~ N(0, I), against the likelihood: makes the flow heed
    # its conditions, and drawn speech be understood; much of it makes drawn speech smooth, and less like its voice. 0 leaves it out, the paper has 0.99.
    l1_weight: float = 0.0
    l1_begin: float = 0.0  # share of the training before which it is left out, and costs nothing
    # Deviation of z at synthesis, if nothing else is asked for. Where speech that is drawn is as like its voice as speech that is converted; listeners
    # chose 0.4 for a flow of this kind (Zhang et al. 2023), which is smoother, and less like anybody.
    temperature: float = 0.8

    def __post_init__(self):
        if unknown := [name for name in self.conditions if name not in CONDITIONS]:
            raise ValueError(f"flowtts: unknown condition {', '.join(unknown)}; expected some of {', '.join(CONDITIONS)}")
        if self.steps < 1 or self.early_every < 1 or self.early_channels < 0 or self.early_channels % 2:
            raise ValueError(f"flowtts: steps {self.steps}, early_every {self.early_every}, early_channels {self.early_channels}; expected at least "
                             "1, 1, and an even number")
        if self.kernel % 2 == 0:
            raise ValueError(f"flowtts: kernel {self.kernel} is even, frames could not be centred; use {self.kernel - 1} or {self.kernel + 1}")
        for name in ("l1_weight", "l1_begin"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"flowtts: {name} {getattr(self, name)}; expected 0 up to 1, 1 left out")

    def channels(self, mel_bands: int) -> list[int]:
        """Channels that each step works on."""
        found = [2 * mel_bands - self.early_channels * (step // self.early_every) for step in range(self.steps)]
        if found[-1] < 2 or any(n % (2 * self.rotation_groups) for n in found):
            raise ValueError(f"flowtts: with {mel_bands} mel bands the steps would have {found} channels in {self.rotation_groups} groups; "
                             "fewer early_channels, or other rotation_groups")
        return found
