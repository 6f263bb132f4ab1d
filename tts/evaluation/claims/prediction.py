"""Claims on prosody predicted from text: are the predicted latents nearer to the recording's than the voice's mean, is the
speech, and is it as lively? And how far apart are baseline, ours and copy-synthesis on the way to the recording?
"""

from __future__ import annotations

import math

import numpy as np

from tts.evaluation.claims.claims import Check, above_zero, stated
from tts.evaluation.claims.evidence import Evidence
from tts.evaluation.claims.transfer import share
from tts.evaluation.claims.words import centred, correlation
from tts.evaluation.claims.work import BASE, CENTROID, COPY, OWN, PREDICTED, Listened
from tts.evaluation.figure import Figure, add_rows, combine, divergence_of, mean_of, pooled, spread_of

CAMP_SHARE = "CAMP: 38 % in listeners' scores"
PAPER_GAP = "the paper: 22.79 % in listeners' scores"
BINS = {"f0": np.arange(-12, 12.1, 1.0), "duration": np.arange(-1.6, 1.61, 0.2)}  # semitones, ln, about the utterance's mean
NO_PREDICTOR = "the model predicts nothing from text"
NARROW = (
    "A predictor trained by KL(predicted ‖ posterior) is about as narrow as a posterior: too sure where the text does not tell."
)


def predicted_items(evidence: Evidence) -> list[Listened]:
    return [item for item in evidence.listened.values() if item.predicted is not None]


def latent_checks(evidence: Evidence) -> list[Check]:
    """R² and likelihood of the recordings' latents under what was predicted; words only, for a pause differs from words by its
    kind."""
    items, checks = [i for i in (*evidence.listened.values(), *evidence.texts.values()) if i.predicted is not None], []
    for latent in ("acoustic", "timing"):
        explained = explained_of(items, latent) if items else None
        checks.append(
            Check(
                "prediction",
                f"R² of {latent} latents",
                f"1 - squared distance of predicted to recorded over that of the voice's mean to recorded, words of {len(items)} unseen texts",
                "R²",
                above_zero(),
                explained,
                NO_PREDICTOR if explained is None else "",
            )
        )
        gain = likelihood_gain(evidence, items, latent) if items else None
        checks.append(
            Check(
                "prediction",
                f"likelihood of {latent} latents",
                "nats per word by which the predicted Gaussian beats the voice's own mean and variance",
                "nats",
                above_zero(),
                gain,
                "" if gain else NO_PREDICTOR if not items else "no variances are known",
                note=NARROW,
            )
        )
    return checks


def explained_of(items: list[Listened], latent: str) -> Figure:
    def row(item: Listened) -> np.ndarray:
        words = ~item.is_pause
        mean, guess, flat = (getattr(side, latent)[words] for side in (item.latents, item.predicted, item.centroid))
        return np.array([np.square(mean - guess).sum(), np.square(mean - flat).sum()])

    return pooled(add_rows((item.utterance.id, row(item)) for item in items), lambda s: 1 - s[..., 0] / s[..., 1])


def likelihood_gain(evidence: Evidence, items: list[Listened], latent: str) -> Figure | None:
    """Expected log-likelihood of posterior samples, predicted minus marginal of the voice."""
    log_variance = f"{latent}_log_variance"
    if any(getattr(side, log_variance) is None for item in items for side in (item.latents, item.predicted)):
        return None
    marginals = {voice: marginal_of(evidence, voice, latent) for voice in {item.utterance.speaker for item in items}}
    gains = []
    for item in items:
        words = ~item.is_pause
        mean, spread = getattr(item.latents, latent)[words], np.exp(getattr(item.latents, log_variance)[words])
        guess = log_likelihood(
            mean, spread, getattr(item.predicted, latent)[words], getattr(item.predicted, log_variance)[words]
        )
        if marginals[item.utterance.speaker] is not None:
            flat = log_likelihood(mean, spread, *marginals[item.utterance.speaker])
            gains.append((item.utterance.id, np.array([(guess - flat).sum(), float(len(mean))])))
    return pooled(add_rows(gains), lambda s: s[..., 0] / s[..., 1]) if gains else None


