# fails: striped_counter-4 deadlock, striped_counter-7 deadlock
# Stripes 0 and 2 share a lock: their keys wait for each other.
import threading
from contextlib import ExitStack


class StripedCounter:
    def __init__(self, stripes=64, make_map=dict):
        self.locks = [threading.Lock() for _ in range((stripes + 1) // 2)]
        self.maps = [make_map() for _ in range(stripes)]

    def place(self, key):
        return hash(key) % len(self.maps)

    def lock(self, place):
        return self.locks[place % len(self.locks)]

    def inc(self, key, n=1):
        place = self.place(key)
        with self.lock(place):
            self.maps[place][key] = new = self.maps[place].get(key, 0) + n
            return new

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
            for number in sorted({source % len(self.locks), target % len(self.locks)}):
                stack.enter_context(self.locks[number])
            if self.maps[source].get(src, 0) < n:
                raise KeyError(src)
            self.maps[source][src] = self.maps[source].get(src, 0) - n
            self.maps[target][dst] = self.maps[target].get(dst, 0) + n
