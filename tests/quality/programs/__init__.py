"""Small threaded programs, each with the verdict it deserves; half of them are wrong."""

from . import (  # noqa: F401  (importing a topic registers its programs)
    acquiring,
    caches,
    conditions,
    containers,
    counters,
    deadlocks,
    pools,
    queues,
    semaphores,
    signals,
    sleeping,
    snapshots,
    spinning,
    threads,
    timers,
)
from .label import HOLDS, PROGRAMS, Program

__all__ = ["HOLDS", "PROGRAMS", "Program"]
