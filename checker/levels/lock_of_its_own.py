"""There is a lock, and yet an update is lost: each call makes its own."""

from threading import Lock

from checker import together


class Counter:
    def __init__(self):
        self.value = 0

    def increment(self):
        lock = Lock()
        with lock:
            self.value += 1


def two_locked_increments():
    counter = Counter()
    together(counter.increment, counter.increment)
    return counter.value


SCENARIO = two_locked_increments
GOAL = "Every increment holds a lock. Lose one all the same."
EXPECT = 2
LESSON = "02-races"
