"""The same function on every item of a stream, in several processes, results in the items' order.

Only a bounded number of items is ever in flight, so a million rows need no more memory than a thousand. With one job
everything happens in this process. Progress is a bar on a terminal and a plain line every half minute elsewhere.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice

CHUNK_ITEMS = 16  # sent to a process at a time: messages cost about as much as a short recording's check
CHUNKS_PER_JOB = 4


def default_jobs() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ordered_map(function: Callable, items: Iterable, jobs: int, what: str, total: int | None = None) -> Iterator:
    """`function(item)` for every item, in order. `function` must be importable (no lambda) when `jobs` > 1."""
    results = map(function, items) if jobs <= 1 else _in_processes(function, items, jobs)
    return with_progress(results, what, total)


def _in_processes(function: Callable, items: Iterable, jobs: int) -> Iterator:
    """Chunks go out as long as the queue has room; the oldest is waited for, so the order holds."""
    # Not fork, which would copy the locks of threads that torch may have started.
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    stream, pending = iter(items), deque()
    pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context(method))
    try:
        while True:
            while len(pending) < jobs * CHUNKS_PER_JOB and (chunk := list(islice(stream, CHUNK_ITEMS))):
                pending.append(pool.submit(_apply, function, chunk))
            if not pending:
                return
            yield from pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _apply(function: Callable, chunk: list) -> list:
    return [function(item) for item in chunk]


def with_progress(items: Iterable, what: str, total: int | None = None, every_seconds: float = 30.0) -> Iterator:
    """The items themselves; meanwhile stderr tells how many have passed."""
    if sys.stderr.isatty():
        from tqdm import tqdm

        yield from tqdm(items, desc=what, total=total, unit="utt", leave=False)
        return
    told = time.monotonic()
    for count, item in enumerate(items, start=1):
        yield item
        if time.monotonic() - told > every_seconds:
            told = time.monotonic()
            print(f"{what}: {count}{f' of {total}' if total else ''}", file=sys.stderr, flush=True)
