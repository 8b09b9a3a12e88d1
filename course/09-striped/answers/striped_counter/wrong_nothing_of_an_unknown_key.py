# fails: striped_counter-7 finished
# A key never seen has 0, and 0 can be taken from it: looking it up with [] raises KeyError.
import threading
from contextlib import ExitStack


class StripedCounter:
    def __init__(self, stripes=64, make_map=dict):
        self.n = stripes
        self.locks = [threading.Lock() for _ in range(stripes)]
        self.maps = [make_map() for _ in range(stripes)]

    def _i(self, key):
        return hash(("x", key)) % self.n

    def inc(self, key, n=1):
        i = self._i(key)
        with self.locks[i]:
            m = self.maps[i]
            v = m[key] = m.get(key, 0) + n
            return v

    def move(self, src, dst, n):
        i, j = self._i(src), self._i(dst)
        with ExitStack() as s:
            for k in sorted({i, j}):
                s.enter_context(self.locks[k])
            have = self.maps[i][src]
            if have < n:
                raise KeyError(src)
            self.maps[i][src] = have - n
            self.maps[j][dst] = self.maps[j].get(dst, 0) + n

    def snapshot(self):
        with ExitStack() as s:
            for l in self.locks:
                s.enter_context(l)
            out = {}
            for m in self.maps:
                out.update(m.items())
            return out

    def total(self):
        return sum(self.snapshot().values())
