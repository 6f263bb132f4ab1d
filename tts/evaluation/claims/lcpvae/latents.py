"""Do styles lie together in the space of latents, whatever the language and the speaker, and is the learned prior used?"""

from __future__ import annotations

import numpy as np
import torch

from tts.evaluation.claims.claims import Check, above_zero, at_least, at_most, between
from tts.evaluation.claims.lcpvae.material import OURS, VAE, StyleEvidence, constant
from tts.evaluation.claims.probe import MARGIN as PROBE_MARGIN
from tts.evaluation.claims.structure import Latent, retrieval, silhouette, within_styles
from tts.evaluation.claims.style_work import StyleSystems
from tts.evaluation.figure import mean_of
from tts.training.health import latent_health

NEAR_ZERO = 0.1  # of a silhouette


def structure_checks(evidence: StyleEvidence) -> list[Check]:
    """Do styles lie together, languages and speakers apart?"""
    ours, theirs = evidence.latents[OURS], evidence.latents.get(VAE)
    by_style, by_language, found = silhouette(ours, "style"), silhouette(ours, "language"), retrieval(ours)
    chance = mean_of((item.id, _share(ours, item)) for item in ours)
    beside = {"plain VAE": silhouette(theirs, "style")} if theirs else {}
    missing = "no plain VAE was given (--baseline)"
    group, cosine = "structure", "of posterior means of recordings not trained on, cosine distance"
    checks = [
        Check(group, "silhouette by style above the plain VAE's", f"silhouette with styles as labels {cosine}, minus the plain VAE's", "r", above_zero(),
              by_style - beside["plain VAE"] if beside else None, missing, {"ours": by_style, **beside}),
        Check(group, "silhouette by language near 0", f"silhouette with languages as labels {cosine}", "r",
              between(-NEAR_ZERO, NEAR_ZERO, "−0.1 to 0.1"), by_language, "", {"plain VAE": silhouette(theirs, "language")} if theirs else {}),
        Check(group, "silhouette by style above that by language", "the first minus the second", "r", above_zero(), by_style - by_language),
        Check(group, "same style retrieved across languages, above chance", "share of the 10 nearest latents of the other language with the same "
              "style, minus what drawing at random gives", "%", above_zero(), found - chance, "nothing in another language", {"share": found, "chance": chance}),
        Check(group, "same style retrieved across languages, above the plain VAE", "the share minus the plain VAE's", "%", above_zero(),
              found - retrieval(theirs) if theirs else None, missing, {"plain VAE": retrieval(theirs)} if theirs else {}),
    ]
    for label in ("language", "speaker"):
        drawn, means = within_styles(ours, label, drawn=True), within_styles(ours, label, drawn=False)
        vae = within_styles(theirs, label, drawn=True) if theirs else None
        beside = {} if drawn is None else {"accuracy": drawn[1], "above chance, on means": means[0]} | ({"above chance, plain VAE": vae[0]} if vae else {})
        checks.append(Check(group, f"{label} not told within a style", f"balanced accuracy of a probe for the {label} among utterances of one style, on "
                            "latents as they are drawn, minus chance; mean over styles", "%", at_most(PROBE_MARGIN, "≤ 10 points"),
                            drawn[0] if drawn else None, f"fewer than two {label}s with enough utterances of a style", beside))
    return checks


def _share(latents: list[Latent], item: Latent) -> float:
    """Of the latents in other languages, how many have the item's style."""
    foreign = [other for other in latents if other.language != item.language]
    return sum(other.style == item.style for other in foreign) / len(foreign) if foreign else float("nan")


@torch.inference_mode()
def prior_checks(systems: StyleSystems, evidence: StyleEvidence) -> list[Check]:
    """Is the learned prior used?"""
    model, ids = systems.ours.loaded.model, tuple(evidence.recorded)
    latents = evidence.latents[OURS]
    health = latent_health("style", torch.from_numpy(np.stack([x.mean for x in latents])),
                           torch.from_numpy(2 * np.log(np.stack([x.deviation for x in latents]))))
    checks = [Check("prior", "active units", "dimensions whose posterior means vary by more than 0.01", "dimensions", at_least(1, "> 0"),
                    constant(ids, health.active_units), note=health.sentence)]
    if model.prior is None:
        return checks
    every = torch.arange(model.prior.styles)
    found = model.prior(every)
    apart = torch.pdist(found.mean).min().item() / torch.exp(0.5 * found.log_variance).mean().item()
    told = (model.prior.tell(found.mean).argmax(1) == every).float().mean().item()
    kl = mean_of((item.id, value) for item, value in zip(latents, _kl(systems, latents)))
    return [
        *checks,
        Check("prior", "posteriors differ from their priors", "KL of posteriors to the priors of their styles", "nats", above_zero(), kl),
        Check("prior", "styles lie apart", "smallest distance between two styles' prior means over the mean deviation", "x", at_least(1.0, "> 1"),
              constant(ids, apart)),
        Check("prior", "styles are told from it", "share of styles that the secondary decoder tells from the prior's mean", "%", at_least(1.0, "100 %"),
              constant(ids, told)),
    ]


def _kl(systems: StyleSystems, latents: list[Latent]) -> list[float]:
    """KL of each posterior to its style's prior, in nats."""
    loaded = systems.ours.loaded
    prior = loaded.model.prior(torch.tensor([loaded.names.styles.index(item.style) for item in latents]))
    mean, log_variance = (torch.from_numpy(np.stack(x)).float() for x in zip(*((i.mean, 2 * np.log(i.deviation)) for i in latents)))
    nats = 0.5 * (prior.log_variance - log_variance + (log_variance.exp() + (mean - prior.mean).square()) / prior.log_variance.exp() - 1)
    return nats.sum(1).tolist()
