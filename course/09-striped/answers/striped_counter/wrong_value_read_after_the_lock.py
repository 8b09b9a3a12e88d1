# fails: striped_counter-3 finished, striped_counter-6 finished, striped_counter-7 finished
# What inc returns is read again when the lock is no longer held: somebody else's value, and a second user of the map.
import threading
from contextlib import ExitStack


class StripedCounter:
    def __init__(self, stripes=64, make_map=dict):
        self.locks = [threading.Lock() for _ in range(stripes)]
        self.maps = [make_map() for _ in range(stripes)]

    def place(self, key):
        return hash(key) % len(self.locks)

    def inc(self, key, n=1):
        place = self.place(key)
        with self.locks[place]:
            self.maps[place][key] = self.maps[place].get(key, 0) + n
        return self.maps[place][key]

    def snapshot(self):
        with ExitStack() as stack:
            for lock in self.locks:
                stack.enter_context(lock)
            return {key: value for counts in self.maps for key, value in counts.items()}

    def total(self):
        return sum(self.snapshot().values())

    def move(self, src, dst, n):
        source, target = self.place(src), self.place(dst)
        with ExitStack() as stack:
            for place in sorted({source, target}):
                stack.enter_context(self.locks[place])
            if self.maps[source].get(src, 0) < n:
                raise KeyError(src)
            self.maps[source][src] = self.maps[source].get(src, 0) - n
            self.maps[target][dst] = self.maps[target].get(dst, 0) + n
