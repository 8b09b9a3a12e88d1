import threading


class StripedCounter:
    def __init__(self, stripes=64, make_map=dict):
        self.n = stripes
        self.locks = []
        self.maps = []
        for _ in range(stripes):
            self.locks.append(threading.RLock())
            self.maps.append(make_map())

    def where(self, key):
        return abs(hash(("salt", key))) % self.n

    def inc(self, key, n=1):
        i = self.where(key)
        self.locks[i].acquire()
        try:
            m = self.maps[i]
            if key in m:
                m[key] = m[key] + n
            else:
                m[key] = n
            return m[key]
        finally:
            self.locks[i].release()

    def everything(self):
        held = []
        try:
            for lock in self.locks:
                lock.acquire()
                held.append(lock)
            out = {}
            for m in self.maps:
                for key in m:
                    out[key] = m[key]
            return out
        finally:
            while held:
                held.pop().release()

    snapshot = everything

    def total(self):
        return sum(self.everything().values())

    def move(self, src, dst, n):
        a, b = self.where(src), self.where(dst)
        first, second = min(a, b), max(a, b)
        self.locks[first].acquire()
        try:
            if second != first:
                self.locks[second].acquire()
            try:
                have = self.maps[a][src] if src in self.maps[a] else 0
                if have < n:
                    raise KeyError(src, have, n)
                if n == 0 or src == dst:
                    return
                if have == n:
                    del self.maps[a][src]
                else:
                    self.maps[a][src] = have - n
                self.maps[b][dst] = self.maps[b].get(dst, 0) + n
            finally:
                if second != first:
                    self.locks[second].release()
        finally:
            self.locks[first].release()
