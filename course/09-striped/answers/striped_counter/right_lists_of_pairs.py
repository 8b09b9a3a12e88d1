import contextlib
import threading


class StripedCounter:
    def __init__(self, stripes=64, make_map=dict):
        self.stripes = [(threading.Lock(), make_map()) for _ in range(stripes)]

    def _index(self, key):
        return hash(key) % len(self.stripes)

    @contextlib.contextmanager
    def _holding(self, *indices):
        with contextlib.ExitStack() as stack:
            for index in sorted(set(indices)):
                stack.enter_context(self.stripes[index][0])
            yield [self.stripes[index][1] for index in indices]

    def inc(self, key, n=1):
        with self._holding(self._index(key)) as (counts,):
            counts[key] = counts.get(key, 0) + n
            return counts[key]

    def snapshot(self):
        result = {}
        with self._holding(*range(len(self.stripes))) as maps:
            for counts in maps:
                result.update(counts.items())
        return result

    def total(self):
        with self._holding(*range(len(self.stripes))) as maps:
            return sum(sum(counts.values()) for counts in maps)

    def move(self, src, dst, n):
        with self._holding(self._index(src), self._index(dst)) as (source, target):
            if source.get(src, 0) < n:
                raise KeyError(src)
            source[src] = source.get(src, 0) - n
            target[dst] = target.get(dst, 0) + n
