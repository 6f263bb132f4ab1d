"""Run one stage of extraction over all of its tasks: in this process, in several, or in the jobs of a cluster.

A stage is two functions: `tasks(job)` streams (number, items), `work(job, number, items)` does one and says whether there was
anything to do. Tasks are independent and their output does not depend on who does them.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

import torch

from tts.corpus.parallel import with_progress
from tts.errors import UserError

CLUSTERS = {"slurm": "slurm", "submitit-local": "local"}  # our name → submitit's


@dataclass(frozen=True)
class Stage:
    name: str
    tasks: Callable[[object], Iterator[tuple[int, list]]]
    work: Callable[[object, int, list], bool]


def run_stage(stage: Stage, job, jobs: int = 1, cluster: str = "local", cluster_jobs: int = 16) -> int:
    """Do every task of the stage; returns how many had anything to do. The first error stops it and is raised."""
    if cluster == "local":
        return run_share(stage, job, jobs)
    if cluster not in CLUSTERS:
        raise UserError(f"--cluster {cluster}: expected local, {' or '.join(CLUSTERS)}")
    try:
        import submitit
    except ImportError:
        raise UserError(f"--cluster {cluster} needs submitit; pip install submitit, or leave --cluster out") from None
    executor = submitit.AutoExecutor(folder=Path(job.folder) / "submitit", cluster=CLUSTERS[cluster])
    executor.update_parameters(name=f"tts-{stage.name.replace(' ', '-')}", cpus_per_task=jobs, timeout_min=24 * 60)
    with executor.batch():
        submitted = [executor.submit(run_share, stage, job, jobs, index, cluster_jobs) for index in range(cluster_jobs)]
    try:
        return sum(entry.result() for entry in submitted)
    except (submitit.core.utils.FailedJobError, submitit.core.utils.UncompletedJobError) as error:
        reasons = [line for line in str(error).splitlines() if re.match(r"[\w.]*(Error|Exception): ", line)]
        reason = reasons[-1] if reasons else type(error).__name__
        raise UserError(f"{stage.name}: a job of the cluster failed ({reason}); its log is in {executor.folder}; "
                        "run the same command again when it is mended, what is finished is kept") from None


def run_share(stage: Stage, job, jobs: int, index: int = 0, count: int = 1) -> int:
    """Do the tasks whose number is `index` modulo `count`, with `jobs` processes; returns how many had anything to do."""
    mine = ((number, items) for number, items in stage.tasks(job) if number % count == index)
    return sum(with_progress((_here if jobs == 1 else _in_processes)(stage, job, mine, jobs), stage.name))


def _entries(did: bool, items: list) -> list[bool]:
    """One entry an utterance, for the progress to count; the first says whether the task had anything to do."""
    return [did] + [False] * (len(items) - 1)


def _here(stage: Stage, job, tasks, jobs: int) -> Iterator[bool]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as in the processes below: sums of another order would have other last digits
    try:
        for number, items in tasks:
            yield from _entries(stage.work(job, number, items), items)
    finally:
        torch.set_num_threads(threads)


def _in_processes(stage: Stage, job, tasks, jobs: int) -> Iterator[bool]:
    # Not plain fork: a copy of a process in which torch has started threads can hang.
    context = multiprocessing.get_context("forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn")
    if context.get_start_method() == "forkserver":
        context.set_forkserver_preload([stage.work.__module__])
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker)
    waiting: dict[Future, list] = {}
    try:
        for number, items in tasks:
            waiting[pool.submit(stage.work, job, number, items)] = items
            if len(waiting) >= 2 * jobs:  # tasks are made as they are needed, so memory stays that of a few
                yield from _finished(waiting)
        while waiting:
            yield from _finished(waiting)
    finally:
        pool.shutdown(cancel_futures=True)


def _finished(waiting: dict[Future, list]) -> Iterator[bool]:
    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
        yield from _entries(future.result(), waiting.pop(future))


def _start_worker() -> None:
    torch.set_num_threads(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker whose parent was killed would wait for its next task for ever."""
    multiprocessing.parent_process().join()
    os._exit(1)
