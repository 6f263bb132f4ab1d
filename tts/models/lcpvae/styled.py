"""The style of an utterance as one latent, for whichever model has one: LCPVAE is the backbone with it, the studio is CopyCat2 with it.

    recording, style ─→ StyleEncoder ─→ μ, σ ──┐
    style ──────────→ StylePrior ──→ z_c ──────┴→ z = μ + σ z_c

Two KL terms, what the prior needs to tell styles apart, and if switched on the style loss: speech whose durations and F0 are predicted too, partly
in another voice and with another utterance's style, must be heard as that style by a frozen classifier. With measured F0 and durations it
would hear the style in those, and teach nothing. It teaches the F0 model and the latents; the decoder, taught as well, learns what pleases
the classifier.

At synthesis z is the centre of a style's latents (tts/synthesis/style.py chooses it). `prior: normal` leaves the secondary VAE out: a plain VAE.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from tts.features.config import FeatureConfig
from tts.models.backbone.conditions import F0Contour
from tts.models.backbone.config import BackboneConfig
from tts.models.backbone.duration import to_frames
from tts.models.copycat2.source import F0_INPUTS, F0_SCALE
from tts.models.layers.gaussian import FIRST_LOG_VARIANCE, Gaussian, kl_to_standard
from tts.models.layers.masks import lengths_to_mask
from tts.models.layers.warmup import Warmup
from tts.models.lcpvae.classifier import HeardSpeech, StyleClassifier
from tts.models.lcpvae.config import LcpvaeConfig
from tts.models.lcpvae.encoder import StyleEncoder
from tts.models.lcpvae.prior import StylePrior, kl_to_prior, moved
from tts.training.batch import AcousticBatch, Names
from tts.training.system import BatchSource

IGNORED = 1.02  # another utterance's latents that cost less than this factor are hardly listened to
LONGEST_LOG_DURATION = 4.6  # a hundred frames a phone: what the style loss hears stays finite


@dataclass(frozen=True)
class StyleBeliefs:
    """posterior [B, Z] of a batch's utterances, prior [B, Z] of their styles, kl [B] between the two in nats."""

    posterior: Gaussian
    prior: Gaussian
    kl: Tensor


@dataclass(frozen=True)
class StyleTerms:
    """What the latents cost: prior_kl, of the styles' priors to N(0, I), and kl, of the posteriors to the priors, both nats per utterance;
    prior_style: cross-entropy of styles told from draws of their priors; style: the style loss; total: their weighted sum."""

    total: Tensor
    prior_kl: Tensor
    kl: Tensor
    prior_style: Tensor
    style: Tensor


@dataclass(frozen=True)
class Predicted:
    """Speech of a batch's texts that is all predicted, and which utterance [B] lent its style."""

    speech: HeardSpeech
    style_of: Tensor


@dataclass(frozen=True)
class Unmoved:
    """What else a model's parts are told where only a style is given, of a model that has words their absence: timing [B, P, Y] for durations, and
    by the names of ConditionBuilder's arguments what the F0 model and the decoder hear."""

    timing: Tensor | None
    latents: dict[str, Tensor]
    energy: dict[str, Tensor | None]


