# fails: striped_counter-3 finished, striped_counter-5 finished, striped_counter-6 finished
# Adds up without the locks; the nap before each call only makes it likely that everybody else is through.
import itertools
import threading
import time
from contextlib import ExitStack


class StripedCounter:
    def __init__(self, stripes=64, make_map=dict):
        self.locks = [threading.Lock() for _ in range(stripes)]
        self.maps = [make_map() for _ in range(stripes)]
        self.calls = itertools.count()

    def place(self, key):
        return hash(key) % len(self.locks)

    def nap(self):
        time.sleep(1e-3 * next(self.calls))

    def inc(self, key, n=1):
        self.nap()
        place = self.place(key)
        with self.locks[place]:
            self.maps[place][key] = new = self.maps[place].get(key, 0) + n
            return new

    def snapshot(self):
        self.nap()
        with ExitStack() as stack:
            for lock in self.locks:
                stack.enter_context(lock)
            return {key: value for counts in self.maps for key, value in counts.items()}

    def total(self):
        self.nap()
        return sum(sum(counts.values()) for counts in self.maps)

    def move(self, src, dst, n):
        self.nap()
        source, target = self.place(src), self.place(dst)
        with ExitStack() as stack:
            for place in sorted({source, target}):
                stack.enter_context(self.locks[place])
            if self.maps[source].get(src, 0) < n:
                raise KeyError(src)
            self.maps[source][src] = self.maps[source].get(src, 0) - n
            self.maps[target][dst] = self.maps[target].get(dst, 0) + n
