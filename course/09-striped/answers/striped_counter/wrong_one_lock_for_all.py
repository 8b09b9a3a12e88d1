# fails: striped_counter-4 deadlock, striped_counter-7 deadlock
# Right results, and everybody waits for everybody: that is the counter without stripes.
import threading


class StripedCounter:
    def __init__(self, stripes=64, make_map=dict):
        self.lock = threading.Lock()
        self.maps = [make_map() for _ in range(stripes)]

    def counts(self, key):
        return self.maps[hash(key) % len(self.maps)]

    def inc(self, key, n=1):
        with self.lock:
            counts = self.counts(key)
            counts[key] = counts.get(key, 0) + n
            return counts[key]

    def snapshot(self):
        with self.lock:
            return {key: value for counts in self.maps for key, value in counts.items()}

    def total(self):
        return sum(self.snapshot().values())

    def move(self, src, dst, n):
        with self.lock:
            source, target = self.counts(src), self.counts(dst)
            if source.get(src, 0) < n:
                raise KeyError(src)
            source[src] = source.get(src, 0) - n
            target[dst] = target.get(dst, 0) + n