class Styled:
    """What an acoustic model with a style latent can do. `classifier` is what the style loss asks; it is no part of the model's weights."""

    def add_styles(self, names: Names, features: FeatureConfig, config: BackboneConfig, lcpvae: LcpvaeConfig) -> None:
        """The parts; called once, when the rest of the model is made."""
        if config.style_latent_dim < 1:
            raise ValueError("model: style_latent_dim is 0, a model with styles needs a latent per utterance; set it to 16 or so")
        self.style_settings, self.latent_dim, styles = lcpvae, config.style_latent_dim, len(names.styles)
        learned = lcpvae.prior == "learned"
        self.prior = StylePrior(styles, self.latent_dim, lcpvae.prior_dim) if learned else None
        self.style_encoder = StyleEncoder(features.mel_bands + F0_INPUTS * lcpvae.encoder_f0, styles * lcpvae.encoder_style, self.latent_dim,
                                          lcpvae.encoder_dim, lcpvae.encoder_layers, config.kernel, config.dropout,
                                          0.0 if learned else FIRST_LOG_VARIANCE)
        # Mean latents of every language and style, and of how many utterances: where synthesis begins.
        self.register_buffer("style_centroid", torch.zeros(len(names.languages), styles, self.latent_dim))
        self.register_buffer("style_count", torch.zeros(len(names.languages), styles))
        self.style_kl_warmup = Warmup(lcpvae.kl_warmup)
        self.style_warmup = Warmup(lcpvae.style_warmup, lcpvae.style_begin)
        self._classifier: tuple[StyleClassifier, ...] = ()

    # -- training ----------------------------------------------------------------------------------------------------

    def attach(self, classifier: StyleClassifier) -> None:
        """Give the style loss its frozen classifier; a tuple keeps it out of the weights."""
        self._classifier = (classifier,)

    def begin_style_step(self, step: int, steps: int) -> None:
        """What `begin_step` does for the weights of the latents."""
        self.style_kl_warmup.begin_step(step, steps)
        self.style_warmup.begin_step(step, steps)

    def beliefs(self, batch: AcousticBatch) -> StyleBeliefs:
        """What the recordings and their styles say of the latents."""
        primary = self.style_encoder(self._heard(batch), batch.frame_mask, batch.style)
        if self.prior is None:
            nothing = torch.zeros_like(primary.mean)
            return StyleBeliefs(primary, Gaussian(nothing, nothing), kl_to_standard(primary))
        prior = self.prior(batch.style)
        return StyleBeliefs(moved(prior, primary), prior, kl_to_prior(prior, primary))

    def _heard(self, batch: AcousticBatch) -> Tensor:
        """What the encoder hears [B, T, M (+ 3)]."""
        mel = (batch.mel - self.decoder.mel_mean) / self.decoder.mel_std
        if not self.style_settings.encoder_f0:
            return mel
        f0 = F0_SCALE * torch.log(batch.f0_hz.clamp(min=1) / 150.0) * (batch.f0_hz > 1)
        return torch.cat([mel, torch.stack([f0, batch.voiced, batch.energy.clamp(min=-12)], dim=2)], dim=2)

    def style_terms(self, batch: AcousticBatch, found: StyleBeliefs, z: Tensor) -> StyleTerms:
        """What the latents cost, and what the style loss says of z [B, Z], which were drawn of them."""
        settings, draw = self.style_settings, 1.0 if self.training else 0.0
        kl, prior_kl, prior_style, style = found.kl.mean(), *(z.new_zeros(()) for _ in range(3))
        if self.prior is not None:
            prior_kl = kl_to_standard(found.prior).mean()
            prior_style = functional.cross_entropy(self.prior.tell(found.prior.sample(draw)), batch.style)
        style_weight = settings.style_weight * self.style_warmup.weight(self.training)
        if settings.style_loss != "none" and style_weight:
            style = self.style_loss(batch, z)
        total = (self.style_kl_warmup.weight(self.training) * settings.kl_weight * (kl + prior_kl) + settings.prior_weight * prior_style
                 + style_weight * style)
        return StyleTerms(total, prior_kl, kl, prior_style, style)

    def style_loss(self, batch: AcousticBatch, z: Tensor) -> Tensor:
        """What the classifier misses of the styles of predicted speech, in training of a random part of the batch."""
        if self.training and self.style_settings.style_share < 1:
            chosen = torch.randperm(len(z), device=z.device)[: max(1, round(self.style_settings.style_share * len(z)))]
            batch, z = batch.part(chosen), z[chosen]
        spoken, classifier = self.predicted(batch, z), self._classifier[0].to(z.device)
        hidden = classifier.features(spoken.speech)
        if self.style_settings.style_loss == "cross-entropy":
            return functional.cross_entropy(classifier.leave(hidden).float(), batch.style[spoken.style_of])
        with torch.no_grad():
            wanted = classifier.features(HeardSpeech.recorded(batch))[spoken.style_of]
        return (hidden - wanted).abs().mean()

    def predicted(self, batch: AcousticBatch, z: Tensor) -> Predicted:
        """The batch's texts with durations and F0 predicted; a share of them in other voices, with other utterances' latents z [B, Z]. Durations
        pass no gradient on: they are whole frames."""
        style_of, speaker = self._swapped(batch)
        with held(*([self.speakers, self.language, self.encoder, self.conditions, self.decoder] if self.style_settings.style_teaches == "prosody" else [])):
            voice = self.voice(speaker, batch.language, z[style_of])
            encodings = self.encoder(batch.phones, batch.stress, batch.phone_mask, voice)
            unmoved = self.unmoved(batch, encodings, voice)
            durations, frame_mask = self._predicted_durations(batch, encodings, voice, unmoved.timing)
            predicted = self.f0_model(encodings, durations, frame_mask, voice, **unmoved.latents)
            soft = torch.sigmoid(predicted.voiced)
            firm = (predicted.voiced > 0).to(soft.dtype)  # heard as at synthesis, learned from as if it were gradual
            f0 = F0Contour(predicted.log_f0, firm + soft - soft.detach())
            mel = self.decoder(self.conditions(encodings, durations, frame_mask, voice, f0=f0, **unmoved.latents, **unmoved.energy))
        speech = HeardSpeech(mel.float(), frame_mask, f0, speaker, batch.language, batch.phones, batch.is_pause, durations)
        return Predicted(speech, style_of)

    def unmoved(self, batch: AcousticBatch, encodings: Tensor, voice: Tensor) -> Unmoved:
        """What else there is to tell: nothing, in a model without words."""
        return Unmoved(None, {}, {})

    def _swapped(self, batch: AcousticBatch) -> tuple[Tensor, Tensor]:
        """For every utterance [B] whose style and which speaker it gets: at random in training, all of them the same way in validation."""
        count, speakers, device = len(batch.speaker), len(self.speakers.table), batch.speaker.device
        own = torch.arange(count, device=device)
        if self.training:
            swapped = torch.rand(count, device=device) < self.style_settings.swap_share
            others, strangers = torch.randperm(count, device=device), torch.randint(speakers, (count,), device=device)
        else:
            swapped = torch.full((count,), self.style_settings.swap_share > 0, device=device)
            others, strangers = own.roll(max(1, count // 2)), (batch.speaker + 1) % speakers
        return torch.where(swapped, others, own), torch.where(swapped, strangers, batch.speaker)

    @torch.no_grad()
    def _predicted_durations(self, batch: AcousticBatch, encodings: Tensor, voice: Tensor, timing: Tensor | None) -> tuple[Tensor, Tensor]:
        """(whole frames [B, P], frame_mask [B, T]) of the texts."""
        log_durations = self.duration_model(encodings, batch.phone_mask, voice, timing).clamp(max=LONGEST_LOG_DURATION)
        durations = torch.stack([to_frames(row, is_pause) for row, is_pause in zip(log_durations, batch.is_pause)]) * batch.phone_mask
        return durations, lengths_to_mask(durations.sum(1))

    @torch.inference_mode()
    def conclude_styles(self, source: BatchSource) -> None:
        """Measure the mean latents of every language's styles over the training data."""
        device = self.style_centroid.device
        sums, counts = torch.zeros_like(self.style_centroid, dtype=torch.float64), torch.zeros_like(self.style_count)
        for ids in source.batches(0):
            batch = source.load(ids).to(device)
            place = (batch.language, batch.style)
            sums.index_put_(place, self.beliefs(batch).posterior.mean.double(), accumulate=True)
            counts.index_put_(place, torch.ones(len(ids), device=device), accumulate=True)
        self.style_centroid.copy_(sums / counts[..., None].clamp(min=1))
        self.style_count.copy_(counts)

    def style_remarks(self, figures: dict[str, float], prefix: str) -> Iterable[str]:
        """Whether another utterance's latents, whose losses are called `prefix` + the loss's name, cost anything."""
        ratios = {term: figures[prefix + term] / max(figures[term], 1e-9) for term in ("mel", "duration", "f0") if figures[term] > 0}
        shown = ", ".join(f"{term} x {ratio:.2f}" for term, ratio in ratios.items())
        if max(ratios.values()) < IGNORED:
            yield (f"WARNING: nothing listens to the style latents (another utterance's in their place: {shown}). Lower lcpvae.kl_weight or "
                   "raise it more slowly.")
        else:
            yield f"Another utterance's style latents cost: {shown}."

    # -- synthesis ---------------------------------------------------------------------------------------------------

    def unasked_style(self) -> Tensor | None:
        """The latent [Z] where no style is asked for; None where that is neutral."""
        return None

    def centres(self, language: int | None = None) -> Tensor:
        """Mean latents of the styles [S, Z]: over all utterances, or those of one language. NaN where there was none."""
        counts = self.style_count if language is None else self.style_count[language:language + 1]
        means = self.style_centroid if language is None else self.style_centroid[language:language + 1]
        return (means * counts[..., None]).sum(0) / counts.sum(0)[:, None]


@contextmanager
def held(*modules: nn.Module) -> Iterator[None]:
    """What is computed inside passes gradients on through these modules and teaches them nothing."""
    parameters = [p for module in modules for p in module.parameters() if p.requires_grad]
    for parameter in parameters:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in parameters:
            parameter.requires_grad_(True)


def of_others(latents: Tensor, style: Tensor) -> Tensor:
    """Every utterance another one's latents [B, S], of as many other styles [B] as moving all by the same number of places can give."""
    count = len(style)
    moves = sorted(range(1, count), key=lambda places: (-int((style != style.roll(places)).sum()), abs(places - count // 2)))
    return latents.roll(moves[0], dims=0) if moves else latents
