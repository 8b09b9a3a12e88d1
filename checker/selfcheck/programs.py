"""The programs of the self-check, with all outcomes that their schedules have.

Run as text, not imported: to the engine they are user code. Together they use what every verdict rests on: woven reads
and writes, loops, delegation, controlled locks and what the standard library builds on them, the restoring of what
outlives an execution.
"""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from queue import Queue

from checker.together import together


class Tally:  # not "Counter": the library's class of that name would be woven as well, which takes as long as all this
    def __init__(self):
        self.value = 0
        self.lock = threading.Lock()

    def increment(self):
        self.value += 1

    def increment_safely(self):
        with self.lock:
            self.value += 1


def a_lost_update():
    tally = Tally()
    together(tally.increment, tally.increment)
    return tally.value


def a_lock_that_prevents_it():
    tally = Tally()
    together(tally.increment_safely, tally.increment_safely)
    return tally.value


def two_locks_in_opposite_orders():
    one, other = threading.Lock(), threading.RLock()

    def nested(outer, inner):
        with outer, inner:
            pass

    together(lambda: nested(one, other), lambda: nested(other, one))
    return "both"


def a_condition_and_a_deadline():
    changed, letters = threading.Condition(), []

    def post():
        with changed:
            letters.append("letter")
            changed.notify()

    def fetch():
        with changed:
            arrived = changed.wait_for(lambda: letters, timeout=30)
            return letters.pop() if arrived else "none"

    return together(fetch, post)[0]


def a_queue_and_a_pool():
    items = Queue()
    with ThreadPoolExecutor(1) as pool:
        taken = pool.submit(items.get)
        items.put("item")
    return taken.result()


def a_loop_over_a_shared_iterator():
    numbers = iter([1, 2])
    return together(lambda: [number for number in numbers], lambda: list(numbers))


def delegating(inner):
    try:
        yield from inner
    except KeyError:
        yield "thrown"


NUMBERS = delegating(itertools.chain(itertools.count(5), "never"))
LOCK = threading.Lock()


def what_was_begun_before():
    def draw():
        with LOCK:
            return next(NUMBERS)

    drawn = together(draw, draw)
    return sorted(drawn), NUMBERS.throw(KeyError())


#: Each program with its outcomes: an observation, or how an execution ends otherwise.
KNOWN = {
    a_lost_update: [1, 2],
    a_lock_that_prevents_it: [2],
    two_locks_in_opposite_orders: ["both", "deadlock"],
    a_condition_and_a_deadline: ["letter"],
    a_queue_and_a_pool: ["item"],
    a_loop_over_a_shared_iterator: [[[1, 2], []], [[1], [2]], [[], [1, 2]]],
    what_was_begun_before: [([5, 6], "thrown")],
}
