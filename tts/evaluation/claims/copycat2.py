"""The claims of CopyCat2, on utterances it never saw: what is rendered, and which checks look at it.

recordings ─ listen ─→ words, latents ─┬─ transfer to every other voice of the language, beside the voice's mean latents, another
                                       │  utterance's, one latent of the two, the text's, and frame-level baselines
                                       ├─ in its own voice: own latents, the mean ones, the text's, one word replaced, one word
                                       edited └─ probes and distances of the latents themselves
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import torch

from tts.errors import UserError
from tts.evaluation.claims.claims import Check, Judged, Places, at_least
from tts.evaluation.claims.cost import cost_checks
from tts.evaluation.claims.evidence import Corpus, Evidence, load_corpus
from tts.evaluation.claims.likeness import closest, identity_checks, voice_vectors
from tts.evaluation.claims.plan import plan
from tts.evaluation.claims.prediction import latent_checks, naturalness_checks, speech_checks
from tts.evaluation.claims.probe import leakage_checks
from tts.evaluation.claims.system import Opener, Systems
from tts.evaluation.claims.transfer import factor_checks, one_word_checks, transfer_checks
from tts.evaluation.claims.truth import truth_checks
from tts.evaluation.claims.words import MEASURES, utterance_correlation
from tts.evaluation.claims.work import TRANSFER, Heard, by_key, hear, in_processes, learn, listen
from tts.evaluation.figure import Figure
from tts.training.health import latent_health


def judge_model(places: Places, model: Path) -> Judged:
    """All checks of the model in a folder."""
    from tts.evaluation.claims.adapter import Models

    opener = Models(model, places.manifest, places.audio_root, places.features, places.baselines, places.base)
    systems = opener.open()
    corpus = load_corpus(places.manifest, places.audio_root, places.split, places.limit, systems.ours.voices)
    return judge_systems(opener, systems, corpus, places.jobs)


def judge_systems(opener: Opener, systems: Systems, corpus: Corpus, jobs: int) -> Judged:
    """All checks of the systems that `opener` opens in every process; `systems` are the same, open here."""
    known = [u for u in corpus.test if u.speaker in systems.ours.voices]
    costs = cost_checks(systems, known)  # first, while nothing else runs
    listened, failures = in_processes(listen, opener, list(corpus.test), jobs, "listening to recordings")
    references, failed = in_processes(learn, opener, list(corpus.references), jobs, "learning the voices")
    listened, failures = {item.utterance.id: item for item in listened}, failures | failed
    if not listened:
        raise UserError(
            f"none of {len(corpus.test)} recordings could be listened to; the first: {next(iter(failures.values()))}"
        )
    texts, failed = in_processes(listen, opener, list(corpus.texts), jobs, "reading more texts")
    failures |= failed
    tasks, replaced, edited = plan(systems, listened)
    heard, failed = in_processes(hear, opener, tasks, jobs, "speaking")
    evidence = Evidence(
        corpus,
        tuple(systems.ours.voices),
        listened,
        [*references, *listened.values()],
        by_key(heard),
        replaced,
        edited,
        tuple(systems.frame_level),
        systems.base is not None,
        {item.utterance.id: item for item in texts},
    )
    checks = checks_of(evidence) + costs
    return Judged(checks, rows_of(evidence), facts_of(systems, evidence), failures | failed)


def checks_of(evidence: Evidence) -> list[Check]:
    """Every check that needs only what was measured."""
    groups = (
        transfer_checks,
        identity_checks,
        leakage_checks,
        one_word_checks,
        active_checks,
        factor_checks,
        latent_checks,
        speech_checks,
        naturalness_checks,
        truth_checks,
    )
    return [check for group in groups for check in group(evidence)]


def active_checks(evidence: Evidence) -> list[Check]:
    """Are both latents alive?"""
    checks = []
    for latent in ("acoustic", "timing"):
        items = [item.latents for item in evidence.learned]
        means = np.concatenate([getattr(item, latent) for item in items])
        spread = [getattr(item, f"{latent}_log_variance") for item in items]
        known = not any(s is None for s in spread)
        log_variance = np.concatenate(spread) if known else np.zeros_like(means)
        health = latent_health(latent, torch.from_numpy(means), torch.from_numpy(log_variance))
        figure = Figure(tuple(evidence.listened), lambda counts, n=health.active_units: np.full(len(counts), float(n)))
        checks.append(
            Check(
                "not collapsed",
                f"active units, {latent}",
                "dimensions whose posterior means vary by more than 0.01",
                "dimensions",
                at_least(1, "> 0"),
                figure,
                note=health.sentence if known else "",
            )
        )
    return checks


# -- what is written ----------------------------------------------------------------------------------------------------


def rows_of(evidence: Evidence) -> list[dict]:
    """A row per rendered sound: correlations with its recording within the utterance, likeness, distances."""
    voices = voice_vectors(evidence)
    return [row_of(evidence, h, voices) for h in evidence.heard.values()]


def row_of(evidence: Evidence, h: Heard, voices: dict[str, np.ndarray]) -> dict:
    source = evidence.listened[h.id]
    row = {"kind": h.kind, "id": h.id, "speaker": h.speaker, "voice": h.voice, "language": source.utterance.language}
    row |= {f"r_{measure}": utterance_correlation(source.words, h.words, measure) for measure in MEASURES}
    row |= {
        "likeness_voice": float(h.vector @ voices[h.voice]) if h.voice in voices else float("nan"),
        "likeness_speaker": float(h.vector @ voices[h.speaker]) if h.speaker in voices else float("nan"),
        "closest": closest(h.vector, voices) if voices else "",
    }
    return row | {
        name: h.scores.get(name, float("nan")) for name in ("mcd", "f0_rmse_cents", "f0_correlation", "duration_rmse_ms")
    }


def facts_of(systems: Systems, evidence: Evidence) -> dict:
    """What a reader must know of how these numbers came about."""
    ours, counts = systems.ours, defaultdict(int)
    for h in evidence.heard.values():
        counts[h.kind] += 1
    moved = list(evidence.of_kind(TRANSFER, own=False))
    foreign = any(ours.language_of(h.voice) != evidence.listened[h.id].utterance.language for h in moved)
    alone = len(evidence.corpus.test) - len({h.id for h in moved})
    judge = f"Likeness: cosine by the encoder {ours.features.speaker_encoder!r}; the model knows voices by "
    judge += {
        "table": "a table learned in training, so the encoder judges independently.",
        "features": "vectors of the same encoder, so that likeness is circular: read it with care.",
    }.get(ours.speaker_vectors, "?")
    notes = [
        judge,
        *(f"Frame-level model {name}: {baseline.description}." for name, baseline in systems.frame_level.items()),
        f"Voices' vectors and probes: {len(evidence.learned) - len(evidence.listened)} recordings of the training part"
        + (" and the judged ones; vectors without these." if evidence.learned else "."),
        f"{len(moved)} pairs of a recording and another voice "
        + ("of another language, as no language here has two." if foreign else f"of its language; {alone} of {len(evidence.corpus.test)} recordings have none."),
        "Words are compared after their utterance's mean is taken away; all is measured on the sound, by one F0 tracker with the "
        "target voice's range.",
    ]
    return {"sounds": dict(counts), "utterances": len(evidence.corpus.test), "notes": notes}
