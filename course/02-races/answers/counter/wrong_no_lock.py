# fails: counter-1 finished, counter-2 finished, counter-6 finished
# No lock: += reads, adds and writes, and another thread may get in between.
class Counter:
    def __init__(self):
        self._value = 0

    def increment(self, n=1):
        self._value += n
        return self._value

    @property
    def value(self):
        return self._value
