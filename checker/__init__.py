"""acquire(): explores the schedules of small threaded programs and says exactly what it found.

>>> from checker import check, together
>>> from threading import Lock
>>> class Counter:
...     def __init__(self):
...         self.value, self._lock = 0, Lock()
...     def increment(self):
...         with self._lock:
...             self.value += 1
>>> def two_increments():
...     counter = Counter()
...     together(counter.increment, counter.increment)
...     return counter.value
>>> check(two_increments, expect=2)
two_increments holds: no failure in all schedules, by 2 executions (equivalent ones left out)
"""

from .api import CheckFailed, check, explore
from .discussion import discuss
from .outcomes import Exploration, Outcomes
from .playing import play

try:
    # Functions with the names of their modules. In a `try` they are imported at once, also by an interpreter that is
    # told to import everything when it is first used (3.15): a module would take its function's place then.
    from .stress import stress
    from .together import together
finally:
    pass

__all__ = ["CheckFailed", "Exploration", "Outcomes", "check", "discuss", "explore", "play", "stress", "together"]
