# fails: striped_counter-5 finished, striped_counter-7 finished
# Two locks are held at any time, but the first is given back before the last is taken: no single instant.
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
        result = {}
        self.locks[0].acquire()
        for number, counts in enumerate(self.maps):
            result.update(counts.items())
            if number + 1 < len(self.locks):
                self.locks[number + 1].acquire()
            self.locks[number].release()
        return result

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
