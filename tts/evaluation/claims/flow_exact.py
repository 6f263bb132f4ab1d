"""Claims on the flow as mathematics: nothing is lost, the determinant is right, every condition makes recordings likelier, z is noise; and what
it costs."""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
import torch

from tts.corpus.utterance import Utterance
from tts.evaluation.claims.claims import Check, above_zero, at_least, at_most, between, stated
from tts.evaluation.claims.flow_work import FULL, FlowSystems, JudgedRecording
from tts.evaluation.figure import Figure, combine, pooled, ratio_of
from tts.models.backbone.acoustic import AcousticModel
from tts.models.backbone.conditions import Conditions, F0Contour
from tts.models.flowtts.decoder import FlowDecoder
from tts.threads import at_most_threads

LENGTHS = (*range(1, 10), 63, 64, 65, *np.random.default_rng(0).integers(10, 2000, 12).tolist(), 1999, 2000)
LEAST_REAL_TIME = 100
LADDER = ("nothing", "phones", "speaker", "accent", "f0")  # variants in the order in which conditions are added; then the model itself
TIMED, ROUNDS = 12, 3


def lossless_checks(systems: FlowSystems, utterances: list[Utterance]) -> list[Check]:
    """There and back at every length, in both precisions, of recordings and of mels and conditions that are white noise; the determinant against
    autograd's, of noise. Noise is like no mel: z is in the hundreds there, and a float32 has few digits left behind it."""
    checks, decoder = [], copy.deepcopy(systems.loaded.model.decoder).double()
    recorded = recorded_material(systems, utterances, max(LENGTHS))
    for name, dtype, limit in (("float32", torch.float32, 1e-4), ("float64", torch.float64, 1e-9)):
        decoder = decoder.to(dtype)
        for what, mels, material in (("", "recordings", recorded), (", noise", "mels of noise", partial(_random_conditions, decoder))):
            errors = {f"{length:04d}": _there_and_back(decoder, *material(length, dtype)) for length in LENGTHS}
            rule = stated() if what and dtype == torch.float32 else at_most(limit, f"< {limit:g}")
            checks.append(Check("lossless", f"there and back, {name}{what}", f"largest difference of f⁻¹(f(m)) from m, over {mels} of 1 to 2,000 frames", "ln", rule,
                                largest_of(errors), note=f"Largest {max(errors.values()):.1e}."))
    off = {f"{frames:04d}": _determinant_error(decoder, frames) for frames in (1, 2, 3)}
    checks.append(Check("lossless", "log-determinant", "against autograd's Jacobian, mels of 1, 2 and 3 frames, float64", "nats",
                        at_most(1e-6, "< 1e-6"),
                        largest_of(off), note=f"Largest {max(off.values()):.1e}."))
    return checks


def likelihood_checks(judged: list[JudgedRecording], variants: list[str]) -> list[Check]:
    """Held-out likelihood, and what each further condition adds to it."""
    nll = {name: ratio_of((one.id, one.nats[name], one.values) for one in judged) for name in (FULL, *variants)}
    checks = [Check("likelihood", "held-out recordings", "−ln p(mel, with the noise of training), per value", "nats", stated(), nll[FULL], "",
                    {name: nll[name] for name in variants})]
    order = [name for name in LADDER if name in variants] + [FULL]
    for less, more in zip(order, order[1:]):
        checks.append(Check("likelihood", f"{more or 'all conditions'} beside {less}",
                            "what a value costs less when more is told", "nats", above_zero(),
                            nll[less] - nll[more]))
    if len(order) == 1:
        checks.append(Check("likelihood", "every condition", "", "nats", above_zero(), None,
                            "no variant that is told less was given (--baseline)"))
    return checks + [Check("lossless", "to oneself", "largest difference of a recording converted to its own speaker from itself",
                           "ln", at_most(1e-4, "< 1e-4"),
                           largest_of({one.id: one.error for one in judged}),
                           note=f"Largest {max(one.error for one in judged):.1e}.")]


def normal_checks(judged: list[JudgedRecording]) -> list[Check]:
    """z of held-out recordings against N(0, I)."""
    rows = {one.id: np.concatenate([one.moments.sums, one.moments.neighbours]) for one in judged}

    def moment(function: Callable[..., np.ndarray]) -> Figure:
        return pooled(rows, lambda s: function(*np.moveaxis(s, -1, 0)))

    def mean(n, a, *_):
        return a / n

    def deviation(n, a, b, *_):
        return np.sqrt(b / n - (a / n) ** 2)

    def kurtosis(n, a, b, c, d, *_):
        m = a / n
        fourth = d / n - 4 * m * c / n + 6 * m**2 * b / n - 3 * m**4
        return fourth / (b / n - m**2) ** 2 - 3

    def neighbours(n, a, b, c, d, products, pairs):
        return (products / pairs - (a / n) ** 2) / (b / n - (a / n) ** 2)

    return [
        Check("z is noise", "mean", "of all values of z of held-out recordings, with the noise of training", "", between(-0.1, 0.1, "-0.1 to 0.1"),
              moment(mean)),
        Check("z is noise", "deviation", "the same", "", between(0.9, 1.1, "0.9 to 1.1"), moment(deviation)),
        Check("z is noise", "excess kurtosis", "the same", "", between(-1, 1, "-1 to 1"), moment(kurtosis)),
        Check("z is noise", "correlation of neighbouring frames", "the same", "r", between(-0.1, 0.1, "-0.1 to 0.1"),
              moment(neighbours)),
    ]


