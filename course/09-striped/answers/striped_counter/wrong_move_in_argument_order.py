# fails: striped_counter-5 deadlock, striped_counter-6 deadlock, striped_counter-7 deadlock
# move(a, b) and move(b, a) each hold what the other needs.
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
        source, target = self.place(src), self.place(dst)
        with ExitStack() as stack:
            stack.enter_context(self.locks[source])
            if target != source:
                stack.enter_context(self.locks[target])
            if self.maps[source].get(src, 0) < n:
                raise KeyError(src)
            self.maps[source][src] = self.maps[source].get(src, 0) - n
            self.maps[target][dst] = self.maps[target].get(dst, 0) + n
