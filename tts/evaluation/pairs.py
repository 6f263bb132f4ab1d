"""Folders or manifests of sounds against a reference: every pair scored, everything else named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from tqdm import tqdm

from tts.errors import UserError
from tts.evaluation.measure import analyse, compare
from tts.evaluation.pairing import pair, sounds_in
from tts.evaluation.results import Results, Row
from tts.features.audio import load_audio
from tts.features.config import FeatureConfig


@dataclass(frozen=True)
class PairJob:
    """A pair to be scored, by anybody."""

    id: str
    system: str
    reference: Path
    hypothesis: Path
    config: FeatureConfig
    warp: bool


def evaluate_pairs(
    reference: Path, hypotheses: dict[str, Path], config: FeatureConfig, warp: bool = True, jobs: int = 1
) -> Results:
    """Scores of every hypothesis (name → folder or manifest) against the reference; `warp` as in `compare`."""
    results, todo, truth = Results(list(hypotheses)), [], sounds_in(reference)
    for system, source in hypotheses.items():
        found = pair(truth, sounds_in(source))
        results.not_scored |= {f"{system}: {name}": "no hypothesis with this id" for name in found.only_reference}
        results.not_scored |= {f"{system}: {name}": "no reference with this id" for name in found.only_hypothesis}
        todo += [PairJob(name, system, found.reference[name], found.hypothesis[name], config, warp) for name in found.reference]
    for job, scores in zip(
        todo, tqdm(in_order(_score, todo, jobs), total=len(todo), desc="scoring", unit=" pairs", disable=None)
    ):
        if isinstance(scores, str):
            results.not_scored[f"{job.system}: {job.id}"] = scores
        else:
            results.rows.append(Row(job.id, job.system, scores=scores))
    results.notes.append(
        "Frames belong together along the path that dynamic time warping finds on mel-cepstra without c0."
        if warp
        else "Frames belong together one to one."
    )
    results.notes.append(
        f"F0: {config.f0_method}, {config.f0_low_hz:g}-{config.f0_high_hz:g} Hz, every {1000 * config.frame_seconds:g} ms."
    )
    return results


def _score(job: PairJob) -> dict[str, float] | str:
    """The pair's scores, or the reason why there are none."""
    try:
        both = [analyse(load_audio(path, job.config.sample_rate), job.config) for path in (job.reference, job.hypothesis)]
        return compare(*both, job.warp)
    except UserError as error:
        return str(error)


def in_order(work, items: Iterable, jobs: int) -> Iterator:
    """`map` in `jobs` fresh processes; the results come in the order of the items, so that they do not depend on `jobs`."""
    if jobs <= 1:
        yield from map(work, items)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_use_one_thread) as pool:
        yield from pool.map(work, items, chunksize=4)


def _use_one_thread() -> None:
    """Processes that share cores must not each start a thread per core."""
    import torch

    torch.set_num_threads(1)