def cost_checks(systems: FlowSystems, utterances: list[Utterance]) -> list[Check]:
    """How fast the inverse is, and training beside the shared decoder."""
    model, found = systems.loaded.model, []
    threads = min(2, torch.get_num_threads())
    with torch.inference_mode(), at_most_threads(threads):
        for utterance in utterances[:TIMED]:
            batch = systems.batch(utterance)
            conditions = model.conditions_of(batch)
            z = torch.randn_like(batch.mel)
            spent = fastest(lambda: model.decoder.decode(z, conditions))
            found.append((utterance.id, spent, batch.mel.shape[1] * systems.loaded.features.frame_seconds))
    rate = combine(lambda share: 1 / share, ratio_of(found))
    ours, shared, ids = training_rates(systems, utterances[:TIMED])
    return [
        Check("cost", "inverse", f"seconds of speech whose mel the flow makes in a second, {threads} CPU thread(s)",
              "x real time", at_least(LEAST_REAL_TIME), rate),
        Check("cost", "training", "frames a second, forward and backward, over the shared decoder's", "x", stated(),
              Figure(ids, lambda counts: np.full(len(counts), ours / shared)),
              note=f"{ours:.0f} frames a second; the shared decoder {shared:.0f}."),
    ]


def training_rates(systems: FlowSystems, utterances: list[Utterance]) -> tuple[float, float, tuple[str, ...]]:
    """Frames a second of the flow and of the shared decoder of the same sizes."""
    loaded = systems.loaded
    flow = copy.deepcopy(loaded.model).train()
    shared = AcousticModel(len(loaded.phones.symbols), loaded.names, loaded.features, loaded.recipe.model,
                           np.stack([*loaded.speaker_vectors.values()])
                           if loaded.recipe.model.speaker_vectors == "features" else None).train()
    batches = [systems.batch(utterance) for utterance in utterances]
    frames = sum(batch.mel.shape[1] for batch in batches)

    def work(model: AcousticModel) -> None:
        for batch in batches:
            model.losses(batch).total.backward()

    return frames / fastest(lambda: work(flow)), frames / fastest(lambda: work(shared)), tuple(utterance.id
                                                                                               for utterance in utterances)


def largest_of(values: dict[str, float]) -> Figure:
    """The largest value of those utterances that are drawn."""
    ids = tuple(sorted(values))
    row = np.array([values[name] for name in ids])
    return Figure(ids, lambda counts: np.where(counts > 0, row, -np.inf).max(axis=1))


def fastest(work: Callable[[], object]) -> float:
    """Seconds of the fastest of a few rounds, after one to warm up."""
    work()
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def recorded_material(systems: FlowSystems, utterances: list[Utterance], most: int) -> Callable[[int, torch.dtype], tuple[Conditions, torch.Tensor]]:
    """What gives the first frames, as many as are asked for, of one speaker's recordings one after the other, again and again up to `most`: conditions and
    mel [1, T, M]."""
    model, parts, speaker = systems.loaded.model, [], utterances[0].speaker
    with torch.inference_mode():
        for utterance in [u for u in utterances if u.speaker == speaker]:
            batch = systems.batch(utterance)
            parts.append((batch.mel, model.conditions_of(batch)))
    parts *= math.ceil(most / sum(mel.shape[1] for mel, _ in parts))

    def cut(length: int, dtype: torch.dtype) -> tuple[Conditions, torch.Tensor]:
        def joined(tensors: Iterable[torch.Tensor]) -> torch.Tensor:
            return torch.cat(list(tensors), dim=1)[:, :length].to(dtype)

        f0 = [c.f0 for _, c in parts]
        contour = None if f0[0] is None else F0Contour(joined(f.log_f0 for f in f0), joined(f.voiced for f in f0))
        frames = joined(c.frames for _, c in parts)
        return Conditions(frames, torch.ones(1, length, dtype=torch.bool), parts[0][1].voice.to(dtype), contour), joined(mel for mel, _ in parts)

    return cut


def _there_and_back(decoder: FlowDecoder, conditions: Conditions, mel: torch.Tensor) -> float:
    with torch.inference_mode():
        return float((decoder.decode(decoder.encode(mel, conditions).z, conditions) - mel).abs().max())


def _determinant_error(decoder: FlowDecoder, frames: int) -> float:
    conditions, mel = _random_conditions(decoder, frames, torch.float64)
    jacobian = torch.autograd.functional.jacobian(lambda m: decoder.encode(m.view_as(mel), conditions).z.flatten(), mel.flatten())
    with torch.inference_mode():
        return abs(float(decoder.encode(mel, conditions).log_det[0] - torch.linalg.slogdet(jacobian).logabsdet))


def _random_conditions(decoder: FlowDecoder, length: int, dtype: torch.dtype) -> tuple[Conditions, torch.Tensor]:
    chance = torch.Generator().manual_seed(length)
    dim, voice_dim = decoder.pairs.in_features // 2, decoder.context.blocks[0].modulate.in_features
    frames, voice = (torch.randn(1, *shape, generator=chance, dtype=torch.float64).to(dtype)
                     for shape in ((length, dim), (voice_dim,)))
    mel = torch.randn(1, length, len(decoder.mel_mean), generator=chance,
                      dtype=torch.float64).to(dtype) * decoder.mel_std + decoder.mel_mean
    return Conditions(frames, torch.ones(1, length, dtype=torch.bool), voice, None), mel
