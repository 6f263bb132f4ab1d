"""The neural vocoder: a network at frame rate and one inverse Fourier transform, no layer at the rate of samples.

    mel ──┬─ pitch ── F0, voicing ── pulses ──┐ (their spectrum E, noise's spectrum N)
          └─ gated convolutions ── filters A, B, θ ──(·)── A·e^{iθ}·E + B·N ── inverse STFT ── settling ── wave

As in Vocos (Siuzdak 2023) a spectrum is predicted frame by frame and turned into sound by overlap-add. A mel holds no phase, and a network
that makes phases up must learn to let them turn on from frame to frame, which takes long and an adversary. With `phase: harmonic` they come from
a pulse train instead, as in source-filter vocoders (Wang et al. 2019, Liu et al. 2020): its F0 is read off the mel by a small network that
is trained along, and what is left to learn are envelopes. `phase: free` is Vocos' way, to compare with.

Every frame sees `context` frames to both sides and no more, so sound can be made chunk by chunk: `stream`.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from tts.features.config import FeatureConfig
from tts.features.fingerprint import Fingerprint, fingerprint
from tts.features.mel import mel_filterbank
from tts.features.stft import Stft
from tts.models.layers.convolution import GatedStack
from tts.vocoder.config import GeneratorConfig
from tts.vocoder.excitation import NOISE_FRAMES, Anchor, frame_cycles, noise_spectrum, pulses, white_noise
from tts.vocoder.fast import IntegerStack
from tts.vocoder.settling import Settling
from tts.vocoder.vocoder import Vocoder

LOWEST_HZ, HIGHEST_HZ, STEPS_PER_OCTAVE = 50.0, 800.0, 36
NEAR = 3  # steps to either side of the most likely F0 that decide its exact value
PIECE_FRAMES = 1600  # of sound that are settled at a time, so that memory stays bounded
LATER_FRAMES = 320  # made at a time by a stream, once the first piece is out: each costs its context besides
LARGEST_LOG = 6.0  # of a magnitude; more would be far beyond full scale


@dataclass(frozen=True)
class Pitch:
    """scores [B, T, C] of candidates and voicing [B, T] as logits; f0_hz [B, T] (float64) goes on through unvoiced frames."""

    scores: Tensor
    voicing: Tensor
    f0_hz: Tensor


@dataclass(frozen=True)
class Shaped:
    """What frames are to sound like: the spectrum of tonal sound [B, T, F], and the magnitudes of noise [B, T, F] beside the spectrum of the noise
    itself; None and None where the network makes up all phases, of noise too."""

    tonal: Tensor
    noise: Tensor | None = None
    white: Tensor | None = None

    @property
    def spectrum(self) -> Tensor:
        return self.tonal if self.noise is None else self.tonal + self.noise * self.white

    def __getitem__(self, frames: slice) -> Shaped:
        return Shaped(*(None if part is None else part[:, frames] for part in vars(self).values()))

    def masked(self, frame_mask: Tensor) -> Shaped:
        return Shaped(self.tonal * frame_mask[..., None], None if self.noise is None else self.noise * frame_mask[..., None], self.white)

    def noise_power(self, begin: int, end: int) -> Tensor | None:
        return None if self.noise is None else self.noise[:, begin:end].square()


class PitchReader(nn.Module):
    """Normalised mel [B, T, M], mask [B, T] → Pitch."""

    def __init__(self, mel_bands: int, config: GeneratorConfig):
        super().__init__()
        count = round(STEPS_PER_OCTAVE * math.log2(HIGHEST_HZ / LOWEST_HZ)) + 1
        self.enter = nn.Linear(mel_bands, config.pitch_dim)
        self.stack = GatedStack(config.pitch_dim, config.pitch_layers, config.kernel, dilations=(1,))
        self.leave = nn.Linear(config.pitch_dim, count + 1)

    def forward(self, mel: Tensor, mask: Tensor) -> Pitch:
        out = self.leave(self.stack(self.enter(mel), mask)).float()
        scores = out[..., :-1]
        best = scores.argmax(-1, keepdim=True)
        best = best.clamp(NEAR, scores.shape[-1] - 1 - NEAR)
        nearby = torch.arange(-NEAR, NEAR + 1, device=mel.device)
        offset = (scores.gather(-1, best + nearby).softmax(-1) * nearby).sum(-1)
        # In double precision, as errors add up where it is integrated: chunks and the whole must not drift apart.
        steps = best[..., 0].double() + offset
        return Pitch(scores, out[..., -1], LOWEST_HZ * 2 ** (steps / STEPS_PER_OCTAVE))


class Generator(Vocoder):
    """Log-mel [B, T, M] → wave [B, T·hop]."""

    def __init__(self, features: FeatureConfig, config: GeneratorConfig):
        super().__init__()
        self.name = f"with {config.phase} phase"
        self.features, self.config = features, config
        self.fingerprint: Fingerprint = fingerprint(features)
        window = config.window_hops * features.hop_samples
        if (window - features.hop_samples) % 2:
            raise ValueError(f"vocoder.generator: a window of {config.window_hops} hops of {features.hop_samples} samples cannot be centred "
                             f"on a frame; use window_hops {config.window_hops + 1}, or an even hop_samples")
        self.stft = Stft(dataclasses.replace(features, window_samples=window))
        bins, self.harmonic = window // 2 + 1, config.phase == "harmonic"
        self.register_buffer("mel_mean", torch.full((features.mel_bands,), -5.0))
        self.register_buffer("mel_deviation", torch.full((features.mel_bands,), 2.5))
        self.pitch = PitchReader(features.mel_bands, config) if self.harmonic else None
        self.enter = nn.Linear(features.mel_bands + 2 * self.harmonic, config.dim)
        self.stack = GatedStack(config.dim, config.layers, config.kernel, dilations=config.dilations)
        self.leave = nn.Linear(config.dim, (3 if self.harmonic else 2) * bins)
        self.register_buffer("peaks", torch.zeros(config.layers, config.dim))  # of its convolutions' inputs; 0: not known yet (fast.py)
        self.integers: list[IntegerStack] = []  # a faster copy of the stack, where one is in use; in a list, so that it is no part of the weights
        spread, shift = envelope_of(features, window)
        self.register_buffer("spread", spread, persistent=False)
        self.register_buffer("shift", shift, persistent=False)
        with torch.no_grad():  # the first envelopes are the mel's own
            self.leave.weight[: bins if not self.harmonic else 2 * bins].zero_()
            self.leave.bias.zero_()
        if self.harmonic:
            scale = self.stft.window.square().sum().sqrt()  # by which the transform of white noise exceeds it
            self.excitation_scale = 1 / float(scale)
            self.register_buffer("noise", torch.zeros(NOISE_FRAMES, bins, 2))
            self.use_noise(white_noise(features.hop_samples))
        self.settling = Settling(features, self.stft, config.settle)

    def use_noise(self, noise: Tensor) -> None:
        """Speak with other noise [NOISE_FRAMES·hop] of unit power; it is kept with the weights."""
        self.noise.copy_(torch.view_as_real(noise_spectrum(self.stft, noise) * self.excitation_scale))

    # -- what a frame is made of ------------------------------------------------------------------------------------------

    @property
    def reach(self) -> int:
        """Frames beyond a frame's own samples that its window touches, to either side."""
        return self.config.window_hops // 2

    @property
    def settling_reach(self) -> int:
        """Frames, to either side, of unsettled sound on which a settled frame depends."""
        return self.settling.reach

    @property
    def context(self) -> int:
        """Frames of mel, to either side, on which a frame's samples depend."""
        config, half = self.config, self.config.kernel // 2
        stack = half * sum(config.dilations[layer % len(config.dilations)] for layer in range(config.layers))
        return self.settling_reach + self.reach + (self.pitch_context + max(stack, self.reach + 1) if self.harmonic else stack)

    @property
    def pitch_context(self) -> int:
        return self.config.kernel // 2 * self.config.pitch_layers

    def normalise(self, mel: Tensor) -> Tensor:
        return (mel - self.mel_mean) / self.mel_deviation

    def forward(self, mel: Tensor, frame_mask: Tensor | None = None) -> Tensor:
        if not mel.shape[1]:
            return mel.new_zeros(mel.shape[0], 0)
        if frame_mask is None:
            frame_mask = torch.ones(mel.shape[:2], dtype=torch.bool, device=mel.device)
        mel = torch.where(frame_mask[..., None], mel, self.mel_mean)
        pitch = self.pitch(self.normalise(mel), frame_mask) if self.harmonic else None
        wave = self.speak(mel, frame_mask, pitch)
        return wave * frame_mask.repeat_interleave(self.features.hop_samples, 1)

    def speak(self, mel: Tensor, frame_mask: Tensor, pitch: Pitch | None) -> Tensor:
        """The wave, given the pitch that was read."""
        return self.render(self.shaped(mel, frame_mask, pitch), mel, None if bool(frame_mask.all()) else frame_mask)

    def shaped(self, mel: Tensor, frame_mask: Tensor, pitch: Pitch | None) -> Shaped:
        excitation = self.excite(pitch, frame_mask, self._noise_rows(mel)) if pitch is not None else None
        return self.shape(mel, frame_mask, pitch, excitation)

    def render(self, shaped: Shaped, mel: Tensor, frame_mask: Tensor | None = None) -> Tensor:
        """The wave [B, T·hop] of what was shaped; settled, except in training, where what is put right afterwards would not be learned."""
        if frame_mask is not None:
            shaped = shaped.masked(frame_mask)
        wave = self.stft.inverse(shaped.spectrum, frame_mask)
        if not self.settling.rounds or self.training:
            return wave
        tonal = wave if shaped.noise is None else self.stft.inverse(shaped.tonal, frame_mask)
        if frame_mask is not None:  # the last frame's window reaches into padding
            heard = frame_mask.repeat_interleave(self.features.hop_samples, 1)
            wave, tonal = wave * heard, tonal * heard
        hop, frames, pieces = self.features.hop_samples, mel.shape[1], []
        for begin in range(0, frames, PIECE_FRAMES):
            end = min(begin + PIECE_FRAMES, frames)
            left, right = max(0, begin - self.settling_reach), min(frames, end + self.settling_reach)
            samples, mask = slice(left * hop, right * hop), None if frame_mask is None else frame_mask[:, left:right]
            piece = self.settle(wave[:, samples], tonal[:, samples], shaped.noise_power(left, right), mel[:, left:right], mask)
            pieces.append(piece[:, (begin - left) * hop : (end - left) * hop])
        return torch.cat(pieces, 1)

    @torch.autocast("cuda", enabled=False)
    @torch.autocast("cpu", enabled=False)
    def meant(self, shaped: Shaped, mel: Tensor, frame_mask: Tensor) -> Tensor:
        """The magnitudes [B, T, F] that settling would give the sound."""
        shaped = shaped.masked(frame_mask)
        tonal = self.stft.inverse(shaped.tonal, frame_mask) * frame_mask.repeat_interleave(self.features.hop_samples, 1)
        return self.settling.magnitudes(tonal, shaped.noise_power(0, mel.shape[1]), mel)

    @torch.autocast("cuda", enabled=False)
    @torch.autocast("cpu", enabled=False)
    def settle(self, wave: Tensor, tonal: Tensor, noise_power: Tensor | None, mel: Tensor, frame_mask: Tensor | None = None) -> Tensor:
        return self.settling(wave, self.settling.magnitudes(tonal, noise_power, mel), frame_mask)

    def excite(self, pitch: Pitch, frame_mask: Tensor, noise_rows: Tensor) -> tuple[Tensor, Tensor]:
        """Spectra [B, T, F] of pulses and noise."""
        f0_hz = pitch.f0_hz.detach()
        f0_hz = torch.where(frame_mask, f0_hz, f0_hz.roll(1, dims=1))  # beyond its end a sound's F0 stays what it was, padded or not
        cycles = frame_cycles(f0_hz, pitch.voicing > 0, self.features.frame_seconds)
        return self._excitation(f0_hz, cycles, frame_mask, noise_rows)

    def _excitation(self, f0_hz: Tensor, cycles: Tensor, frame_mask: Tensor, noise_rows: Tensor) -> tuple[Tensor, Tensor]:
        hop = self.features.hop_samples
        wave = pulses(f0_hz.float(), cycles, self.features.sample_rate, hop).view(*f0_hz.shape, hop) * frame_mask[..., None]
        return self.stft(wave.flatten(1) * self.excitation_scale), torch.view_as_complex(self.noise)[noise_rows]

    def shape(self, mel: Tensor, frame_mask: Tensor, pitch: Pitch | None, excitation: tuple[Tensor, Tensor] | None, exact: bool = False) -> Shaped:
        """What every frame is to sound like; `exact`: by 32-bit numbers, whatever the path."""
        seen = self.normalise(mel)
        if pitch is not None:
            height = torch.log2(pitch.f0_hz.detach() / 150.0).float()
            seen = torch.cat([seen, torch.stack([height, pitch.voicing.detach().sigmoid()], -1)], -1)
        entered = self.enter(seen)
        out = (self.leave(self.stack(entered, frame_mask)) if exact else self.answer(entered, frame_mask)).float()
        with torch.autocast(mel.device.type, enabled=False):  # what follows wants precision, and costs little
            envelope = mel.float() @ self.spread + self.shift
            if excitation is None:
                loudness, phase = out.chunk(2, -1)
                return Shaped(torch.polar((loudness + envelope).clamp(max=LARGEST_LOG).exp(), phase))
            harmonic, noise, phase = out.chunk(3, -1)
            harmonic, noise = mix(harmonic + envelope, noise + envelope, pitch.voicing.detach())
            return Shaped(torch.polar(harmonic, phase) * excitation[0], noise, excitation[1])

    def answer(self, entered: Tensor, frame_mask: Tensor) -> Tensor:
        """What the network says of each frame [B, T, ·]: nearly all of the work."""
        quick = self.integers and not self.training and entered.device.type == "cpu"
        return self.leave((self.integers[0] if quick else self.stack)(entered, frame_mask))

    def _noise_rows(self, mel: Tensor) -> Tensor:
        """Which frames of the noise [B, T] are used: the first ones, but any in training."""
        start = torch.randint(NOISE_FRAMES, (mel.shape[0], 1), device=mel.device) if self.training else 0
        return (torch.arange(mel.shape[1], device=mel.device) + start).expand(mel.shape[:2]) % NOISE_FRAMES

    # -- chunk by chunk ---------------------------------------------------------------------------------------------------

    @torch.inference_mode()
    def stream(self, mel: Tensor, chunk_frames: int = 64) -> Iterator[Tensor]:
        """The wave of one mel [T, M], in pieces of `chunk_frames` frames: together what `forward` gives, in memory that does not grow. The first piece is
        made alone, to be heard soon, later ones some at a time. Always by 32-bit numbers: their last bits depend on how many frames are worked
        on at once, and decide now and then to which integer a value is rounded."""
        total, hop, several = len(mel), self.features.hop_samples, max(1, LATER_FRAMES // chunk_frames) * chunk_frames
        kept: dict[int, float] = {}  # phases that the next chunk may start from
        for begin in (0, *range(chunk_frames, total, several)) if total else ():
            end = min(begin + (several if begin else chunk_frames), total)
            first, last = max(0, begin - self.context), min(total, end + self.context)
            piece = mel[None, first:last].to(self.device)
            mask = torch.ones(piece.shape[:2], dtype=torch.bool, device=self.device)
            pitch = excitation = None
            if self.harmonic:
                pitch = self.pitch(self.normalise(piece), mask)
                sure = first + self.pitch_context if first else 0  # from here on the pitch read is that of the whole
                cycles = frame_cycles(pitch.f0_hz, pitch.voicing > 0, self.features.frame_seconds,
                                      Anchor(sure - first, kept[sure]) if first else None)
                follows = max(0, end - self.context) + self.pitch_context
                kept = {follows: float(cycles[0, follows - first])} if end < total and end > self.context else {}
                rows = torch.arange(first, last, device=self.device)[None] % NOISE_FRAMES
                excitation = self._excitation(pitch.f0_hz, cycles, mask, rows)
            touched = self.reach + self.settling_reach
            left, right = max(first, begin - touched), min(last, end + touched)
            kept_frames = slice(left - first, right - first)
            wave = self.render(self.shape(piece, mask, pitch, excitation, exact=True)[kept_frames], piece[:, kept_frames])
            yield from wave[0, (begin - left) * hop : (end - left) * hop].split(chunk_frames * hop)


def mix(harmonic: Tensor, noise: Tensor, voicing: Tensor) -> tuple[Tensor, Tensor]:
    """Magnitudes [B, T, F] of pulses and noise from their logarithms: as sure as a frame is unvoiced, noise takes over the power of its pulses. Spectra
    alone do not tell a network which of the two it was, and pulses where there was noise are heard as a voice."""
    harmonic, noise = (part.clamp(max=LARGEST_LOG).exp() for part in (harmonic, noise))
    share = voicing.sigmoid()[..., None]
    return harmonic * share.sqrt(), (noise.square() + harmonic.square() * (1 - share) + 1e-12).sqrt()


def envelope_of(features: FeatureConfig, window: int) -> tuple[Tensor, Tensor]:
    """(spread [M, F], shift [F]): log-mel @ spread + shift is about the log magnitude of a transform with another window, for a signal
    with a smooth spectrum."""
    filterbank = mel_filterbank(features)
    own = torch.linspace(0, features.sample_rate / 2, len(filterbank))
    area = filterbank.sum(0).clamp(min=1e-8)
    centres = (filterbank * own[:, None]).sum(0) / area
    frequency = torch.linspace(0, features.sample_rate / 2, window // 2 + 1)
    above = torch.searchsorted(centres, frequency).clamp(1, features.mel_bands - 1)
    low, high = centres[above - 1], centres[above]
    share = ((frequency - low) / (high - low)).clamp(0, 1)
    spread = torch.zeros(features.mel_bands, len(frequency))
    bins = torch.arange(len(frequency))
    spread[above - 1, bins] += 1 - share
    spread[above, bins] += share
    loss = 0.5 * torch.log(torch.tensor(window / features.window_samples))
    return spread, loss - area.log() @ spread
