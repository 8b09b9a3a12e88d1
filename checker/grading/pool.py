"""Runs grading jobs on the cores of this machine, whatever happens to the processes that do them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

Job = TypeVar("Job")
#: What came of a job: its value, or the exception that ended it.
Finished = Iterator[tuple[Job, Any]]

#: Times that a job may take its process down with it.
_ATTEMPTS = 2


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(work: Callable[[Job], Any], jobs: Sequence[Job], workers: int) -> Finished[Job]:
    """Do `work` on each job in `workers` processes; yield each job as it is finished, in any order.

    A job whose process dies is tried once more by itself; then it has failed.
    """
    attempts = dict.fromkeys(range(len(jobs)), 0)
    waiting = list(range(len(jobs)))
    alone = False
    while waiting:
        with _executor(1 if alone else workers) as executor:
            lost: list[int] = []
            for index, outcome in _through(executor, work, jobs, waiting[:1] if alone else waiting):
                if isinstance(outcome, BrokenProcessPool):
                    lost.append(index)
                    continue
                waiting.remove(index)
                yield jobs[index], outcome
        for index in lost:
            # Of several jobs under way one is to blame; each is tried again alone, so that it shows.
            attempts[index] += alone
            if attempts[index] >= _ATTEMPTS:
                waiting.remove(index)
                yield jobs[index], RuntimeError("the process that graded it died twice")
        alone = bool(lost) or (alone and bool(waiting))


def _executor(workers: int) -> ProcessPoolExecutor:
    # By fork, what was imported and proven before is there at once; where there is no fork, it is done anew.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_interrupts_to_the_parent)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _through(
    executor: ProcessPoolExecutor, work: Callable[[Job], Any], jobs: Sequence[Job], indices: Sequence[int]
) -> Iterator[tuple[int, Any]]:
    pending: dict[Future[Any], int] = {}
    try:
        for index in indices:
            pending[executor.submit(work, jobs[index])] = index
    except BrokenProcessPool as error:
        yield from ((index, error) for index in indices if index not in pending.values())
    try:
        while pending:
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                failure = future.exception()
                yield pending.pop(future), failure if failure is not None else future.result()
    except BaseException:  # Ctrl-C, or the reader has had enough
        for process in list((executor._processes or {}).values()):
            process.kill()
        executor.shutdown(wait=False, cancel_futures=True)
        raise
