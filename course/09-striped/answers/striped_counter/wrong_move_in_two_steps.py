# fails: striped_counter-5 finished, striped_counter-6 finished
# Between taking and giving, the money is nowhere.
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
        source = self.place(src)
        with self.locks[source]:
            have = self.maps[source].get(src, 0)
            if have < n:
                raise KeyError(src)
            self.maps[source][src] = have - n
        self.inc(dst, n)
