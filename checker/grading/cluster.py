"""Runs the same grading jobs on a Dask cluster (`pip install checker[dask]`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from checker.course import CourseError

Job = TypeVar("Job")

#: Workers that a job may outlive: Dask gives it to another one each time.
_RETRIES = 3


def run(work: Callable[[Job], Any], jobs: Sequence[Job], address: str) -> Iterator[tuple[Job, Any]]:
    """Do `work` on each job on the cluster whose scheduler is at `address`; yield each as it is finished.

    A job whose worker is lost is done by another. Marks are written by the caller alone, so none is written twice.

    Raises:
        CourseError: `distributed` is not installed, or no scheduler answers.
    """
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise CourseError("grading on a cluster needs Dask: pip install 'checker[dask]'") from None
    try:
        client = Client(address, timeout=20)
    except (OSError, ValueError) as error:
        raise CourseError(f"no Dask scheduler at {address}: {error}") from None
    with client:
        futures = [client.submit(work, job, pure=False, retries=_RETRIES) for job in jobs]
        places = {future.key: index for index, future in enumerate(futures)}
        for future in as_completed(futures):
            job = jobs[places[future.key]]
            failure = future.exception()
            yield job, failure if failure is not None else future.result()
            future.release()
