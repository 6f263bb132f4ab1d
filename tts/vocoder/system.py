"""The vocoder as a System of the training loop: generator and discriminators learn in the same step, from one sum of losses.

The generator's losses reach it through discriminators that are held still, and the discriminators' own loss sees only finished sound, so the sum's
gradient is what two optimisers in turn would get, and the loop needs not know. First the pitch is learned alone, as envelopes that are learned
on a wrong pitch blur; then sound, without discriminators; then with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from tts.features.config import FeatureConfig
from tts.features.mel import MelSpectrogram
from tts.models.layers.masks import masked_mean
from tts.training.statistics import band_statistics
from tts.training.system import BatchSource, Losses, Sample, System
from tts.vocoder.config import VocoderConfig
from tts.vocoder.copy_quality import copy_quality
from tts.vocoder.crops import WaveBatch
from tts.vocoder.discriminators import Discriminators
from tts.vocoder.excitation import even_noise
from tts.vocoder.generator import LOWEST_HZ, STEPS_PER_OCTAVE, Generator, Pitch
from tts.vocoder.losses import SpectralLoss, deceive, discriminate, match, meant_distance

STATISTICS_BATCHES = 20
TARGET_WIDTH = 0.7  # of the true F0's bell among the candidates, in steps


@dataclass
class VocoderLosses(Losses):
    """total: all others weighted; in validation, the spectral ones alone, which mean the same from first to last step."""

    total: Tensor
    mel: Tensor
    magnitude: Tensor
    meant: Tensor
    pitch: Tensor
    voicing: Tensor
    deceive: Tensor
    matching: Tensor
    discriminators: Tensor


class VocoderTraining(System):
    """A generator that is learning."""

    def __init__(self, features: FeatureConfig, config: VocoderConfig):
        super().__init__()
        self.config = config
        self.generator = Generator(features, config.generator)
        self.spectral = SpectralLoss(features, config)
        self.mel = MelSpectrogram(features)
        self.discriminators = None if config.discriminators == "none" else Discriminators(features, config.discriminators)
        self.adversarial, self.speaking = False, True

    @torch.no_grad()
    def prepare(self, source: BatchSource) -> None:
        mean, deviation = band_statistics(source, STATISTICS_BATCHES, least_deviation=0.1)
        self.generator.mel_mean.copy_(mean)
        self.generator.mel_deviation.copy_(deviation)
        if self.generator.harmonic:
            self.generator.use_noise(even_noise(self.generator.features).to(mean.device))

    def begin_step(self, step: int, steps: int) -> None:
        self.speaking = not self.generator.harmonic or step >= self.config.pitch_first * steps
        self.adversarial = self.discriminators is not None and step >= self.config.warm_up * steps
        if self.discriminators is not None:
            self.discriminators.learn(self.adversarial)

    def losses(self, batch: WaveBatch) -> VocoderLosses:
        generator, config = self.generator, self.config
        zero = batch.wave.new_zeros(())
        pitch = generator.pitch(generator.normalise(batch.mel), batch.frame_mask) if generator.harmonic else None
        pitch_loss, voicing_loss = pitch_losses(pitch, batch) if pitch is not None else (zero, zero)
        if self.training and not self.speaking:
            return VocoderLosses(config.pitch_weight * (pitch_loss + voicing_loss), zero, zero, zero, pitch_loss, voicing_loss, zero, zero, zero)
        shaped = generator.shaped(batch.mel, batch.frame_mask, pitch)
        made = generator.render(shaped, batch.mel, batch.frame_mask) * batch.frame_mask.repeat_interleave(generator.features.hop_samples, 1)
        spectral = self.spectral(made, batch.wave)
        meant = deceiving = matching = discriminating = zero
        total = config.mel_weight * spectral.mel
        if spectral.magnitude is not None:
            total = total + config.magnitude_weight * spectral.magnitude
        if self.training:
            total = total + config.pitch_weight * (pitch_loss + voicing_loss)
            if config.meant_weight:
                meant = meant_distance(generator.meant(shaped, batch.mel, batch.frame_mask), self.mel.stft(batch.wave), batch.frame_mask)
                total = total + config.meant_weight * meant
            if self.adversarial:
                deceiving, matching, discriminating = self._contest(made, batch.wave)
                total = total + config.adversarial_weight * deceiving + config.matching_weight * matching + discriminating
        return VocoderLosses(total, spectral.mel, spectral.magnitude if spectral.magnitude is not None else zero, meant, pitch_loss,
                             voicing_loss, deceiving, matching, discriminating)

    def _contest(self, made: Tensor, true: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(what deceiving costs the generator, distance of features, what being mistaken costs the discriminators)."""
        judges, kind = self.discriminators, self.config.adversarial
        of_true = judges(true)
        of_made = judges(made.detach())
        mistaken = discriminate(of_made, of_true, kind)
        judges.learn(False)
        passed = judges(made)
        judges.learn(True)
        return deceive(passed, kind), match(passed, of_true), mistaken

    def measures(self, batch: WaveBatch) -> dict[str, float]:
        wave, hop = self.generator(batch.mel, batch.frame_mask), self.generator.features.hop_samples
        found = [copy_quality(true[: frames * hop], made[: frames * hop], self.mel, self.generator.features.sample_rate)
                 for true, made, frames in zip(batch.wave, wave, batch.frame_mask.sum(1).tolist())]
        return {name: sum(row[name] for row in found) / len(found) for name in found[0]}

    def samples(self, batch: WaveBatch) -> Iterable[Sample]:
        wave = self.generator(batch.mel, batch.frame_mask)
        for name, made, mel in zip(batch.ids, self.mel(wave), batch.mel):
            yield Sample(name.rpartition("@")[0], made.cpu().numpy(), mel.cpu().numpy())


def pitch_losses(pitch: Pitch, batch: WaveBatch) -> tuple[Tensor, Tensor]:
    """Cross-entropies of F0, over voiced frames, and of voicing."""
    voiced = (batch.f0_hz > 0) & batch.frame_mask
    place = torch.log2(batch.f0_hz.clamp(min=LOWEST_HZ) / LOWEST_HZ) * STEPS_PER_OCTAVE
    steps = torch.arange(pitch.scores.shape[-1], device=place.device)
    target = (-0.5 * ((steps - place[..., None]) / TARGET_WIDTH).square()).softmax(-1)
    entropy = -(target * (target + 1e-9).log()).sum(-1)  # so that a perfect answer costs nothing
    of_pitch = -(target * pitch.scores.log_softmax(-1)).sum(-1) - entropy
    of_voicing = functional.binary_cross_entropy_with_logits(pitch.voicing, voiced.to(pitch.voicing.dtype), reduction="none")
    return masked_mean(of_pitch, voiced), masked_mean(of_voicing, batch.frame_mask)