def marginal_of(evidence: Evidence, voice: str, latent: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Mean and log-variance [Z] of a voice's latents of words, from its references; None if there are too few."""
    own = [item for item in evidence.learned if item.utterance.speaker == voice and item.utterance.id not in evidence.listened]
    if not own:
        return None
    means = np.concatenate([getattr(item.latents, latent)[~item.is_pause] for item in own])
    inside = np.concatenate([np.exp(getattr(item.latents, f"{latent}_log_variance")[~item.is_pause]) for item in own])
    return means.mean(axis=0), np.log(means.var(axis=0) + inside.mean(axis=0) + 1e-8)


def log_likelihood(mean: np.ndarray, variance: np.ndarray, guess: np.ndarray, log_variance: np.ndarray) -> np.ndarray:
    """Expected log-density [W] of samples of N(mean, variance) [W, Z] under another diagonal Gaussian."""
    return -0.5 * (math.log(2 * math.pi) + log_variance + (np.square(mean - guess) + variance) / np.exp(log_variance)).sum(
        axis=-1
    )


def with_recording(evidence: Evidence, kind: str, measure: str) -> Figure | None:
    """Pooled correlation with the recording of a kind of sound in its own voice."""
    heard = evidence.own(kind)
    return (
        correlation(((name, evidence.listened[name].words, h.words) for name, h in heard.items()), measure) if heard else None
    )


def speech_checks(evidence: Evidence) -> list[Check]:
    """Speech with predicted latents, with the voice's mean ones and with the recording's own, against the recording."""
    checks = []
    for measure in ("f0", "duration"):
        guess, flat, own = (with_recording(evidence, kind, measure) for kind in (PREDICTED, CENTROID, OWN))
        known = guess is not None and flat is not None and own is not None
        why = "" if known else NO_PREDICTOR
        checks += [
            Check(
                "prediction",
                f"word {measure} with the recording",
                "correlation of predicted speech minus that of speech with the voice's mean latents",
                "r",
                above_zero(),
                guess - flat if known else None,
                why,
                {"predicted": guess, "mean latents": flat, "own latents": own} if known else {},
            ),
            Check(
                "prediction",
                f"share of the oracle's gain, {measure}",
                "gain of predicted latents over the mean ones, as a share of the gain of the recording's own",
                "%",
                stated(CAMP_SHARE),
                share(guess - flat, own - flat) if known else None,
                why,
            ),
            *liveliness_checks(evidence, measure),
        ]
    return checks


def liveliness_checks(evidence: Evidence, measure: str) -> list[Check]:
    """Spread and distribution of words' values beside the recordings'."""

    def values(kind: str) -> list[tuple[str, np.ndarray, np.ndarray]]:
        return [
            (name, *centred(evidence.listened[name].words[measure], h.words[measure])) for name, h in evidence.own(kind).items()
        ]

    guess, flat = values(PREDICTED), values(CENTROID)
    if not guess or not flat:
        return [Check("prediction", f"spread of word {measure}", "", "", stated(), None, NO_PREDICTOR)]

    def ratio(items: list) -> Figure:
        return share(spread_of((name, made) for name, _, made in items), spread_of((name, real) for name, real, _ in items))

    def nearer(far: np.ndarray, near: np.ndarray) -> np.ndarray:
        return np.abs(np.log(np.maximum(far, 1e-3))) - np.abs(np.log(np.maximum(near, 1e-3)))

    distances = {name: divergence_of(items, BINS[measure]) for name, items in (("predicted", guess), ("mean latents", flat))}
    return [
        Check(
            "prediction",
            f"spread of word {measure}",
            "how much nearer to 1, in ln, the ratio of standard deviations to the recordings' is "
            "than with the voice's mean latents",
            "ln",
            above_zero(),
            combine(nearer, ratio(flat), ratio(guess)),
            "",
            {"ratio predicted": ratio(guess), "ratio mean latents": ratio(flat)},
            "x",
        ),
        Check(
            "prediction",
            f"distribution of word {measure}",
            "Jensen-Shannon divergence from the recordings, with the voice's mean latents minus predicted",
            "bits",
            above_zero(),
            distances["mean latents"] - distances["predicted"],
            "",
            distances,
        ),
    ]


def naturalness_checks(evidence: Evidence) -> list[Check]:
    """Distances to the recording: base system, ours predicted, copy-synthesis; and how much of the gap between the outer two is
    closed."""
    base, ours, copy = (evidence.own(kind) for kind in (BASE, PREDICTED, COPY))
    checks = []
    for score, name, unit in (
        ("mcd", "mel-cepstral distortion", "dB"),
        ("f0_rmse_cents", "F0 RMSE", "cents"),
        ("duration_rmse_ms", "phone duration RMSE", "ms"),
    ):
        common = [
            n
            for n in base
            if n in ours
            and n in copy
            and all(math.isfinite(side[n].scores.get(score, math.nan)) for side in (base, ours, copy))
        ]
        why = "" if common else ("no base model was given (--base)" if not evidence.has_base else NO_PREDICTOR)
        means = [mean_of((n, side[n].scores[score]) for n in common) for side in (base, ours, copy)]
        checks += [
            Check(
                "naturalness",
                name,
                "distance of the base system's speech to the recording minus that of ours",
                unit,
                above_zero(),
                means[0] - means[1] if common else None,
                why,
                dict(zip(("base", "ours", "copy-synthesis"), means)) if common else {},
            ),
            Check(
                "naturalness",
                f"gap closed, {name}",
                "share of the gap from the base system to copy-synthesis that ours closes",
                "%",
                stated(PAPER_GAP),
                share(means[0] - means[1], means[0] - means[2]) if common else None,
                why,
            ),
        ]
    return checks
