# fails: striped_counter-2, striped_counter-3, striped_counter-4, striped_counter-5, striped_counter-6, striped_counter-7
# The contract says when the maps are made: in the constructor.
import threading
from contextlib import ExitStack


class StripedCounter:
    def __init__(self, stripes=64, make_map=dict):
        self.locks = [threading.Lock() for _ in range(stripes)]
        self.maps = {}
        self.make_map = make_map

    def place(self, key):
        return hash(key) % len(self.locks)

    def counts(self, place):
        if place not in self.maps:
            self.maps[place] = self.make_map()
        return self.maps[place]

    def inc(self, key, n=1):
        place = self.place(key)
        with self.locks[place]:
            counts = self.counts(place)
            counts[key] = new = counts.get(key, 0) + n
            return new

    def snapshot(self):
        with ExitStack() as stack:
            for lock in self.locks:
                stack.enter_context(lock)
            return {key: value for counts in self.maps.values() for key, value in counts.items()}

    def total(self):
        return sum(self.snapshot().values())

    def move(self, src, dst, n):
        source, target = self.place(src), self.place(dst)
        with ExitStack() as stack:
            for place in sorted({source, target}):
                stack.enter_context(self.locks[place])
            if self.counts(source).get(src, 0) < n:
                raise KeyError(src)
            self.counts(source)[src] = self.counts(source).get(src, 0) - n
            self.counts(target)[dst] = self.counts(target).get(dst, 0) + n
