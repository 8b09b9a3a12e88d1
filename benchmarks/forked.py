"""Runs a call in a forked child that can be killed, so that nothing it does outlives it."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from typing import Any


def forked(call: Callable[[], Any], limit: float) -> tuple[Any, float]:
    """What the call returned, or None if it took longer than `limit` seconds or died; and the seconds."""
    context = multiprocessing.get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(call, writer))
    begun = time.perf_counter()
    child.start()
    writer.close()
    result = None
    try:
        if reader.poll(limit):
            result = reader.recv()
    except EOFError:
        pass
    taken = time.perf_counter() - begun
    child.kill()
    child.join()
    reader.close()
    return result, taken


def _run(call: Callable[[], Any], writer: Any) -> None:
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    writer.send(call())
    writer.close()
    os._exit(0)  # without waiting for threads that hang
