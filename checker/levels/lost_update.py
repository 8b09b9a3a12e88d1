"""Two threads add one to the same number; nothing protects it."""

from checker import together


class Counter:
    def __init__(self):
        self.value = 0

    def increment(self):
        self.value += 1


def two_increments():
    counter = Counter()
    together(counter.increment, counter.increment)
    return counter.value


SCENARIO = two_increments
GOAL = "Make two increments count as one."
EXPECT = 2
LESSON = "02-races"
