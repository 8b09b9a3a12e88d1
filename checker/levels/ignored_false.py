"""`acquire` said False, and nobody listened."""

from threading import Lock

from checker import together


class Counter:
    def __init__(self):
        self.value = 0
        self.lock = Lock()

    def increment(self):
        got = self.lock.acquire(blocking=False)
        self.value += 1
        if got:
            self.lock.release()


def two_tries():
    counter = Counter()
    together(counter.increment, counter.increment)
    return counter.value


SCENARIO = two_tries
GOAL = "Let both threads into the part that the lock should protect, and lose an increment."
EXPECT = 2
LESSON = "03-acquire"
