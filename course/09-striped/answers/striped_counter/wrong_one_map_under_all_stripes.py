# fails: striped_counter-2 finished, striped_counter-3, striped_counter-4, striped_counter-5, striped_counter-6, striped_counter-7
# The stripes protect each key's update, and all of them mutate the same dict.
import threading
from contextlib import ExitStack


class StripedCounter:
    def __init__(self, stripes=64, make_map=dict):
        self.locks = [threading.Lock() for _ in range(stripes)]
        self.counts = make_map()

    def place(self, key):
        return hash(key) % len(self.locks)

    def inc(self, key, n=1):
        with self.locks[self.place(key)]:
            self.counts[key] = new = self.counts.get(key, 0) + n
            return new

    def snapshot(self):
        with ExitStack() as stack:
            for lock in self.locks:
                stack.enter_context(lock)
            return dict(self.counts)

    def total(self):
        return sum(self.snapshot().values())

    def move(self, src, dst, n):
        with ExitStack() as stack:
            for place in sorted({self.place(src), self.place(dst)}):
                stack.enter_context(self.locks[place])
            if self.counts.get(src, 0) < n:
                raise KeyError(src)
            self.counts[src] = self.counts.get(src, 0) - n
            self.counts[dst] = self.counts.get(dst, 0) + n
