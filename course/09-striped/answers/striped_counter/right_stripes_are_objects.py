import threading
import zlib
from contextlib import ExitStack


class Stripe:
    def __init__(self, rank, counts):
        self.rank = rank
        self.counts = counts
        self.lock = threading.Lock()

    def change(self, key, n):
        value = self.counts.get(key, 0) + n
        self.counts[key] = value
        return value


class StripedCounter:
    def __init__(self, stripes=64, make_map=dict):
        self.stripes = tuple(Stripe(rank, make_map()) for rank in range(stripes))

    def stripe(self, key):
        return self.stripes[zlib.crc32(str(hash(key)).encode()) % len(self.stripes)]

    def inc(self, key, n=1):
        stripe = self.stripe(key)
        with stripe.lock:
            return stripe.change(key, n)

    def move(self, src, dst, n):
        source, target = self.stripe(src), self.stripe(dst)
        with ExitStack() as held:
            # from the highest rank down: any order will do if everybody keeps to it
            for stripe in sorted({source, target}, key=lambda stripe: -stripe.rank):
                held.enter_context(stripe.lock)
            if source.counts.get(src, 0) < n:
                raise KeyError(src)
            source.change(src, -n)
            target.change(dst, n)

    def _copies(self):
        with ExitStack() as held:
            for stripe in reversed(self.stripes):
                held.enter_context(stripe.lock)
            return [stripe.counts.copy() for stripe in self.stripes]

    def snapshot(self):
        merged = {}
        for each in self._copies():
            merged |= each
        return merged

    def total(self):
        return sum(sum(each.values()) for each in self._copies())
