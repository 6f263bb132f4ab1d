"""What a frame is: one dataclass holds every number that a mel or an F0 contour depends on.

The rate and the hop stand here and nowhere else. `fingerprint.py` turns this into the identity that travels with every artefact.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FeatureConfig:
    """Mel and F0 definition; the defaults are the four papers' (24 kHz, 50 ms window, 12.5 ms shift, 80 bands)."""

    sample_rate: int = 24000  # Hz
    hop_samples: int = 300  # one frame; 12.5 ms
    window_samples: int = 1200  # Hann window and FFT size; 50 ms
    mel_bands: int = 80
    mel_low_hz: float = 50.0
    mel_high_hz: float = 12000.0
    log_floor: float = 1e-5  # magnitudes below are raised to this before the natural logarithm
    f0_method: str = "correlation"  # see features/f0.py for the methods
    f0_low_hz: float = 60.0  # widest range looked at; each speaker gets a narrower one in a second pass
    f0_high_hz: float = 600.0
    speaker_encoder: str = "statistics"  # see features/speaker.py for the encoders

    def __post_init__(self):
        problems = []
        if self.window_samples < self.hop_samples:
            problems.append(f"window_samples {self.window_samples} is shorter than hop_samples {self.hop_samples}; use 4 x hop")
        if (self.window_samples - self.hop_samples) % 2:
            problems.append(f"window_samples - hop_samples is odd ({self.window_samples - self.hop_samples}); frames could not be centred")
        if not 0 <= self.mel_low_hz < self.mel_high_hz <= self.sample_rate / 2:
            problems.append(f"mel range {self.mel_low_hz}-{self.mel_high_hz} Hz does not fit below {self.sample_rate / 2} Hz (half the sample rate)")
        if not 0 < self.f0_low_hz < self.f0_high_hz:
            problems.append(f"F0 range {self.f0_low_hz}-{self.f0_high_hz} Hz is empty")
        if problems:
            raise ValueError("features: " + "; ".join(problems))

    @property
    def frame_seconds(self) -> float:
        return self.hop_samples / self.sample_rate
