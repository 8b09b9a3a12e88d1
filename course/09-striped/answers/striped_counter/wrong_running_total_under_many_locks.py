# fails: striped_counter-7 finished
# Keeps a running total that each `inc` changes under the lock of its own stripe.
import threading
from contextlib import ExitStack


class StripedCounter:
    def __init__(self, stripes=64, make_map=dict):
        self._maps = [make_map() for _ in range(stripes)]
        self._locks = [threading.Lock() for _ in range(stripes)]
        self._total = 0

    def _stripe(self, key):
        return hash((key,)) % len(self._maps)

    def _all(self):
        stack = ExitStack()
        for lock in self._locks:
            stack.enter_context(lock)
        return stack

    def inc(self, key, n=1):
        stripe = self._stripe(key)
        counts = self._maps[stripe]
        with self._locks[stripe]:
            counts[key] = new = counts.get(key, 0) + n
            self._total += n
            return new

    def move(self, src, dst, n):
        source, target = self._stripe(src), self._stripe(dst)
        with ExitStack() as stack:
            for stripe in sorted({source, target}):
                stack.enter_context(self._locks[stripe])
            have = self._maps[source].get(src, 0)
            if have < n:
                raise KeyError(src)
            self._maps[source][src] = have - n
            self._maps[target][dst] = self._maps[target].get(dst, 0) + n

    def snapshot(self):
        with self._all():
            return {key: count for counts in self._maps for key, count in counts.items()}

    def total(self):
        with self._all():
            return self._total
